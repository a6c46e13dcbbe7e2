"""The engine beside the reference interpreter, on random graphs: the same steps and the same end.

What the rules leave open (the order of steps that run at the same time, which of several failures was the
first) is compared as a set; which payload was the first to arrive is taken from the engine, and must be one
that was delivered.
"""

import asyncio
import random
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from flowstudio.engine import runner
from flowstudio.engine.graph import Graph, Settings
from flowstudio.engine.plan import compile_plan
from flowstudio.engine.plugins import Event, RunInfo, Submit
from flowstudio.engine.trace import Given
from flowstudio.testing import ListSink
from tests.engine import actors
from tests.engine.reference import Reference

PATIENCE = 20  # seconds that a run may take; none takes one
quick = settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=set(Phase) - {Phase.explain},
)


@dataclass(frozen=True)
class Case:
    """A graph and what it is run with."""

    graph: Graph
    payload: object = None
    start: str = "n0"
    until: str | None = None
    pins: dict = field(default_factory=dict)

    def __repr__(self):
        nodes = [
            (n.id, n.plugin, n.config, {"parent": n.parent, "settings": n.settings})
            if n.parent or n.settings != Settings()
            else (n.id, n.plugin, n.config)
            for n in self.graph.nodes
        ]
        edges = [f"{e.source}.{e.source_port} > {e.target}" for e in self.graph.edges]
        return f"Case(payload={self.payload}, until={self.until}, pins={self.pins}\n {nodes=}\n {edges=})"

    def _repr_pretty_(self, printer, cycle):
        printer.text(repr(self))


class Sink(ListSink):
    """Takes background runs down with what they are handed."""

    def __init__(self):
        super().__init__()
        self.children = []

    async def commit(self, step, commands, carried):
        for command in commands:
            if isinstance(command, Submit):
                step.background_run = f"child{len(self.children)}"
                self.children.append((step.node, command.payload, dict(carried)))
        await super().commit(step, commands, carried)


# ── Random graphs ───────────────────────────────────────────────────────────────────────────────────

KINDS = ["inline", "inline", "turns", "turns", "thread", "join", "make", "background", "first"]
ERRORS = ["Busy", "Broken", ""]
FIRED = [["a"], ["b"], ["a", "b"], ["b", "a"], []]


class Draw:
    """Draws one graph: level by level, every edge leading forward in the order of drawing."""

    def __init__(self, draw, *, loops, first):
        self.draw, self.loops = draw, loops
        self.kinds = [kind for kind in KINDS if first or kind != "first"]
        self.nodes, self.edges = [], []

    def level(self, count, parent, may_fail):
        """Nodes of the graph or of one body. In a body at most one may fail: which failure of several was
        the first is open, and here it would show in the loop's result."""
        ids = [f"n{len(self.nodes)}"] if parent is None else []
        if ids:
            self.nodes.append(_node(ids[0], "start", {}, None))
        fails = self.draw(st.integers(0, max(count - 1, 0))) if parent is not None else None
        for number in range(len(ids), count):
            ids.append(self.node(parent, may_fail and fails in (None, number)))
        for number, target in enumerate(ids[1:], start=1):
            for _ in range(self.draw(st.sampled_from([0, 1, 1, 2, 3] if parent else [1, 1, 2, 3, 0]))):
                self.edge(ids[self.draw(st.integers(0, number - 1))], target)

    def edge(self, source, target):
        edge = (source, self.draw(st.sampled_from(self.fit_ports(source))), target)
        if edge not in self.edges:
            self.edges.append(edge)

    def fit_ports(self, source):
        node = next(node for node in self.nodes if node["id"] == source)
        declared = actors.ports(Graph.from_document(_document([node], [])).nodes[0])
        return [port for port in declared if port != "payload" or "ports" not in node["config"]] + (
            ["error"] if node["plugin"] != "start" else []
        )

    def node(self, parent, may_fail):
        """One node, with its body where it is a loop; its id."""
        draw, name = self.draw, f"n{len(self.nodes)}"
        deep = parent is not None and self.depth(parent) >= 2
        loops = ["for_each", "repeat_until"] if self.loops and not deep else []
        kind = draw(st.sampled_from([*self.kinds, *loops, *loops]))
        settings_ = {
            "disabled": kind != "first" and draw(st.integers(0, 9)) == 9,
            "on_error": draw(st.sampled_from(["fail", "fail", "continue"])),
        }
        self.nodes.append(node := _node(name, kind, {}, parent, settings_))
        if kind in ("inline", "turns", "thread"):
            node["config"] = self.play(kind, settings_, parent, may_fail)
        elif kind == "background":
            node["config"] = {"forward_payload": draw(st.booleans())}
        elif kind == "make":
            reads = {"start": "{{ node('n0') }}"}
            if parent is not None:
                reads |= {"item": "{{ item }}", "index": "{{ index }}"}
                reads |= {"outer": f"{{{{ node('{self.outermost(parent)}').index }}}}"}
            node["config"] = {"value": reads}
        elif kind == "for_each":
            goes_on = not may_fail or draw(st.booleans())
            items = draw(st.sampled_from(["[]", "[1]", '[{"x": 1}, {"x": 2}]', "[3, [4], 5]"]))
            at_once = draw(st.integers(1, 3)) if goes_on else 1
            node["config"] = {
                "items": items,
                "at_once": at_once,
                "on_failed_item": "go_on" if goes_on else "stop",
            }
            self.level(draw(st.integers(0, 4)), name, True)
        elif kind == "repeat_until":
            node["config"] = {
                "until": f"index >= {draw(st.integers(0, 3))}",
                "limit": draw(st.integers(1, 3)),
                "pause": 0,
            }
            self.level(draw(st.integers(0, 4)), name, may_fail)
        return name

    def play(self, kind, settings_, parent, may_fail):
        draw = self.draw
        config = {
            "ports": actors.PORTS,
            "fires": draw(st.sampled_from(FIRED)),
            "says": draw(
                st.sampled_from(["object", "list"] if parent is not None else ["object", "list", "same"])
            ),
        }
        if may_fail and draw(st.integers(0, 2)) == 2:
            hangs = ["hangs"] if self.loops and kind == "turns" else []
            config["fails"] = draw(st.lists(st.sampled_from([*ERRORS, *hangs]), min_size=1, max_size=3))
            if self.loops:
                settings_["retry"] = {
                    "attempts": draw(st.integers(1, 3)),
                    "delay": 0.0,
                    "errors": draw(st.sampled_from([[], [], ["Busy"], ["NodeTimedOut", "Broken"]])),
                }
            if "hangs" in config["fails"]:
                settings_["timeout"] = 0.02
        if kind == "turns" and "timeout" not in settings_:
            later_first = [] if parent is None else [{"$expr": "6 - 2 * index"}]
            config["turns"] = draw(st.sampled_from([0, 1, 2, 3, *later_first]))
        return config

    def parent_of(self, identifier):
        return next(node.get("parent") for node in self.nodes if node["id"] == identifier)

    def depth(self, parent):
        return 0 if parent is None else 1 + self.depth(self.parent_of(parent))

    def outermost(self, loop):
        return loop if self.parent_of(loop) is None else self.outermost(self.parent_of(loop))


def _node(identifier, plugin, config, parent, settings_=None):
    node = {"id": identifier, "plugin": plugin, "name": identifier, "position": [0, 0], "config": config}
    node["settings"] = settings_ if settings_ is not None else {}
    return node | ({"parent": parent} if parent is not None else {})


def _document(nodes, edges):
    edges = [
        {"id": f"e{i}", "source": s, "source_port": p, "target": t, "target_port": "payload"}
        for i, (s, p, t) in enumerate(edges)
    ]
    return {"format": "flowstudio/1", "nodes": nodes, "edges": edges}


def _shuffled(items, draw):
    seed = draw(st.integers(0, 9))
    return random.Random(seed).sample(items, len(items)) if seed else items


@st.composite
def cases(draw, loops=True, first=True):
    """Graphs of a start and up to eleven nodes, bodies not counted, in any array order."""
    drawing = Draw(draw, loops=loops, first=first)
    drawing.level(draw(st.integers(1, 12)), None, True)
    outside = [node["id"] for node in drawing.nodes if node.get("parent") is None]
    fit = [node["id"] for node in drawing.nodes if node["id"] in outside[1:] and node["plugin"] != "first"]
    pinned = draw(st.lists(st.sampled_from(fit), unique=True, max_size=2)) if fit else []
    pinned = draw(st.sampled_from([[], pinned]))
    document = _document(*(_shuffled(part, draw) for part in (drawing.nodes, drawing.edges)))
    graph = Graph.from_document(document)
    nodes = {node.id: node for node in graph.nodes}
    reached = [n for n in outside if n in Reference(graph, {}, ports=actors.ports).forward(["n0"])]
    return Case(
        graph,
        draw(st.sampled_from([{"total": 1}, [1, 2], 7, None])),
        until=draw(st.sampled_from([None, None, None, *reached])),
        pins={pin: {actors.ports(nodes[pin])[0]: {"pinned": pin}} for pin in pinned},
    )


# ── Running and comparing ───────────────────────────────────────────────────────────────────────────


async def run(case, sink, *, cancel_after=None, **options):
    """The outcome; None where the run was cancelled after so many turns of the loop. No task is left."""
    plan = compile_plan(case.graph, actors.registry(), start=case.start, until=case.until)
    event = Event(id="e", type="test", properties=case.payload)
    pins = {node: Given(outputs, record=True) for node, outputs in case.pins.items()}
    options = {"payload": case.payload, "pins": pins, **options}
    task = asyncio.ensure_future(runner.execute(plan, event, run=RunInfo(id="run"), sink=sink, **options))
    try:
        if cancel_after is not None:
            for _ in range(cancel_after):
                await asyncio.sleep(0)
            task.cancel()
        return await asyncio.wait_for(task, PATIENCE)
    except asyncio.CancelledError:
        return None
    finally:
        assert asyncio.all_tasks() == {asyncio.current_task()}, "the run left tasks behind"


def reference(case, sink=None, **options):
    """What the rules say of a case, with the first arrivals as the engine saw them."""
    first = {node.id for node in case.graph.nodes if node.plugin == "first"}
    came_first = {
        (step.node, step.iteration): next(iter(step.outputs["payload"].items()))
        for step in (sink.steps if sink else ())
        if step.node in first and step.status == "succeeded" and isinstance(step.outputs.get("payload"), dict)
    }
    told = Reference(
        case.graph, actors.ACTS, ports=actors.ports, pins=case.pins, until=case.until, came_first=came_first
    )
    return told.run(case.start, case.payload, **options)


def told(steps):
    """Steps as values to compare, by (node, iteration): there is one of each."""
    found = {(step.node, step.iteration): _compared(step) for step in steps}
    assert len(found) == len(steps), "a node ran twice"
    return found


def expected(by_rules):
    return {key: _compared(step) for key, step in by_rules.steps.items()}


def _compared(step):
    return {name: getattr(step, name) for name in ("status", "input", "outputs", "error", "attempts")}


def compare(case, **options):
    """Run a case and its background runs, and hold each to the rules."""
    sink = Sink()
    outcome = asyncio.run(run(case, sink))
    same(case, outcome, sink, reference(case, sink))
    if case.until is None and not case.pins:
        for node, payload, carried in sink.children[:3]:
            child = Case(case.graph, payload, start=node)
            behind = Sink()
            outcome = asyncio.run(run(child, behind, begins_here=True, inherited=carried))
            read = {"n0": case.payload, **carried}
            same(child, outcome, behind, reference(child, behind, begins_here=True, read=read))


def same(case, outcome, sink, by_rules):
    assert told(sink.steps) == expected(by_rules)
    assert outcome.steps == len(sink.steps)
    assert outcome.status == ("failed" if by_rules.failures else "succeeded")
    assert outcome.error in (by_rules.failures or [None])


def compare_unrecorded(case):
    """Without a recording only failures and nodes with effects are told, and the run is the same."""
    sink = Sink()
    outcome = asyncio.run(run(case, sink, record=False))
    by_rules = reference(case, sink)

    assert outcome.steps == len(by_rules.steps)
    assert outcome.status == ("failed" if by_rules.failures else "succeeded")
    assert_begun_of(sink, by_rules)
    untold = expected(by_rules).keys() - told(sink.steps).keys()
    assert all(by_rules.steps[key].error is None for key in untold)


def compare_with_a_budget(case, budget):
    """A run that is over its budget did so many steps and no more, each as the rules say."""
    sink = Sink()
    outcome = asyncio.run(run(case, sink, max_steps=budget))
    by_rules = reference(case, sink)

    if len(by_rules.steps) <= budget:
        same(case, outcome, sink, by_rules)
    else:
        assert (outcome.status, outcome.error["type"], outcome.steps) == (
            "failed",
            "StepBudgetExceeded",
            budget,
        )
        assert_begun_of(sink, by_rules)


def compare_cancelled(case, turns):
    """A cancelled run leaves what had ended as it was, and begins nothing else."""
    sink = Sink()
    outcome = asyncio.run(run(case, sink, cancel_after=turns))
    by_rules = reference(case, sink)

    if outcome is not None:
        same(case, outcome, sink, by_rules)
    else:
        assert_begun_of(sink, by_rules)


def assert_begun_of(sink, by_rules):
    rules = expected(by_rules)
    for key, step in told(sink.steps).items():
        if step["status"] == "cancelled":
            assert step["input"] == rules[key]["input"]
            assert step["outputs"] == {}
        else:
            assert step == rules[key]


# ── The tests ───────────────────────────────────────────────────────────────────────────────────────


@quick
@given(cases(loops=False))
def test_a_graph_runs_as_the_rules_say(case):
    compare(case)


@settings(quick, max_examples=1000)
@given(cases())
def test_loops_retries_and_time_outs_run_as_the_rules_say(case):
    compare(case)


@settings(quick, max_examples=300)
@given(cases(first=False))
def test_a_run_that_nobody_records_is_the_same_run(case):
    compare_unrecorded(case)


@settings(quick, max_examples=300)
@given(cases(), st.integers(1, 14))
def test_a_run_over_its_budget_did_so_many_steps_and_no_more(case, budget):
    compare_with_a_budget(case, budget)


@settings(quick, max_examples=300)
@given(cases(), st.integers(0, 25))
def test_a_run_cancelled_at_any_moment_leaves_what_has_ended_and_nothing_behind(case, turns):
    compare_cancelled(case, turns)
