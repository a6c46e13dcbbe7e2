"""The graphs that are measured: chains, fans and loops of nodes that do next to nothing."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from flowstudio.engine.document import FORMAT, Edge, Graph, Node
from flowstudio.engine.plan import Plan, compile_plan
from flowstudio.engine.registry import Registry
from flowstudio.plugin import Plugin
from flowstudio.runs import plugins

PAYLOAD = json.loads((Path(__file__).parent / "payload.json").read_text())
"""1 kB."""


class AddOne(Plugin):
    """Makes a new payload with `n` raised by one."""

    name, group, effects = "Add one", "Bench", False

    def run(self, payload):
        return "payload", {**payload, "n": payload["n"] + 1}


class Pass(Plugin):
    """Passes its payload on."""

    name, group, effects, passes_payload = "Pass", "Bench", False, True

    def run(self, payload):
        return "payload", payload


class Act(Plugin):
    """Counts as acting on the world outside: its result is committed before the run goes on."""

    name, group = "Act", "Bench"

    async def run(self, payload):
        return "payload", {**payload, "n": payload["n"] + 1}


@cache
def registry() -> Registry:
    """The product's plugins, and those above by their names in small letters."""
    found = plugins.registry()
    for plugin in (AddOne, Pass, Act):
        found.add(plugin, plugin.__name__.lower())
    return found


def drawn(nodes: Sequence[dict[str, Any]], edges: Sequence[tuple[str, str, str]]) -> Graph:
    """``edges``: source, its port, target. Not by way of a document, which may not be that large."""
    return Graph(
        format=FORMAT,
        nodes=tuple(Node(**{"name": node["id"], **node}) for node in nodes),
        edges=tuple(
            Edge(f"e{number}", source, port, target, "payload")
            for number, (source, port, target) in enumerate(edges)
        ),
    )


def chain(
    length: int, plugin: str = "addone", config: dict[str, Any] | None = None, port: str = "payload"
) -> Graph:
    """Nodes n0, n1, ... one behind the other."""
    nodes = [{"id": f"n{n}", "plugin": plugin, "config": config or {}} for n in range(length)]
    return drawn(nodes, [(f"n{n}", port, f"n{n + 1}") for n in range(length - 1)])


def fan(width: int) -> Graph:
    """n0 fans out to many nodes, which meet again in one."""
    middle = [f"m{n}" for n in range(width)]
    nodes = [{"id": name, "plugin": "pass"} for name in ("n0", *middle, "end")]
    edges = [("n0", "payload", name) for name in middle] + [(name, "payload", "end") for name in middle]
    return drawn(nodes, edges)


def loop() -> Graph:
    """For each item of the payload's list: one node in its body."""
    nodes = [
        {"id": "n0", "plugin": "for_each", "config": {"items": "payload"}},
        {"id": "inside", "plugin": "pass", "parent": "n0"},
    ]
    return drawn(nodes, [])


def plan(graph: Graph) -> Plan:
    return compile_plan(graph, registry(), start="n0")
