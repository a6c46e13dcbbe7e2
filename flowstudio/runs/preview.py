"""What an expression would be given in a recorded step: read from the trace; nothing runs or is stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import orjson

from flowstudio import models
from flowstudio.engine import values
from flowstudio.engine.document import Graph, Node
from flowstudio.engine.plan import scope_of
from flowstudio.engine.plugins import RunInfo
from flowstudio.engine.results import merged
from flowstudio.engine.values import JSON
from flowstudio.runs import events, graphs
from flowstudio.runs.masking import Masker


class NothingRecorded(Exception):
    """The trace does not hold what the expression would have been given; the message says why."""


def scope(run: models.Run, node_id: str, iteration: str, names: Collection[str]) -> dict[str, JSON]:
    """What an expression in the node could name in that run; of ``node("Name")`` only ``names``.

    Secrets are masked, as everywhere in a trace. Raises NothingRecorded.
    """
    return _Trace(run, iteration).scope(node_id, names)


class _Trace:
    """The steps that a node in one pass of the loops around it could see."""

    def __init__(self, run: models.Run, iteration: str) -> None:
        self.run, self.iteration = run, iteration
        self.graph: Graph = graphs.graph_of(run.snapshot_id)
        self.nodes = {node.id: node for node in self.graph.nodes}
        self.masker = Masker()
        for data in (run.event.properties, run.start_payload, run.inherited):
            if data is not None:
                self.masker.note(bytes(data))

    def scope(self, node_id: str, names: Collection[str]) -> dict[str, JSON]:
        run, node = self.run, self.nodes.get(node_id)
        if node is None:
            raise NothingRecorded(f"The graph of this run has no node {node_id!r}.")
        event = events.engine_event(run.event, self._masked(run.event.properties))
        info = RunInfo(
            id=str(run.pk),
            kind=run.kind,
            workflow=run.workflow.name,
            is_test=run.is_test,
            started=run.started,
            workflow_id=str(run.workflow_id),
            is_called=run.call > 0,
        )
        payload = self._payload(node)
        return scope_of(event, info, run.started or run.queued, payload, self._named(node, names))

    def _payload(self, node: Node) -> JSON:
        step = self._steps(node.id).filter(iteration=self.iteration).first()
        if step is not None:
            return _input(step, node)
        delivered = []
        for edge in self.graph.edges:
            if edge.target == node.id:
                source = self._steps(edge.source).filter(iteration=self.iteration).first()
                if source is not None and edge.source_port in source.ports:
                    delivered.append(_output(source, self.nodes[edge.source], edge.source_port))
        if delivered:
            return merged(delivered)
        if node.id == self.run.start_node and not self.iteration:
            data = self.run.start_payload
            return self._masked(self.run.event.properties if data is None else data)
        raise NothingRecorded(f"Nothing reached {node.name!r} in this run{self._place()}.")

    def _named(self, node: Node, names: Collection[str]) -> dict[str, JSON]:
        """The values of nodes that ended before this one began, nearer ones hiding inherited ones."""
        inherited = {} if self.run.inherited is None else self._masked(self.run.inherited)
        found: dict[str, JSON] = {name: inherited[name] for name in names if name in inherited}
        own = self._steps(node.id).filter(iteration=self.iteration).first()
        around = self._loops_around(node)
        for other in self.graph.nodes:
            if other.name not in names or other.id == node.id or other.id in around:
                continue
            step = self._visible(other, own, around)
            if step is not None and step.ports:
                found[other.name] = _output(step, other, step.ports[0])
        for depth, loop_id in enumerate(around, start=1):
            loop = self.nodes[loop_id]
            called = {loop.name, ""} if depth == len(around) else {loop.name}
            if called & set(names) and (entry := self._entry(loop, depth)) is not None:
                found |= dict.fromkeys(called, entry)
        return found

    def _visible(self, other: Node, own: models.Step | None, around: list[str]) -> models.Step | None:
        """Its step in the same pass or outside of the loops, if it ended before ``own`` began."""
        depth = (
            0 if other.parent is None else around.index(other.parent) + 1 if other.parent in around else -1
        )
        parts = self.iteration.split(".") if self.iteration else []
        if not 0 <= depth <= len(parts):
            return None
        steps = self._steps(other.id).filter(iteration=".".join(parts[:depth]), ended__isnull=False)
        if own is not None and own.started is not None:
            steps = steps.filter(ended__lte=own.started)
        return steps.first()

    def _entry(self, loop: Node, depth: int) -> JSON:
        """What the loop hands to its body in this pass: an entry node of it was given the item."""
        parts = self.iteration.split(".") if self.iteration else []
        if depth > len(parts):
            return None
        targets = {edge.target for edge in self.graph.edges}
        for node in self.graph.nodes:
            if node.parent == loop.id and node.id not in targets:
                step = self._steps(node.id).filter(iteration=".".join(parts[:depth])).first()
                if step is not None:
                    return {"item": _input(step, node), "index": int(parts[depth - 1])}
        return None

    def _loops_around(self, node: Node) -> list[str]:
        """The ids of the loops that the node stands in, from the outside in."""
        found: list[str] = []
        while node.parent is not None:
            found.insert(0, node.parent)
            node = self.nodes[node.parent]
        return found

    def _steps(self, node_id: str) -> Any:
        return models.Step.objects.filter(run=self.run, node=node_id)

    def _masked(self, data: Any) -> Any:
        encoded = bytes(data)
        return self.masker.payload(values.loads(encoded), encoded)[0]

    def _place(self) -> str:
        return f", iteration {self.iteration}" if self.iteration else ""


def _input(step: models.Step, node: Node) -> JSON:
    _require(step, node, (step.summary or {}).get("input"), "input")
    assert step.input is not None
    return orjson.loads(bytes(step.input))


def _output(step: models.Step, node: Node, port: str) -> JSON:
    _require(step, node, (step.summary or {}).get("outputs", {}).get(port), f"output {port!r}")
    assert step.outputs is not None
    return orjson.loads(bytes(step.outputs))[port]


def _require(step: models.Step, node: Node, summary: Mapping[str, Any] | None, what: str) -> None:
    if step.summary is None or summary is None:
        raise NothingRecorded(f"This run did not record payloads: the {what} of {node.name!r} is not kept.")
    if summary.get("cut"):
        raise NothingRecorded(
            f"The {what} of {node.name!r} has {summary['size']:,} bytes and was cut in the trace;"
            " an expression cannot be tried on a part of it."
        )
