"""Whether a graph makes sense: every problem at its place, before anything runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Set

from flowstudio.engine import configs, plan
from flowstudio.engine.document import Edge, Graph, Node, Retry, Settings, empty_document
from flowstudio.engine.errors import GraphInvalid, Problem
from flowstudio.engine.plugins import Plugin, Trigger
from flowstudio.engine.registry import Registry

__all__ = ["Edge", "Graph", "Node", "Retry", "Settings", "check", "empty_document"]


def check(
    graph: Graph, registry: Registry, *, disabled: Set[str] = frozenset(), max_nodes: int = 2000
) -> list[Problem]:
    """All problems of a graph; those of severity ``error`` keep it from being published or run."""
    if len(graph.nodes) > max_nodes:
        text = f"The graph has {len(graph.nodes):,} nodes; {max_nodes:,} are allowed."
        return [Problem("too_many_nodes", text)]
    return list(_problems(graph, registry, disabled))


def _problems(graph: Graph, registry: Registry, disabled: Set[str]) -> Iterator[Problem]:
    names = Counter(node.name for node in graph.nodes)
    for node in graph.nodes:
        if names[node.name] > 1:
            yield Problem("duplicate_name", f"Another node is called “{node.name}” too.", node.id)
        plugin = registry.get(node.plugin)
        if plugin is None:
            yield plan.unknown_plugin(node, registry)
        else:
            yield from _node_problems(node, plugin, registry, disabled)


def _node_problems(
    node: Node, plugin: type[Plugin], registry: Registry, disabled: Set[str]
) -> Iterator[Problem]:
    if node.plugin in disabled:
        yield Problem("disabled_plugin", f"{plugin.name} is switched off in this installation.", node.id)
    try:
        config = plan.current_config(node, registry)
    except GraphInvalid as invalid:
        yield from invalid.problems
        return
    yield from configs.problems(plugin, config, node.id)
    if issubclass(plugin, Trigger) and node.parent:
        yield Problem("trigger_in_loop", "A trigger cannot stand in a loop.", node.id)
