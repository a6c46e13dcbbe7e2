"""One socket as the hub sees it: what waits to be sent, and how much of it was not acknowledged.

daphne buffers without bound what a client does not read. So trace frames are counted until the client
acknowledges them; over the window the watcher is paused, and catches up from the database later.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from flowstudio.conf import settings
from flowstudio.live.rows import Login

MAX_PAUSE_SECONDS = 60.0


class Watcher:
    def __init__(
        self,
        user: Any,
        login: Login,
        send: Callable[[str], Awaitable[None]],
        close: Callable[[int], Awaitable[None]],
    ) -> None:
        self.user, self.login = user, login
        self._send, self._close = send, close
        self._frames: deque[str] = deque()
        self._has_frames = asyncio.Event()
        self._unacknowledged: dict[UUID, deque[tuple[int, int]]] = {}  # run → (seq, bytes)
        self._open_bytes = 0
        self._paused_since: float | None = None
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    @property
    def is_paused(self) -> bool:
        return self._paused_since is not None

    @property
    def is_lost(self) -> bool:
        """It has not acknowledged anything for too long: it is not there any more."""
        return self._paused_since is not None and time.monotonic() - self._paused_since > MAX_PAUSE_SECONDS

    def send(self, text: str) -> None:
        self._frames.append(text)
        self._has_frames.set()

    def send_trace(self, run_id: UUID, seq: int, text: str) -> None:
        self._unacknowledged.setdefault(run_id, deque()).append((seq, len(text)))
        self._open_bytes += len(text)
        self._look_at_window()
        self.send(text)

    def acknowledge(self, run_id: UUID, seq: int) -> None:
        sent = self._unacknowledged.get(run_id)
        while sent and sent[0][0] <= seq:
            self._open_bytes -= sent.popleft()[1]
            if self._paused_since is not None:
                self._paused_since = time.monotonic()
        if sent is not None and not sent:
            del self._unacknowledged[run_id]
        self._look_at_window()

    def forget(self, run_id: UUID) -> None:
        """Frames of a run that is not watched any more need no acknowledgement."""
        self._open_bytes -= sum(size for _, size in self._unacknowledged.pop(run_id, ()))
        self._look_at_window()

    def _look_at_window(self) -> None:
        if self._open_bytes <= settings.LIVE_WINDOW_BYTES:
            self._paused_since = None
            self.may_go_on.set()
        elif self._paused_since is None:
            self._paused_since = time.monotonic()
            self.may_go_on.clear()

    async def pump(self) -> None:
        """Send what waits, until cancelled. Its own task: a server that waits for a slow socket in
        ``send`` must not hold up the hub."""
        while True:
            await self._has_frames.wait()
            self._has_frames.clear()
            while self._frames:
                await self._send(self._frames.popleft())

    async def close(self, code: int) -> None:
        await self._close(code)
