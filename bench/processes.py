"""Runs one side of a measurement in a process of its own, with an empty folder to itself."""

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FOLDER = "{folder}"
"""Stands for the folder in the words of a command; our own side knows it as FLOWSTUDIO_DATA."""


def printed(command: Sequence[str | Path], cwd: Path) -> dict[str, Any]:
    """The figures that it prints as its last line, which is JSON."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [str(word).replace(FOLDER, folder) for word in command],
            cwd=cwd,
            env={**os.environ, "FLOWSTUDIO_DATA": folder},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return figures
