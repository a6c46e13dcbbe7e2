"""What a plugin gave back, read and checked; and what is made of it when it failed."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TypeAlias

from flowstudio.engine import values
from flowstudio.engine.errors import FlowStudioError
from flowstudio.engine.plan import PlanNode
from flowstudio.engine.plugins import Answer, Command, Emit, Submit
from flowstudio.engine.values import JSON

Outputs: TypeAlias = Mapping[str, JSON]

_OWN_FOLDER: Final = str(Path(__file__).parent)
_ORM_IN_LOOP: Final = "SynchronousOnlyOperation"  # Django's, known by name: the engine imports no Django


class PluginError(FlowStudioError):
    """A plugin gave back what cannot be taken, or changed what it was given."""


def read(node: PlanNode, payload: JSON, result: Any) -> tuple[dict[str, JSON], list[Command]]:
    """What ``run`` returned as outputs by port and commands; raises PluginError for anything else."""
    outputs: dict[str, JSON] = {}
    if type(result) is tuple and len(result) == 2:
        port, sent = result
        if sent is payload and port in node.fires:  # by far the most frequent, and checked before
            return {port: sent}, []
        _take(node, payload, outputs, port, sent)
        return outputs, []
    if result is None:
        return outputs, []
    if not isinstance(result, list):
        kind = type(result).__name__
        raise PluginError(
            f"{_by(node)} returned a {kind}; it must be (port, payload), a list of those or None."
        )
    commands: list[Command] = []
    for item in result:
        if isinstance(item, Submit | Emit | Answer):
            commands.append(item)
        elif isinstance(item, tuple) and len(item) == 2:
            _take(node, payload, outputs, *item)
        else:
            kind = type(item).__name__
            raise PluginError(
                f"{_by(node)} returned a list with a {kind}; (port, payload) or a command belongs there."
            )
    return outputs, commands


def passed_on(node: PlanNode, payload: JSON) -> dict[str, JSON]:
    """The payload at the first output port: a node that is disabled, or continued after an error."""
    return dict.fromkeys(node.fires[:1], payload)


def command_refused(node: PlanNode) -> PluginError:
    return PluginError(f"{_by(node)} returned a command, which needs effects = True in its declaration.")


def error_value(node: PlanNode, error: BaseException) -> dict[str, Any]:
    """The failure as it is shown everywhere: ``{"message", "type", "node"}``."""
    kind = type(error).__name__
    text = _text_of(error)
    if isinstance(error, FlowStudioError):
        message = text or kind
    elif kind == _ORM_IN_LOOP:
        message = _orm_advice(node)
    else:
        message = f"{kind}: {text}" if text else kind
    return {"message": values.storable(message), "type": kind, "node": node.name}


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "(its text cannot be had)"


def trace_of(error: BaseException) -> str:
    """The way into the plugin that led to an unexpected error; empty for an expected one."""
    if isinstance(error, FlowStudioError):
        return ""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_outside(frame.filename)]
    lines = traceback.format_list(frames[-8:]) + traceback.format_exception_only(error)
    return "".join(lines).rstrip()


def merged(payloads: list[JSON]) -> JSON:
    """Several payloads as one: objects merge, later edges winning; anything else becomes a list."""
    if not all(type(payload) is dict for payload in payloads):
        return payloads
    whole: dict[str, JSON] = {}
    for payload in payloads:
        whole.update(payload)
    return whole


class Untouched:
    """Hands out a copy of a payload and fails the node if it was changed: payloads are shared."""

    def __init__(self, node: PlanNode, payload: JSON) -> None:
        self.node, self.before = node, values.encode(payload)

    def __enter__(self) -> JSON:
        self.copy = values.loads(self.before)
        return self.copy

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None and values.encode(self.copy) != self.before:
            raise PluginError(
                f"{_by(self.node)} changed its payload, which other nodes share; build a new value."
            )


def _take(node: PlanNode, payload: JSON, outputs: dict[str, JSON], port: Any, sent: JSON) -> None:
    """Accept one output, or say what is wrong with it."""
    if port not in node.fires:
        known = ", ".join(node.fires) or "none"
        raise PluginError(f"{_by(node)} fired the port {port!r}, which it does not have ({known}).")
    if port in outputs:
        raise PluginError(f"{_by(node)} fired the port {port!r} twice.")
    if sent is not payload:
        try:
            values.check(_news(sent, payload))
        except values.ValueRefused as error:
            raise PluginError(f"{_by(node)} fired the port {port!r} with what is not JSON. {error}") from None
    outputs[port] = sent


def _news(sent: JSON, payload: JSON) -> JSON:
    """What of an output is not the payload's own, which was checked when it was made.

    Nodes mostly set a field or two of an object: then this spares walking all the others again.
    The price: the limit on the number of parts holds for what one node adds.
    """
    if type(sent) is not dict or type(payload) is not dict:
        return sent
    return {
        key: part
        for key, part in sent.items()
        if type(key) is not str or key not in payload or part is not payload[key]  # an enum may equal a text
    }


def _by(node: PlanNode) -> str:
    return f"The plugin {node.plugin.name}"


def _orm_advice(node: PlanNode) -> str:
    plugin = node.plugin
    if node.is_async:
        cure = "make run a plain def instead of async def, or use the ORM's own async methods"
    else:
        cure = 'set "effects = True", so that run is called on a worker thread'
    place = f"{plugin.__module__}.{plugin.__qualname__}"
    return f"{_by(node)} used the database on the event loop. In {place}, {cure}."


def _is_outside(filename: str) -> bool:
    return not filename.startswith(_OWN_FOLDER) and not {"asyncio", "concurrent"} & set(Path(filename).parts)
