"""Who is alive: each process with a runner holds a POSIX lock on a boot file in the data folder.

The lock is free at once after ``kill -9``: no clocks, no leases. ``lockf`` and not ``flock``, which
forked children inherit. Trap: POSIX locks belong to the process, and closing *any* descriptor of a file
drops this process's lock on it; so our own boot files are never opened a second time.
"""

import fcntl
import os
import secrets
from pathlib import Path

_held: dict[str, int] = {}  # worker → descriptor, of this process


def hold(folder: Path) -> str:
    """Take a new boot file; returns the worker's name, which is alive until :func:`release`."""
    folder.mkdir(parents=True, exist_ok=True)
    worker = f"{os.getpid()}-{secrets.token_hex(6)}"
    while True:
        path = _path(folder, worker)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.lockf(descriptor, fcntl.LOCK_EX)
        if _same_file(descriptor, path):
            _held[worker] = descriptor
            return worker
        os.close(descriptor)  # a sweep of another process took it for a dead one's and removed it


def release(folder: Path, worker: str) -> None:
    """Be dead from now on."""
    _path(folder, worker).unlink(missing_ok=True)
    os.close(_held.pop(worker))


def is_alive(folder: Path, worker: str) -> bool:
    if worker in _held:
        return True
    if not worker:
        return False
    try:
        descriptor = os.open(_path(folder, worker), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.lockf(
            descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB
        )  # shared: two who ask do not mistake each other
    except OSError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)


def sweep(folder: Path) -> None:
    """Remove the boot files of dead processes, each while holding its lock."""
    for path in folder.glob("*.boot"):
        if path.stem in _held:
            continue
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
        except OSError:
            pass  # alive
        finally:
            os.close(descriptor)


def _path(folder: Path, worker: str) -> Path:
    return folder / f"{worker}.boot"


def _same_file(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
