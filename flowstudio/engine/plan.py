"""A graph compiled for running: the forward closure of its start node as flat arrays of numbers.

Nodes and edges are numbered in the order of the document, so that indices decide every order and
nothing depends on hashing. A plan is immutable and shared by all runs of a snapshot.
"""

from __future__ import annotations

import copy
import inspect
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from flowstudio.engine import configs
from flowstudio.engine.configs import CompiledConfig
from flowstudio.engine.document import Edge, Graph, Node, Settings
from flowstudio.engine.errors import GraphInvalid, Problem
from flowstudio.engine.plugins import Context, Event, Loop, Plugin, RunInfo, Trigger
from flowstudio.engine.registry import Registry
from flowstudio.engine.steplog import NO_LOG
from flowstudio.engine.values import JSON

ERROR_PORT: Final = "error"
MAX_LOOPS: Final = 8
"""Loops inside one another: an iteration path fits the journal's column."""


@dataclass(frozen=True, slots=True)
class PlanNode:
    """One node, with all that the runner asks of it looked up beforehand."""

    index: int
    id: str
    name: str
    plugin: type[Plugin]
    config: CompiledConfig
    settings: Settings
    incoming: int  # how many edges of the plan end here
    fires: tuple[str, ...]  # the output ports that its plugin may fire, wired or not
    wired: tuple[tuple[str, tuple[tuple[int, int], ...]], ...]  # port → (edge, target) of its edges
    inline: bool  # a plain `run` without effects: executed in the runner's own loop
    is_async: bool
    disabled: bool
    first_arrival: bool
    wants_arrivals: bool
    handles_errors: bool  # its error port is wired
    is_plain: bool  # inline with nothing to work out before: its payload and config are there
    is_end: bool  # no edge leads on
    body: Plan | None  # what is drawn inside a loop


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run, or a pass through a loop's body, executes.

    ``incoming`` is indexed by node, ``edge_source`` by edge and holds the indices of nodes.
    """

    nodes: tuple[PlanNode, ...]
    entries: tuple[int, ...]  # where it begins
    incoming: tuple[int, ...]
    edge_source: tuple[int, ...]
    needs_scope: bool  # some config is evaluated in every run, here or in a body
    reads: frozenset[str]  # the names that are read through node("Name"), here or in a body
    _references: dict[str, tuple[str, ...]] = field(default_factory=dict)  # found out when first asked

    def references(self, node_id: str) -> tuple[str, ...]:
        """The names that nodes behind this one read through ``node("Name")``, in alphabetical order."""
        if node_id not in self._references:
            start = next(node.index for node in self.nodes if node.id == node_id)
            self._references[node_id] = tuple(sorted(self._names_behind(start)))
        return self._references[node_id]

    def _names_behind(self, start: int) -> set[str]:
        names: set[str] = set()
        found, waiting = {start}, [start]
        while waiting:
            for _, edges in self.nodes[waiting.pop()].wired:
                for _, target in edges:
                    if target not in found:
                        found.add(target)
                        waiting.append(target)
                        names |= _names(self.nodes[target])
        return names


def compile_plan(graph: Graph, registry: Registry, *, start: str, until: str | None = None) -> Plan:
    """Compile what a run that begins at ``start`` executes, or only what leads to ``until``.

    Raises GraphInvalid where a node of it cannot run; faults of other nodes do not matter here.
    """
    chosen = _nodes_between(graph, start, until)
    level = next(node.parent for node in graph.nodes if node.id == start)
    compiler = _Compiler(graph, registry, chosen)
    plan = compiler.plan(level, start)
    if compiler.problems:
        raise GraphInvalid(compiler.problems)
    return plan


class _Compiler:
    """Compiles the chosen nodes level by level: a loop's body is a plan of its own."""

    def __init__(self, graph: Graph, registry: Registry, chosen: Set[str]) -> None:
        self.registry = registry
        self.problems: list[Problem] = []
        self._inside: dict[str | None, list[Node]] = {}
        parents = {node.id: node.parent for node in graph.nodes if node.id in chosen}
        for node in graph.nodes:
            if node.id in chosen:
                self._inside.setdefault(node.parent, []).append(node)
        self._edges: dict[str | None, list[Edge]] = {}
        for edge in graph.edges:
            ends = edge.source in chosen and edge.target in chosen
            if ends and parents[edge.source] == parents[edge.target]:
                self._edges.setdefault(parents[edge.source], []).append(edge)

    def plan(self, level: str | None, start: str | None = None) -> Plan:
        nodes, edges = self._inside.get(level, []), self._edges.get(level, [])
        positions = {node.id: index for index, node in enumerate(nodes)}
        by_node = _Edges(edges, positions)
        compiled: list[PlanNode] = []
        for index, node in enumerate(nodes):
            plugin = self.registry.get(node.plugin)
            is_loop = plugin is not None and issubclass(plugin, Loop)
            body = self.plan(node.id) if is_loop else None
            try:
                compiled.append(_compile_node(index, node, by_node, self.registry, body))
            except GraphInvalid as invalid:
                self.problems += invalid.problems
        incoming = tuple(by_node.into[node.id] for node in nodes)
        first = tuple(index for index, count in enumerate(incoming) if count == 0)
        return Plan(
            nodes=tuple(compiled),
            entries=first if start is None else (positions[start],),
            incoming=incoming,
            edge_source=tuple(positions[edge.source] for edge in edges),
            needs_scope=any(_needs_scope(node) for node in compiled),
            reads=frozenset[str]().union(*(_names(node) for node in compiled)),
        )


def _needs_scope(node: PlanNode) -> bool:
    return node.config.needs_scope or (node.body is not None and node.body.needs_scope)


def _names(node: PlanNode) -> frozenset[str]:
    return node.config.names if node.body is None else node.config.names | node.body.reads


def compile_trigger(node: Node, registry: Registry) -> Callable[[Event], bool]:
    """A question to keep: does this trigger node start a run for an event?"""
    plugin = _plugin_of(node, registry)
    compiled = configs.compile_config(plugin, current_config(node, registry), node.id)
    if not issubclass(plugin, Trigger) or node.settings.disabled:
        return lambda event: False

    literals = compiled.unevaluated()

    def matches(event: Event) -> bool:
        if not plugin.may_match(literals, event):
            return False
        run, now = RunInfo(id=""), datetime.now(UTC)
        evaluated = compiled.evaluate(scope_of(event, run, now, event.properties, {}))
        context = Context(event, run, NO_LOG, now)
        return bool(plugin(evaluated, context).matches())

    return matches


def trigger_matches(node: Node, event: Event, registry: Registry) -> bool:
    """Does this trigger node start a run for the event?"""
    return compile_trigger(node, registry)(event)


def scope_of(
    event: Event, run: RunInfo, now: datetime, payload: JSON, nodes: dict[str, JSON]
) -> dict[str, JSON]:
    """What expressions can name. ``now`` is the run's start, so that a restored run decides the same."""
    return {
        "payload": payload,
        "event": {
            "id": event.id,
            "type": event.type,
            "source": event.source,
            "subject": event.subject,
            "time": event.time,
            "properties": event.properties,
        },
        "run": {
            "id": run.id,
            "kind": run.kind,
            "workflow": run.workflow,
            "is_test": run.is_test,
            "is_replay": run.is_replay,
            "started": iso(run.started) if run.started else None,
        },
        "now": iso(now),
        "nodes": nodes,
    }


def iso(moment: datetime) -> str:
    """A time as FlowStudio writes it everywhere."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _nodes_between(graph: Graph, start: str, until: str | None) -> set[str]:
    """The nodes of a run's levels, from the start's on; each level ends at the way to ``until``."""
    parents = {node.id: node.parent for node in graph.nodes}
    for name, wanted in (("start", start), ("until", until)):
        if wanted is not None and wanted not in parents:
            raise GraphInvalid([Problem("unknown_node", f"There is no node {wanted!r} to {name} at.")])
    if deep := [node.id for node in graph.nodes if loops_around(node.id, parents) > MAX_LOOPS]:
        raise GraphInvalid([too_deep(deep[0])])
    goals: dict[str | None, str] = {}  # level → the node of it that leads to `until`
    goal = until
    while goal is not None:
        goals[parents.get(goal)] = goal
        goal = parents.get(goal)
    inside: dict[str | None, set[str]] = {}
    for identifier, parent in parents.items():
        inside.setdefault(parent, set()).add(identifier)
    edges = [edge for edge in graph.edges if parents.get(edge.source) == parents.get(edge.target)]
    if until is not None and parents[start] not in goals:
        raise GraphInvalid([_unreachable(until)])
    chosen: set[str] = set()
    waiting = [(parents[start], reach((start,), edges))]
    while waiting:
        level, found = waiting.pop()
        if level in goals:
            if goals[level] not in found:
                raise GraphInvalid([_unreachable(until)])
            found &= reach((goals[level],), edges, backwards=True)
        chosen |= found
        waiting += [(loop, set(inside[loop])) for loop in found if loop in inside]
    return chosen


def _unreachable(until: str | None) -> Problem:
    return Problem("unreachable", "This node cannot be reached from the start.", until)


def loops_around(node: str, parents: Mapping[str, str | None]) -> int:
    """How many loops a node is drawn in, one inside the other; beyond MAX_LOOPS where they form a circle."""
    count, parent = 0, parents.get(node)
    while parent is not None and count <= MAX_LOOPS:
        count, parent = count + 1, parents.get(parent)
    return count


def too_deep(node: str) -> Problem:
    text = f"At most {MAX_LOOPS} loops can be drawn inside one another."
    return Problem("loops_too_deep", text, node)


def reach(starts: Iterable[str], edges: Sequence[Edge], *, backwards: bool = False) -> set[str]:
    """The nodes that can be reached from some, themselves included."""
    neighbours: dict[str, list[str]] = {}
    for edge in edges:
        here, there = (edge.target, edge.source) if backwards else (edge.source, edge.target)
        neighbours.setdefault(here, []).append(there)
    found = set(starts)
    waiting = list(found)
    while waiting:
        for neighbour in neighbours.get(waiting.pop(), ()):
            if neighbour not in found:
                found.add(neighbour)
                waiting.append(neighbour)
    return found


def _plugin_of(node: Node, registry: Registry) -> type[Plugin]:
    plugin = registry.get(node.plugin)
    if plugin is None:
        raise GraphInvalid([unknown_plugin(node, registry)])
    return plugin


def unknown_plugin(node: Node, registry: Registry) -> Problem:
    """The problem of a node whose plugin is missing, with the reason where one is known."""
    reason = registry.why_broken(node.plugin)
    text = f"The plugin {node.plugin!r} of “{node.name}” is not installed here."
    return Problem("unknown_plugin", f"{text} {reason}" if reason else text, node.id)


def current_config(node: Node, registry: Registry) -> dict[str, Any]:
    """The node's config as its plugin's current version wants it; raises GraphInvalid where it cannot."""
    plugin = _plugin_of(node, registry)
    version = node.plugin_version or plugin.version
    if version > plugin.version:
        text = (
            f"“{node.name}” was made with version {version} of {plugin.name}; {plugin.version} is installed."
        )
        raise GraphInvalid([Problem("plugin_too_old", text, node.id)])
    if version == plugin.version:
        return node.config
    try:
        return plugin.upgrade(copy.deepcopy(node.config), version)
    except Exception as error:  # a plugin's own code
        text = f"The config of “{node.name}” cannot be upgraded from version {version}: {error}"
        raise GraphInvalid([Problem("cannot_upgrade", text, node.id, path=("config",))]) from error


def port_names(plugin: type[Plugin], config: Mapping[str, Any]) -> list[str]:
    """The output ports of a node with this config; ``error`` is there unless it is a trigger."""
    names = [port.name for port in plugin.output_ports(config) if port.name != ERROR_PORT]
    return names if issubclass(plugin, Trigger) else [*names, ERROR_PORT]


def missing_port(edge: Edge, source: Node, ports: Sequence[str]) -> Problem:
    """The problem of an edge that begins at a port its node does not have."""
    known = ", ".join(ports) or "none"
    text = f"“{source.name}” has no output port {edge.source_port!r} (it has {known})."
    return Problem("missing_port", text, edge=edge.id)


def _compile_node(index: int, node: Node, edges: _Edges, registry: Registry, body: Plan | None) -> PlanNode:
    plugin, config = _plugin_of(node, registry), current_config(node, registry)
    compiled = configs.compile_config(plugin, config, node.id)
    names = port_names(plugin, config)
    outgoing: dict[str, list[tuple[int, int]]] = {name: [] for name in names}
    for number, edge in edges.out_of.get(node.id, ()):
        if edge.source_port not in outgoing:
            raise GraphInvalid([missing_port(edge, node, names)])
        outgoing[edge.source_port].append((number, edges.positions[edge.target]))
    is_async = inspect.iscoroutinefunction(plugin.run)
    inline = not (plugin.effects or is_async or plugin.process or _is_tried_with_care(node))
    return PlanNode(
        index=index,
        id=node.id,
        name=node.name,
        plugin=plugin,
        config=compiled,
        settings=node.settings,
        incoming=edges.into[node.id],
        fires=tuple(name for name in names if name != ERROR_PORT),
        wired=tuple((name, tuple(behind)) for name, behind in outgoing.items() if behind),
        inline=inline,
        is_async=is_async,
        disabled=node.settings.disabled,
        wants_arrivals=plugin.wants_arrivals,
        first_arrival=plugin.on_first_arrival(compiled.unevaluated()),
        handles_errors=bool(outgoing.get(ERROR_PORT)),
        is_plain=inline
        and not (node.settings.disabled or plugin.wants_arrivals)
        and compiled.shared is not None,
        is_end=not any(outgoing.values()),
        body=body,
    )


def _is_tried_with_care(node: Node) -> bool:
    """A node with a time-out or retries cannot run inline: nothing could interrupt it, or wait."""
    return node.settings.timeout is not None or node.settings.retry.attempts > 1


class _Edges:
    """The edges of a plan by the nodes at their ends, with their numbers and those of the nodes."""

    def __init__(self, edges: Sequence[Edge], positions: Mapping[str, int]) -> None:
        self.positions = positions
        self.into = Counter(edge.target for edge in edges)
        self.out_of: dict[str, list[tuple[int, Edge]]] = {}
        for number, edge in enumerate(edges):
            self.out_of.setdefault(edge.source, []).append((number, edge))
