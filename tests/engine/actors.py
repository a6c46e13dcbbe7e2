"""Nodes that play what their config says, each told twice: as a plugin, and as an act of the reference.

``fires`` names the ports, ``says`` how the output is made of the payload, ``fails`` what befalls each
attempt in turn: nothing, an error type, or ``hangs``. They run inline, on a thread, or as coroutines that
wait for ``turns`` turns of the event loop.
"""

import asyncio
import json
import re
import zlib

from flowstudio.engine.errors import NodeFailed
from flowstudio.plugin import Emit, NodeConfig, Plugin
from plugins.flow.for_each import ForEach
from plugins.flow.repeat_until import RepeatUntil
from tests.engine import plugins
from tests.engine.reference import Fails

PORTS = ["a", "b"]


class Busy(NodeFailed):
    """A failure that another attempt may cure."""


class Broken(NodeFailed):
    """A failure that no attempt cures."""


FAILURES = {"Busy": Busy, "Broken": Broken}


def says(how, node, iteration, payload, port):
    """What a node makes of its payload: the node, the iteration and the port show in it."""
    if how == "object":
        return {**(payload if isinstance(payload, dict) else {}), node: iteration, "last": node}
    if how == "list":  # a digest: lists of lists would grow without bound in loops
        return [node, port, zlib.crc32(json.dumps(payload, sort_keys=True).encode())]
    return payload


class _Plays(Plugin):
    group, outputs_from = "Test", "ports"

    class Config(NodeConfig):
        ports: list[str] = PORTS
        fires: list[str] = []
        says: str = "same"
        fails: list[str] = []
        turns: int = 0

    def play(self, payload):
        fails = self.config.fails[self.context.attempt - 1 :][:1]
        if fails and fails[0]:
            raise FAILURES[fails[0]](f"{self.context.node} is {fails[0]}")
        config, context = self.config, self.context
        return [
            (port, says(config.says, context.node, context.iteration, payload, port)) for port in config.fires
        ]


class PlayInline(_Plays):
    """Plays on the event loop."""

    name, effects = "Play inline", False

    def run(self, payload):
        return self.play(payload)


class PlayOnThread(_Plays):
    """Plays on a worker thread, and emits an event with its result."""

    name = "Play on a thread"

    def run(self, payload):
        return [*self.play(payload), Emit("played", self.context.node)]


class PlayAsync(_Plays):
    """Plays as a coroutine, after some turns of the event loop, or never."""

    name = "Play async"

    async def run(self, payload):
        for _ in range(self.config.turns):
            await asyncio.sleep(0)
        if self.config.fails[self.context.attempt - 1 :][:1] == ["hangs"]:
            await asyncio.Event().wait()
        return self.play(payload)


def registry(**more):
    """The small test plugins, these, and the two loops."""
    played = {"inline": PlayInline, "thread": PlayOnThread, "turns": PlayAsync}
    return plugins.registry(**played, for_each=ForEach, repeat_until=RepeatUntil, **more)


def ports(node):
    """The output ports of a node in the order in which its plugin declares them."""
    return {
        "inline": (*PORTS, "payload"),
        "thread": (*PORTS, "payload"),
        "turns": (*PORTS, "payload"),
        "background": ("output",),
        "for_each": ("payload", "failed"),
        "repeat_until": ("payload", "limit"),
    }.get(node.plugin, ("payload",))


# ── The same, as acts of the reference: each returns its outputs, and the port that was handed over ──


def _play(call):
    config, node = call.node.config, call.node.id
    failure = config.get("fails", [])[call.attempt - 1 :][:1]
    if failure == ["hangs"]:
        raise Fails("NodeTimedOut", f"“{node}” did not end within {call.node.settings.timeout:g} seconds.")
    if failure and failure[0]:
        raise Fails(failure[0], f"{node} is {failure[0]}")
    fires = config.get("fires", [])
    if twice := [port for port in fires if fires.count(port) > 1]:
        name = {"inline": PlayInline, "thread": PlayOnThread, "turns": PlayAsync}[call.node.plugin].name
        raise Fails("PluginError", f"The plugin {name} fired the port {twice[0]!r} twice.")
    how = config.get("says", "same")
    return {port: says(how, node, call.iteration, call.payload, port) for port in fires}, None


def _make(call):
    return {"payload": _filled(call.node.config["value"], call.read)}, None


def _filled(value, read):
    if isinstance(value, dict):
        return {key: _filled(item, read) for key, item in value.items()}
    name, key = re.fullmatch(r"{{ (?:node\('(\w+)'\)\.?)?(\w*) }}", value).groups("")
    return read[name][key] if key else read[name]


def _background(call):
    if call.begins_here:
        return {"output": call.payload}, None
    return {"output": {}}, "output"


def _for_each(call):
    config, results, failed = call.node.config, [], []
    for index, item in enumerate(json.loads(config["items"])):
        done = call.body(item, index)
        if done.failures and config.get("on_failed_item", "stop") == "stop":
            raise Fails("ItemFailed", f"Item {index}: {done.failures[0]['message']}")
        if done.failures:
            failed.append({"index": index, "item": item, **done.failures[0]})
        elif done.values:
            results.append(done.value)
    return {"payload": results} | ({"failed": failed} if failed else {}), None


def _repeat_until(call):
    value, config = call.payload, call.node.config
    for index in range(config["limit"]):
        done = call.body(value, index)
        if done.failures:
            raise Fails("RoundFailed", f"Round {index}: {done.failures[0]['message']}")
        value = done.value
        if index >= int(config["until"].removeprefix("index >= ")):
            return {"payload": value}, None
    return {"limit": value}, None


ACTS = {
    "start": lambda call: ({"payload": call.payload}, None),
    "pass": lambda call: ({"payload": call.payload}, None),
    "join": lambda call: ({"payload": [list(arrival) for arrival in call.arrivals]}, None),
    "first": lambda call: ({"payload": dict(call.arrivals)}, None),
    "inline": _play,
    "thread": _play,
    "turns": _play,
    "make": _make,
    "background": _background,
    "for_each": _for_each,
    "repeat_until": _repeat_until,
}
