"""The log of a step, as a plugin writes it."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from flowstudio.engine import values
from flowstudio.engine.trace import Sink, StepRecord

MAX_LINES: Final = 1_000


class StepLog:
    """Adds lines to a step; with a loop, tells the sink of each, on that loop."""

    __slots__ = ("_loop", "_sink", "_step", "_thread")

    def __init__(self, step: StepRecord, loop: asyncio.AbstractEventLoop | None, sink: Sink) -> None:
        self._step, self._loop, self._sink = step, loop, sink
        self._thread = threading.get_ident() if loop is not None else 0

    def debug(self, message: str) -> None:
        self._add("debug", message)

    def info(self, message: str) -> None:
        self._add("info", message)

    def warning(self, message: str) -> None:
        self._add("warning", message)

    def error(self, message: str) -> None:
        self._add("error", message)

    def _add(self, level: str, message: str) -> None:
        lines = self._step.log
        if len(lines) >= MAX_LINES:
            return
        text = values.storable(str(message))
        if len(lines) == MAX_LINES - 1:
            level, text = "warning", f"A step keeps {MAX_LINES:,} lines; the rest is left out."
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        lines.append({"time": now, "level": level, "message": text})
        if self._loop is None:
            return
        if threading.get_ident() == self._thread:
            self._tell()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        """A recorder that fails changes nothing of what the node does."""
        with suppress(Exception):
            self._sink.logged(self._step)


class _NoLog:
    """Takes lines where no step is kept."""

    def debug(self, message: str) -> None: ...
    def info(self, message: str) -> None: ...
    def warning(self, message: str) -> None: ...
    def error(self, message: str) -> None: ...


NO_LOG: Final = _NoLog()
