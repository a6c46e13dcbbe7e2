"""The two consumers: the socket of a browser that watches, and the channel that wakes the runner."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar
from uuid import UUID

import orjson
from channels.consumer import AsyncConsumer
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from flowstudio.live import frames, hub, origin, rows
from flowstudio.live.rows import Login
from flowstudio.live.watchers import Watcher
from flowstudio.runs.local import LAYER_ALIAS, SCOPE_KEY


class BadMessage(Exception):
    """A frame of the client that cannot be followed; the text says why."""


class BranchConsumer(AsyncConsumer):
    """Serves the branch channel on the runner's loop: each message wakes one queued run."""

    channel_layer_alias = LAYER_ALIAS

    async def branch_run(self, message: dict[str, Any]) -> None:
        self.scope[SCOPE_KEY].begin(UUID(message["run"]))


class LiveConsumer(AsyncWebsocketConsumer):
    """``ws/live/``: says what it watches, gets runs and steps as they happen."""

    channel_layer_alias = LAYER_ALIAS
    groups: ClassVar[list[str]] = []
    watcher: Watcher | None = None

    async def connect(self) -> None:
        # Accepted first in any case: a browser sees a close code only on an open socket.
        await self.accept()
        login = self._login()
        # No browser sends a token by itself, so only a session must come from a page of ours.
        if not login.is_token and not origin.is_ours(self.scope):
            await self.close(hub.FORBIDDEN)
            return
        user = await database_sync_to_async(rows.user_of, thread_sensitive=False)(login)
        if user is None:
            await self.close(hub.NO_USER)
        else:
            self._begin(user, login)

    def _login(self) -> Login:
        scheme, _, secret = (
            dict(self.scope["headers"]).get(b"authorization", b"").decode("latin-1").partition(" ")
        )
        if scheme.lower() == "bearer":
            return Login(secret.strip(), is_token=True)
        return Login(self.scope["session"].session_key or "")

    def _begin(self, user: Any, login: Login) -> None:
        self.hub = hub.of_this_loop()
        self.watcher = Watcher(user, login, self._send_text, self._close)
        self.hub.add(self.watcher)
        self._pump = asyncio.create_task(self.watcher.pump())

    async def _send_text(self, text: str) -> None:
        await self.send(text_data=text)

    async def _close(self, code: int) -> None:
        await self.close(code)
        self._end()

    async def disconnect(self, code: int) -> None:
        self._end()

    def _end(self) -> None:
        if self.watcher is not None:
            self._pump.cancel()
            self.hub.remove(self.watcher)
            self.watcher = None

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.watcher is None:
            return  # closed; what is still on its way is not answered
        try:
            message = _message(text_data)
            match message.get("op"):
                case "watch":
                    await self._watch(self.watcher, message)
                case "unwatch":
                    self._unwatch(self.watcher, message)
                case "ack":
                    self.watcher.acknowledge(_id(message, "run"), _number(message.get("seq")))
                case other:
                    raise BadMessage(f"There is no op {other!r}; there are watch, unwatch and ack.")
        except BadMessage as error:
            self._answer("bad_message", str(error))
        except hub.TooMany as error:
            self._answer("forbidden", str(error))

    async def _watch(self, watcher: Watcher, message: dict[str, Any]) -> None:
        if "run" in message:
            run_id = _id(message, "run")
            if not await self.hub.watch_run(watcher, run_id, _positions(message.get("after"))):
                self._answer("not_found", "There is no such run, or you may not see it.", run=str(run_id))
        else:
            workflow_id = _id(message, "workflow")
            if not await self.hub.watch_workflow(watcher, workflow_id, _cursor(message.get("cursor"))):
                detail = "There is no such workflow, or you may not see it."
                self._answer("not_found", detail, workflow=str(workflow_id))

    def _unwatch(self, watcher: Watcher, message: dict[str, Any]) -> None:
        if "run" in message:
            self.hub.unwatch_run(watcher, _id(message, "run"))
        else:
            self.hub.unwatch_workflow(watcher, _id(message, "workflow"))

    def _answer(self, code: str, detail: str, **where: str) -> None:
        if self.watcher is not None:
            self.watcher.send(frames.text({"op": "error", "code": code, "detail": detail, **where}))


def _message(text: str | None) -> dict[str, Any]:
    try:
        message = orjson.loads(text or "")
    except orjson.JSONDecodeError:
        raise BadMessage("A frame is one JSON object as text.") from None
    if not isinstance(message, dict):
        raise BadMessage("A frame is one JSON object.")
    return message


def _id(message: dict[str, Any], name: str) -> UUID:
    return _uuid(message.get(name), name)


def _uuid(value: Any, name: str) -> UUID:
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise BadMessage(f"“{name}” must be an id, not {value!r}.") from None


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BadMessage(f"A seq is a number from 0, not {value!r}.")
    return value


def _positions(after: Any) -> dict[UUID, int]:
    if after is None:
        return {}
    if not isinstance(after, dict):
        raise BadMessage("“after” must be an object: run id → seq.")
    return {_uuid(run_id, "after"): _number(seq) for run_id, seq in after.items()}


def _cursor(value: Any) -> Any:
    if value is None:
        return None
    try:
        return rows.cursor_from(value)
    except (ValueError, TypeError, OverflowError):
        raise BadMessage(f"“cursor” must be one that was sent, not {value!r}.") from None
