"""Measures start, memory and size of the studio beside a bare Django on daphne, both in turn."""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.report import Column, Figures, Row, Table

ROOT = Path(__file__).parent.parent
ROUNDS = 5

TABLE = Table(
    name="start",
    title="Start, memory and size",
    method=f"""\
A fresh data folder and one start to fill it; then {ROUNDS} warm starts of each in turn, from the
process's creation to the first answer of its health page. Memory is VmRSS three seconds after that
answer, with nobody connected. The bare side is `settings.configure()` with Django's auth, contenttypes
and sessions, and one view. The installed size is that of the locked dependencies, without the uv and
pip that install them.
""",
    rows=[
        Row("start", "FlowStudio: warm start, process created → first answer, s", "≤ 3 s", most=3),
        Row("bare_start", "bare Django on daphne: the same, s", "beside"),
        Row("memory", "FlowStudio: idle memory, resident, runner included, MB", "≤ 150 MB", most=150),
        Row("bare_memory", "bare Django on daphne: the same, MB", "beside"),
        Row("size", "FlowStudio: installed with all dependencies, MB", "≤ 200 MB", most=200),
    ],
    columns=[Column("median", statistics.median), Column("best", min)],
)

BARE = """
import os, sys
from django.conf import settings
settings.configure(SECRET_KEY="x", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
from django.core.asgi import get_asgi_application
application = get_asgi_application()
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("healthz", lambda request: HttpResponse("ok"))]
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.HTTPError):
        return False


@contextmanager
def served(
    command: list[str], port: int, **options: object
) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """The running process and the seconds from its creation to its first answer."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)  # type: ignore[call-overload]
    try:
        while not answers(f"http://127.0.0.1:{port}/healthz"):
            if time.perf_counter() - began > 60 or process.poll() is not None:
                raise SystemExit(f"{command} did not answer.")
            time.sleep(0.01)
        yield process, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(30)


def resident_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def started(command: Callable[[int], list[str]], cwd: Path | str) -> tuple[float, float]:
    """Seconds to the first answer, and megabytes."""
    port = free_port()
    with served(command(port), port, cwd=cwd) as (process, seconds):
        time.sleep(3)
        return seconds, resident_megabytes(process.pid)


def installed_megabytes() -> float:
    """An environment that holds what `make run` installs, and nothing else."""
    uv = Path(sys.executable).parent / "uv"
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [uv, "sync", "--quiet", "--locked", "--no-default-groups"],
            check=True,
            cwd=ROOT,
            env={**os.environ, "UV_PROJECT_ENVIRONMENT": folder, "UV_LINK_MODE": "copy"},
        )
        files = [path for path in Path(folder).rglob("*") if path.is_file() and not path.is_symlink()]
        return sum(path.stat().st_size for path in files) / 1024**2


def measure() -> Figures:
    with tempfile.TemporaryDirectory() as data:
        (Path(data) / "bare.py").write_text(BARE)

        def studio(port: int) -> list[str]:
            return [sys.executable, "manage.py", "studio", "--port", str(port), "--data", data]

        def daphne(port: int) -> list[str]:
            return [sys.executable, "-m", "daphne", "-p", str(port), "bare:application"]

        started(studio, ROOT)  # the cold start: migrations, examples
        ours, bare = [], []
        for _ in range(ROUNDS):
            ours.append(started(studio, ROOT))
            bare.append(started(daphne, data))
    return {
        "start": [seconds for seconds, _ in ours],
        "bare_start": [seconds for seconds, _ in bare],
        "memory": [megabytes for _, megabytes in ours],
        "bare_memory": [megabytes for _, megabytes in bare],
        "size": [installed_megabytes()],
    }
