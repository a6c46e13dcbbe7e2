"""Who is alive: known by a lock that a killed process lets go of."""

import subprocess
import sys

import pytest

from flowstudio.runs import boot

HOLD = """
import sys, time
from pathlib import Path
from flowstudio.runs import boot
print(boot.hold(Path(sys.argv[1])), flush=True)
time.sleep(60)
"""


@pytest.fixture
def other(tmp_path):
    """Another process that is alive, and its worker's name."""
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process, process.stdout.readline().strip()
        process.kill()


def test_another_process_is_alive_until_it_is_killed(other, tmp_path):
    process, worker = other
    before = boot.is_alive(tmp_path, worker)

    process.kill()
    process.wait()

    assert before
    assert not boot.is_alive(tmp_path, worker)


def test_asking_does_not_let_go_of_ones_own_lock(tmp_path):
    worker = boot.hold(tmp_path)
    boot.is_alive(tmp_path, worker)
    boot.sweep(tmp_path)

    code = "import sys; from pathlib import Path; from flowstudio.runs import boot;"
    code += "print(boot.is_alive(Path(sys.argv[1]), sys.argv[2]))"
    answer = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), worker], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "True"
    boot.release(tmp_path, worker)


def test_nobody_is_dead(tmp_path):
    assert not boot.is_alive(tmp_path, "")
    assert not boot.is_alive(tmp_path, "1-unknown")


def test_the_files_of_the_dead_are_swept_away(other, tmp_path):
    _, worker = other
    own = boot.hold(tmp_path)
    (tmp_path / "1-dead.boot").touch()

    boot.sweep(tmp_path)

    assert {path.stem for path in tmp_path.glob("*.boot")} == {own, worker}
    boot.release(tmp_path, own)
