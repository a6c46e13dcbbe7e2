"""A second interpreter of graphs, written from the rules alone: slow, plain, without asyncio.

The engine is compared with it. It shares nothing with the engine's counts, heaps, queues or tasks: it asks
for each node what became of the edges into it. What a plugin does is told by a table ``acts`` (plugin id →
function of a :class:`Call`), whose functions return the ports that fire or raise :class:`Fails`. Where the
rules leave open what happens (which of several payloads is the first to arrive), ``came_first`` decides.
"""

from dataclasses import dataclass, field, replace


class Fails(Exception):
    """An attempt fails with a type and a message."""


@dataclass(frozen=True)
class Call:
    """One attempt of one node, as a plugin sees it."""

    node: object
    payload: object
    arrivals: list  # (name of the node that sent it, payload)
    attempt: int
    iteration: str
    begins_here: bool
    read: dict  # name of a node → what node("Name") reads; "" holds the innermost item and index
    body: object  # body(payload, index) → Pass, for loops


@dataclass(frozen=True)
class Pass:
    """One pass through a body: what its ends fired, and the failures that nobody handled."""

    values: list
    failures: list

    @property
    def value(self):
        return meet(self.values) if self.values else None


@dataclass
class Step:
    input: object
    outputs: dict = field(default_factory=dict)
    error: dict | None = None
    attempts: int = 1
    handed_over: str | None = None  # a port whose edges belong to a background run

    @property
    def status(self):
        return "failed" if self.error else "succeeded"


def meet(payloads):
    """Rule 3: one is itself, objects merge in order, anything else becomes a list."""
    if len(payloads) == 1:
        return payloads[0]
    if all(isinstance(payload, dict) for payload in payloads):
        return {key: value for payload in payloads for key, value in payload.items()}
    return list(payloads)


class Reference:
    """Runs one graph. Afterwards ``steps`` is {(node, iteration): Step}, ``failures`` the unhandled ones."""

    def __init__(self, graph, acts, *, ports, pins=None, until=None, came_first=None):
        self.graph, self.acts, self.ports = graph, acts, ports
        self.pins, self.until, self.came_first = pins or {}, until, came_first or {}
        self.nodes = {node.id: node for node in graph.nodes}
        self.steps, self.failures = {}, []

    def run(self, start, payload, *, begins_here=False, iteration="", read=None):
        self.begins_here = start if begins_here else None
        self.failures = self.level({start: payload}, iteration, dict(read or {})).failures
        return self

    def level(self, starts, iteration, read):
        """Run what lies behind the starts: the whole graph, or one pass through a body."""
        members = self.before_until(self.forward(starts))
        fired, failures = {}, []
        for node in self.in_order(members):
            into = [e for e in self.graph.edges if e.target == node.id and e.source in members]
            came = [e for e in into if e.source_port in fired.get(e.source, {})]
            if node.id not in starts and not came:
                continue
            arrivals = [(self.nodes[e.source].name, fired[e.source][e.source_port]) for e in came]
            if node.plugin == "first" and arrivals:
                seen = self.came_first.get((node.id, iteration), arrivals[0])
                arrivals = [arrival for arrival in arrivals if arrival == seen][:1]
            if node.id in starts:
                arrivals = [(node.name, starts[node.id])]
            step = self.step(node, arrivals, members, iteration, read)
            self.steps[node.id, iteration] = step
            fired[node.id] = {p: v for p, v in step.outputs.items() if p != step.handed_over}
            if step.outputs:
                read[node.name] = next(iter(step.outputs.values()))
            elif step.error:
                failures.append(step.error)
        ends = [n for n in self.graph.nodes if n.id in members and n.id in fired and not self.leads_on(n)]
        made = [(self.steps[n.id, iteration].outputs, self.declared(n)) for n in ends]
        values = [outputs[port] for outputs, ports in made for port in ports if port in outputs]
        return Pass(values, failures)

    def step(self, node, arrivals, members, iteration, read):
        """One node, once: pinned, disabled, or tried as often as its settings say, then its failure."""
        payload = meet([payload for _, payload in arrivals])
        if node.id in self.pins:
            return Step(payload, dict(self.pins[node.id]))
        if node.settings.disabled:
            return Step(payload, {self.declared(node)[0]: payload})
        call = Call(node, payload, arrivals, 1, iteration, node.id == self.begins_here, read, None)
        call = replace(call, body=lambda item, n: self.body(node, item, n, iteration, read))
        retry = node.settings.retry
        for attempt in range(1, retry.attempts + 1):
            try:
                outputs, handed_over = self.acts[node.plugin](replace(call, attempt=attempt))
                return Step(payload, dict(outputs), None, attempt, handed_over)
            except Fails as failure:
                kind, message = failure.args
                if retry.errors and kind not in retry.errors:
                    break
        error = {"message": message, "type": kind, "node": node.id}
        outputs = {}
        if any(
            (e.source, e.source_port) == (node.id, "error") and e.target in members for e in self.graph.edges
        ):
            outputs = {"error": {**error, "payload": payload}}
        elif node.settings.on_error == "continue":
            outputs = {self.declared(node)[0]: payload}
        return Step(payload, outputs, error, attempt)

    def body(self, loop, item, index, iteration, read):
        inside = {node.id: node for node in self.graph.nodes if node.parent == loop.id}
        heads = {n: item for n in inside if not any(e.target == n for e in self.graph.edges)}
        entry = {"item": item, "index": index}
        path = f"{iteration}.{index}" if iteration else str(index)
        if not inside:
            return Pass([item], [])
        return self.level(heads, path, {**read, loop.name: entry, "": entry})

    def forward(self, starts):
        """The starts and all that edges lead to from them; nothing is run behind ``until``."""
        found = list(starts)
        for here in found:  # grows while it is walked
            found += [e.target for e in self.graph.edges if e.source == here and e.target not in found]
        return set(found)

    def before_until(self, members):
        if self.until not in members:
            return members
        return {n for n in members if self.until in self.forward([n])}

    def in_order(self, members):
        """The members, each behind those before it."""
        left = [node for node in self.graph.nodes if node.id in members]
        while left:
            waits = {e.target for e in self.graph.edges if e.source in {node.id for node in left}}
            yield from (ready := [node for node in left if node.id not in waits])
            left = [node for node in left if node not in ready]

    def declared(self, node):
        return self.ports(node)

    def leads_on(self, node):
        return any(e.source == node.id for e in self.graph.edges)
