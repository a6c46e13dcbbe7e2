"""Measure start, memory and size of the studio beside a bare Django on daphne; write docs/performance.md.

Both are started in turn in the same run, so that the ratios hold on any machine.
"""

import datetime
import os
import platform
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
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROUNDS = 5
METHOD = """\
A fresh data folder and one start to fill it; then {rounds} warm starts of each, from the process's creation
to the first answer of its health page. Memory is VmRSS three seconds after that answer, with nobody
connected. The bare side is `settings.configure()` with Django's auth, contenttypes and sessions, and one
view. The installed size is that of the locked dependencies, without the uv and pip that install them.
"""

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


@dataclass
class Figures:
    start: list[float]
    memory: list[float]


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


def measure(command: Callable[[int], list[str]], figures: Figures, **options: object) -> None:
    port = free_port()
    with served(command(port), port, **options) as (process, seconds):
        figures.start.append(seconds)
        time.sleep(3)
        figures.memory.append(resident_megabytes(process.pid))


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


def main() -> None:
    ours, bare = Figures([], []), Figures([], [])
    with tempfile.TemporaryDirectory() as data:
        (Path(data) / "bare.py").write_text(BARE)

        def studio(port: int) -> list[str]:
            return [sys.executable, "manage.py", "studio", "--port", str(port), "--data", data]

        def daphne(port: int) -> list[str]:
            return [sys.executable, "-m", "daphne", "-p", str(port), "bare:application"]

        measure(studio, Figures([], []), cwd=ROOT)  # the cold start: migrations, examples
        for _ in range(ROUNDS):
            measure(studio, ours, cwd=ROOT)
            measure(daphne, bare, cwd=data)
    write(ours, bare, installed_megabytes())


def write(ours: Figures, bare: Figures, size: float) -> None:
    def row(what: str, goal: str, mine: list[float], theirs: list[float], unit: str) -> str:
        a, b = statistics.median(mine), statistics.median(theirs)
        return f"| {what} | {a:.2f} {unit} | {b:.2f} {unit} | {a / b:.2f} | {goal} |"

    machine = f"{platform.system()} {platform.machine()}, {len(os.sched_getaffinity(0))} cores"
    text = f"""# Performance

Written by `make bench`; do not edit. Medians of {ROUNDS}, both sides in turn in one run.
{datetime.date.today().isoformat()}, {machine}, Python {platform.python_version()}.

| what | FlowStudio | bare Django on daphne | ratio | goal |
|---|--:|--:|--:|--:|
{row("warm start, process created → first answer", "≤ 3 s", ours.start, bare.start, "s")}
{row("idle memory, resident, runner included", "≤ 150 MB", ours.memory, bare.memory, "MB")}

Installed with all dependencies: {size:.0f} MB (goal ≤ 200 MB).

## Method

{METHOD.format(rounds=ROUNDS)}"""
    (ROOT / "docs" / "performance.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
