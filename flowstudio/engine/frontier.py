"""Which nodes of a plan are ready: edges are resolved one by one, by delivering a payload or by skipping.

A node is ready when none of its edges is unresolved and something was delivered; where nothing was, it is
skipped itself, and so is what only it leads to. Pure bookkeeping: nothing is run here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappush
from typing import Any

from flowstudio.engine import results
from flowstudio.engine.plan import Plan, PlanNode
from flowstudio.engine.plugins import Arrival
from flowstudio.engine.values import JSON


class Frontier:
    """The edges of one walk over a plan. ``ready`` is a heap of node indices: array order decides."""

    __slots__ = ("_arrived", "_begun", "_nodes", "_plan", "_start", "_unresolved", "ready")

    def __init__(self, plan: Plan, payload: JSON) -> None:
        self._plan, self._nodes, self._start = plan, plan.nodes, payload
        self._unresolved = [*plan.incoming]
        self._arrived: list[Any] = [None] * len(plan.nodes)  # per node: None, or a list of (edge, payload)
        self._begun = bytearray(len(plan.nodes))
        self.ready = [*plan.entries]
        for entry in plan.entries:
            self._begun[entry] = 1

    def payload(self, node: PlanNode) -> JSON:
        """What arrived at a ready node: rule 3 where several edges delivered."""
        arrived = self._arrived[node.index]
        if arrived is None:
            return self._start
        if len(arrived) == 1:
            return arrived[0][1]
        arrived.sort(key=_edge_number)
        return results.merged([payload for _, payload in arrived])

    def shared(self, node: PlanNode, payload: JSON) -> JSON:
        """The part of what ``run`` is given that other nodes hold too."""
        arrived = self._arrived[node.index]
        return [sent for _, sent in arrived] if node.wants_arrivals and arrived else payload

    def seen(self, node: PlanNode, shared: JSON) -> JSON:
        """The payload as expressions see it, made of the same part."""
        if not (node.wants_arrivals and self._arrived[node.index]):
            return shared
        return shared[0] if len(shared) == 1 else results.merged(shared)

    def argument(self, node: PlanNode, shared: JSON) -> JSON:
        """What ``run`` is given: the payload, or the arrivals one by one."""
        if not node.wants_arrivals:
            return shared
        arrived = self._arrived[node.index]
        if arrived is None:  # the walk begins here
            return [Arrival(node.name, shared)]
        senders = [self._nodes[self._plan.edge_source[edge]].name for edge, _ in arrived]
        return [Arrival(*pair) for pair in zip(senders, shared, strict=True)]

    def resolve(self, node: PlanNode, outputs: Mapping[str, JSON], handed_over: str | None = None) -> None:
        """Resolve the edges behind a node that ended: those of its fired ports deliver, the others skip."""
        begun, all_arrived, unresolved = self._begun, self._arrived, self._unresolved
        for port, edges in node.wired:
            if port not in outputs or port == handed_over:
                self._skip(edges)
                continue
            payload = outputs[port]
            for edge, target in edges:
                if begun[target]:  # it took the first arrival
                    continue
                if all_arrived[target] is None:
                    all_arrived[target] = [(edge, payload)]
                else:
                    all_arrived[target].append((edge, payload))
                unresolved[target] -= 1
                if unresolved[target] == 0 or self._nodes[target].first_arrival:
                    begun[target] = 1
                    heappush(self.ready, target)

    def _skip(self, edges: Sequence[tuple[int, int]]) -> None:
        """A loop, not a recursion: chains may be long."""
        waiting = list(edges)
        while waiting:
            _, target = waiting.pop()
            if self._begun[target]:
                continue
            self._unresolved[target] -= 1
            if self._unresolved[target] > 0:
                continue
            self._begun[target] = 1
            if self._arrived[target]:
                heappush(self.ready, target)
            else:
                waiting += [edge for _, behind in self._nodes[target].wired for edge in behind]


def _edge_number(arrival: tuple[int, JSON]) -> int:
    return arrival[0]
