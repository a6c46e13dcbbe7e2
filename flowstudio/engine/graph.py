"""Whether a graph makes sense: every problem at its place, before anything runs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Set
from functools import cached_property
from typing import Any

from flowstudio.engine import configs, plan
from flowstudio.engine.document import Edge, Graph, Node, Retry, Settings, empty_document
from flowstudio.engine.errors import Cure, GraphInvalid, Problem
from flowstudio.engine.expressions import read_from_event
from flowstudio.engine.plan import ERROR_PORT
from flowstudio.engine.plugins import Loop, Plugin, PortType, Trigger
from flowstudio.engine.registry import Registry

__all__ = ["Edge", "Graph", "Node", "Retry", "Settings", "check", "empty_document"]


def check(
    graph: Graph, registry: Registry, *, disabled: Set[str] = frozenset(), max_nodes: int = 2000
) -> list[Problem]:
    """All problems of a graph; those of severity ``error`` keep it from being published.

    ``disabled`` are the ids of plugins that are switched off here.
    """
    if len(graph.nodes) > max_nodes:
        text = f"The graph has {len(graph.nodes):,} nodes; {max_nodes:,} are allowed."
        return [Problem("too_many_nodes", text)]
    facts = _Facts(graph, registry)
    return [
        *_identity_problems(facts),
        *_loop_problems(facts),
        *_plugin_problems(facts, disabled),
        *_edge_problems(facts),
        *_type_problems(facts),
        *_cycle_problems(facts),
        *_trigger_problems(facts),
        *_expression_problems(facts),
        *_background_problems(facts),
    ]


class _Facts:
    """A graph with what its checks ask again and again."""

    def __init__(self, graph: Graph, registry: Registry) -> None:
        self.graph, self.registry = graph, registry
        self.nodes = {node.id: node for node in graph.nodes}
        self.edges = [edge for edge in graph.edges if edge.source in self.nodes and edge.target in self.nodes]
        self.parents = {node.id: node.parent for node in graph.nodes}
        self.into: dict[str, list[Edge]] = defaultdict(list)
        for edge in self.edges:
            self.into[edge.target].append(edge)

    def plugin(self, node: Node) -> type[Plugin] | None:
        return self.registry.get(node.plugin)

    def config(self, node: Node) -> dict[str, Any]:
        """The config in today's form; empty where it cannot be had, which is a problem of its own."""
        try:
            return plan.current_config(node, self.registry)
        except GraphInvalid:
            return {}

    @cached_property
    def triggers(self) -> list[str]:
        return [node.id for node in self.graph.nodes if _is_trigger(self.plugin(node))]

    @cached_property
    def in_order(self) -> list[str]:
        """The nodes so that each stands behind those before it; nodes of a cycle are left out."""
        waiting = {node.id: len(self.into[node.id]) for node in self.graph.nodes}
        behind: dict[str, list[str]] = defaultdict(list)
        for edge in self.edges:
            behind[edge.source].append(edge.target)
        found = [identifier for identifier, count in waiting.items() if count == 0]
        for identifier in found:  # grows while it is walked
            for target in behind[identifier]:
                waiting[target] -= 1
                if waiting[target] == 0:
                    found.append(target)
        return found

    @cached_property
    def ordered(self) -> frozenset[str]:
        return frozenset(self.in_order)

    @cached_property
    def before(self) -> dict[str, int]:
        """For each node, those that lie before it, as a number with a bit for each; none for a cycle's."""
        found = dict.fromkeys(self.bits, 0)
        for identifier in self.in_order:
            for edge in self.into[identifier]:
                found[identifier] |= found[edge.source] | self.bits[edge.source]
        return found

    @cached_property
    def bits(self) -> dict[str, int]:
        return {node.id: 1 << index for index, node in enumerate(self.graph.nodes)}

    def may_read(self, reader: str, read: str) -> bool:
        """Whether a node lies before its reader or before a loop around it, or is such a loop.

        A reader in or behind a circle has that problem first.
        """
        loops = self.loops_around(reader)
        lies_before = any(self.before[each] & self.bits[read] for each in (reader, *loops))
        return lies_before or read in loops or any(each not in self.ordered for each in (reader, *loops))

    def loops_around(self, node: str) -> list[str]:
        """The loops that a node is drawn in, from the inside out."""
        found: list[str] = []
        parent = self.parents.get(node)
        while parent in self.nodes and parent not in found:
            found.append(parent)
            parent = self.parents.get(parent)
        return found

    def type_at(self, node: str, port: str) -> PortType:
        """What an output port gives. A node that passes its payload on gives what it is given."""
        seen: set[str] = set()
        while True:
            plugin = self.plugin(self.nodes[node])
            if plugin is None or node in seen:
                return "any"
            if port == ERROR_PORT:
                return "object"
            seen.add(node)
            edges = self.into[node]
            if self.nodes[node].settings.on_error == "continue":
                return "any"
            if not (plugin.passes_payload or self.nodes[node].settings.disabled):
                ports = plugin.output_ports(self.config(self.nodes[node]))
                return next((each.type for each in ports if each.name == port), "any")
            if len(edges) != 1:
                return "any"
            node, port = edges[0].source, edges[0].source_port

    @cached_property
    def backgrounds(self) -> list[tuple[Node, type[Plugin]]]:
        """The nodes behind which a background run begins."""
        return [
            (node, plugin)
            for node in self.graph.nodes
            if (plugin := self.plugin(node)) is not None
            and plugin.background_port is not None
            and not node.settings.disabled
        ]


def _is_trigger(plugin: type[Plugin] | None) -> bool:
    return plugin is not None and issubclass(plugin, Trigger)


# ── Nodes ───────────────────────────────────────────────────────────────────────────────────────────


def _identity_problems(facts: _Facts) -> Iterator[Problem]:
    ids = Counter(node.id for node in facts.graph.nodes)
    names = Counter(node.name for node in facts.graph.nodes)
    for node in facts.graph.nodes:
        if ids[node.id] > 1:
            yield Problem("duplicate_id", f"Two nodes have the id {node.id!r}.", node.id)
        if names[node.name] > 1:
            yield Problem("duplicate_name", f"Another node is called “{node.name}” too.", node.id)


def _loop_problems(facts: _Facts) -> Iterator[Problem]:
    for node in facts.graph.nodes:
        plugin = facts.plugin(node)
        if plugin is not None and issubclass(plugin, Loop) and node.id not in facts.parents.values():
            text = f"“{node.name}” holds no nodes; it gives back what it is given. Draw its body inside it."
            yield Problem("empty_loop", text, node.id, severity="warning")
        if node.parent is None:
            continue
        if node.parent not in facts.nodes:
            yield Problem("unknown_loop", f"“{node.name}” is drawn in a loop that does not exist.", node.id)
            continue
        loop = facts.nodes[node.parent]
        outer = facts.plugin(loop)
        if outer is not None and not issubclass(outer, Loop):
            text = f"“{node.name}” is drawn in “{loop.name}”, which is no loop."
            yield Problem("unknown_loop", text, node.id)
        if plan.loops_around(node.id, facts.parents) > plan.MAX_LOOPS:
            yield plan.too_deep(node.id)
        if _is_trigger(plugin):
            text = f"“{node.name}” starts workflows; it cannot stand in a loop."
            yield Problem("trigger_in_loop", text, node.id)


def _plugin_problems(facts: _Facts, disabled: Set[str]) -> Iterator[Problem]:
    for node in facts.graph.nodes:
        plugin = facts.plugin(node)
        if plugin is None:
            yield plan.unknown_plugin(node, facts.registry)
            continue
        if node.plugin in disabled:
            text = f"{plugin.name} is switched off in this installation; “{node.name}” cannot run."
            yield Problem("disabled_plugin", text, node.id)
        try:
            config = plan.current_config(node, facts.registry)
        except GraphInvalid as invalid:
            yield from invalid.problems
            continue
        yield from configs.problems(plugin, config, node.id)
        if plugin.outputs_from and ERROR_PORT in (config.get(plugin.outputs_from) or ()):
            text = f"An output of “{node.name}” cannot be called {ERROR_PORT!r}; failures leave there."
            yield Problem("reserved_port", text, node.id, path=("config", plugin.outputs_from))


def _trigger_problems(facts: _Facts) -> Iterator[Problem]:
    if not facts.triggers:
        text = "No node starts this workflow; add a trigger such as Start."
        yield Problem("no_trigger", text, severity="warning")
        return
    reached = plan.reach(facts.triggers, facts.edges)
    for node in facts.graph.nodes:
        if node.id not in reached and not reached.intersection(facts.loops_around(node.id)):
            text = f"“{node.name}” never runs: no trigger leads to it."
            yield Problem("unreachable", text, node.id, severity="warning")


# ── Edges ───────────────────────────────────────────────────────────────────────────────────────────


def _edge_problems(facts: _Facts) -> Iterator[Problem]:
    ids = Counter(edge.id for edge in facts.graph.edges)
    seen: set[tuple[str, str, str, str]] = set()
    for edge in facts.graph.edges:
        if ids[edge.id] > 1:
            yield Problem("duplicate_id", f"Two edges have the id {edge.id!r}.", edge=edge.id)
        unknown = [end for end in (edge.source, edge.target) if end not in facts.nodes]
        for end in unknown:
            yield Problem("unknown_node", f"An edge ends at {end!r}, which is no node.", edge=edge.id)
        if unknown:
            continue
        ends = (edge.source, edge.source_port, edge.target, edge.target_port)
        if ends in seen:
            yield Problem("duplicate_edge", "These two ports are connected twice.", edge=edge.id)
        seen.add(ends)
        yield from _end_problems(facts, edge)


def _end_problems(facts: _Facts, edge: Edge) -> Iterator[Problem]:
    source, target = facts.nodes[edge.source], facts.nodes[edge.target]
    if source is target:
        yield Problem("self_edge", f"“{source.name}” is connected with itself.", edge=edge.id)
    if source.parent != target.parent:
        text = f"An edge cannot cross a loop's border, from “{source.name}” to “{target.name}”."
        yield Problem("crosses_border", text, edge=edge.id)
    plugin = facts.plugin(source)
    if plugin is not None:
        ports = plan.port_names(plugin, facts.config(source))
        if edge.source_port not in ports:
            yield plan.missing_port(edge, source, ports)
    plugin = facts.plugin(target)
    if plugin is not None and edge.target_port not in [port.name for port in plugin.inputs]:
        known = ", ".join(port.name for port in plugin.inputs) or "none, for it is a trigger"
        text = f"“{target.name}” has no input port {edge.target_port!r} (it has {known})."
        yield Problem("missing_port", text, edge=edge.id)


def _type_problems(facts: _Facts) -> Iterator[Problem]:
    """Edges that bring what the node at their end cannot take; several edges into one port are merged."""
    for target in facts.graph.nodes:
        plugin, edges = facts.plugin(target), facts.into[target.id]
        if plugin is None or len(edges) != 1:
            continue
        edge = edges[0]
        wanted = next((port.type for port in plugin.inputs if port.name == edge.target_port), "any")
        brought = facts.type_at(edge.source, edge.source_port)
        if not _fits(brought, wanted):
            source = facts.nodes[edge.source]
            gives, takes = _type_word(brought), _type_word(wanted)
            text = f"“{source.name}” gives {gives}, but “{target.name}” takes {takes}."
            yield Problem("type_mismatch", text, edge=edge.id)


def _fits(brought: PortType, wanted: PortType) -> bool:
    """Whether the types of two ports can meet; a model fits itself, its bases, and any plain object."""
    if brought == wanted or "any" in (brought, wanted):
        return True
    if isinstance(brought, str) or isinstance(wanted, str):
        return "object" in (brought, wanted) and not (isinstance(brought, str) and isinstance(wanted, str))
    return issubclass(brought, wanted)


def _type_word(port_type: PortType) -> str:
    if not isinstance(port_type, str):
        return f"an object of the form {port_type.__name__}"
    return f"{'an' if port_type == 'object' else 'a'} {port_type}"


def _cycle_problems(facts: _Facts) -> Iterator[Problem]:
    """One problem per cycle, with the names along it: what is left when all ends were taken away."""
    edges = [edge for edge in facts.edges if edge.source != edge.target and edge.source not in facts.ordered]
    while edges := _without_ends(edges):
        following = {edge.source: edge.target for edge in reversed(edges)}
        walked: list[str] = []
        here = edges[0].source
        while here not in walked:
            walked.append(here)
            here = following[here]
        cycle = walked[walked.index(here) :]
        names = " → ".join(facts.nodes[identifier].name for identifier in (*cycle, here))
        text = f"These nodes form a circle: {names}. Payloads only go forward; use a loop to repeat."
        yield Problem("cycle", text, here)
        edges = [edge for edge in edges if edge.source not in cycle]


def _without_ends(edges: list[Edge]) -> list[Edge]:
    """The edges whose source is led to and whose target leads on, until nothing more falls away."""
    while True:
        sources, targets = {edge.source for edge in edges}, {edge.target for edge in edges}
        left = [edge for edge in edges if edge.source in targets and edge.target in sources]
        if len(left) == len(edges):
            return left
        edges = left


# ── Expressions ─────────────────────────────────────────────────────────────────────────────────────


def _expression_problems(facts: _Facts) -> Iterator[Problem]:
    names = {node.name: node.id for node in facts.graph.nodes}
    for node in facts.graph.nodes:
        plugin = facts.plugin(node)
        if plugin is None:
            continue
        for path, program in configs.programs(plugin, facts.config(node)):
            for message, at in program.source.warnings:
                place = configs.placed(program.source.fault(message, at))
                yield Problem("compares_text_with_number", place, node.id, path=path, severity="warning")
            for name in sorted(program.names):
                if name == "":
                    if node.parent is None:
                        text = (
                            f"“{node.name}” reads item or index, which are known in the body of a loop only."
                        )
                        yield Problem("outside_loop", text, node.id, path=path)
                    continue
                if name not in names:
                    text = f"“{node.name}” reads node({name!r}), but no node is called that."
                    yield Problem("unknown_node_name", text, node.id, path=path)
                    continue
                if not facts.may_read(node.id, names[name]):
                    text = f"“{node.name}” reads node({name!r}), which does not lie before it."
                    yield Problem("not_before", text, node.id, path=path)


# ── Background branches ─────────────────────────────────────────────────────────────────────────────


def _background_problems(facts: _Facts) -> Iterator[Problem]:
    for node, plugin in facts.backgrounds:
        field = plugin.forwards_field
        if field is not None and facts.config(node).get(field, False) is False:
            for identifier in _nodes_given_nothing(facts, node, plugin):
                yield from _reads_of_nothing(facts, facts.nodes[identifier], node, field)
    yield from _both_sides(facts)


def _nodes_given_nothing(facts: _Facts, start: Node, plugin: type[Plugin]) -> list[str]:
    """The nodes whose payload is surely ``{}`` in the background run that begins at ``start``.

    Those are reached over the background port, directly or through nodes that pass their payload on, and
    over no edge that would bring anything else in that run.
    """
    port = (start.id, plugin.background_port)
    handed_over = [edge.target for edge in facts.edges if (edge.source, edge.source_port) == port]
    ran = plan.reach(handed_over, facts.edges)
    found: dict[str, None] = {}  # a set that keeps its order
    for identifier in facts.in_order:
        incoming = [
            edge
            for edge in facts.into[identifier]
            if edge.source in ran or (edge.source, edge.source_port) == port
        ]
        if incoming and all(edge.source == start.id or _passes(facts, edge, found) for edge in incoming):
            found[identifier] = None
    return list(found)


def _passes(facts: _Facts, edge: Edge, given_nothing: Collection[str]) -> bool:
    source = facts.nodes[edge.source]
    plugin = facts.plugin(source)
    passes = source.settings.disabled or (plugin is not None and plugin.passes_payload)
    return passes and edge.source_port != ERROR_PORT and edge.source in given_nothing


def _reads_of_nothing(facts: _Facts, node: Node, start: Node, field: str) -> Iterator[Problem]:
    plugin = facts.plugin(node)
    if plugin is None:
        return
    for path, program in configs.programs(plugin, facts.config(node)):
        source = program.source
        if not source.payload_reads:
            continue
        read = next(read.text for read in source.reads if read.at == source.payload_reads[0])
        text = (
            f"“{node.name}” reads {read}, but behind “{start.name}” the payload is empty. "
            f"Read it from the event, or forward the payload."
        )
        cures = (
            Cure("Read event.properties", node.id, path, read_from_event(source.text, source.payload_reads)),
            Cure(f"Forward the payload of “{start.name}”", start.id, ("config", field), True),
        )
        yield Problem("payload_is_empty", text, node.id, path=path, cures=cures)


def _both_sides(facts: _Facts) -> Iterator[Problem]:
    """Nodes that run in the foreground and in a background run: allowed, but seldom meant."""
    ports = {(node.id, plugin.background_port) for node, plugin in facts.backgrounds}
    handed_over = [edge for edge in facts.edges if (edge.source, edge.source_port) in ports]
    foreground = [edge for edge in facts.edges if (edge.source, edge.source_port) not in ports]
    behind = plan.reach([edge.target for edge in handed_over], facts.edges)
    starts = [node.id for node in facts.graph.nodes if not facts.into[node.id]]
    both = behind & plan.reach(starts, foreground)
    for node in facts.graph.nodes:
        if node.id in both and any(edge.source not in both for edge in facts.into[node.id]):
            text = (
                f"“{node.name}” is reached from both sides of a background branch: it runs in the foreground "
                "and again in the background, each time with what that side brings."
            )
            yield Problem("runs_on_both_sides", text, node.id, severity="warning")
