"""What a machine may lack (a browser, the file of real events): skipped with its reason, or required."""

import json
import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EVENTS = ROOT.parent / "shared" / "events" / "github.jsonl"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def need(name: str, found: bool, reason: str) -> None:
    """Skip where ``name`` is not to be had; fail where FLOWSTUDIO_REQUIRE names it."""
    if found:
        return
    if name in os.environ.get("FLOWSTUDIO_REQUIRE", "").split(","):
        pytest.fail(f"{reason} FLOWSTUDIO_REQUIRE asks for it.")
    pytest.skip(reason)


def chromium() -> str:
    """The path of a Chromium, given by `make test` or found on this machine."""
    path = os.environ.get("FLOWSTUDIO_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), "")
    need("browser", bool(path), "No Chromium or Chrome on this machine.")
    return path


def github_events() -> list[dict]:
    """Real GitHub webhook deliveries, one event each."""
    need("events", EVENTS.exists(), "The file of real events is not beside this checkout.")
    return [json.loads(line) for line in EVENTS.read_text().splitlines()]
