"""Runs worked out by hand, as a table: a graph, and what each node was given, in the reader's head first.

Each row names the rule it shows. ``inputs`` are those of all steps: a node that is missing did not run.
"""

import asyncio
from dataclasses import dataclass, field

import pytest

from flowstudio.engine.graph import Graph
from tests.drawing import graph
from tests.engine import actors
from tests.engine.reference import Reference
from tests.engine.test_against_reference import Case, Sink, reference, run, same


@dataclass(frozen=True)
class Row:
    rule: str
    graph: Graph
    inputs: dict | None = None  # node → what it was given
    steps: int | None = None
    status: str = "succeeded"
    payload: object = 1
    until: str | None = None
    pins: dict = field(default_factory=dict)
    start: str = "n0"
    begins_here: bool = False
    outputs: dict | None = None  # (node, iteration) → what it fired, of some steps
    attempts: dict | None = None  # node → how often it was tried, of some nodes
    in_order: bool = False  # the steps end in the order in which ``inputs`` names them

    @property
    def case(self):
        return Case(self.graph, self.payload, self.start, self.until, self.pins)


START = ("n0", "start")
OFF = {"settings": {"disabled": True}}
GO_ON = {"settings": {"on_error": "continue"}}
BOTH = {"ports": ["a", "b"], "fires": ["a", "b"]}
ONLY_A = {"ports": ["a", "b"], "fires": ["a"]}
NONE = {"ports": ["a", "b"]}
BUSY = {"message": "f is Busy", "type": "Busy", "node": "f"}


def fails(port="a"):
    return {"ports": ["a", "b"], "fires": [port], "fails": ["Busy"]}


def digest(port):
    return actors.says("list", "fast", "0", 7, port)


def tries(attempts, *errors, timeout=None):
    retry = {"attempts": attempts, "delay": 0.0, "errors": list(errors)}
    return {"settings": {"retry": retry, "timeout": timeout}}


def diamonds(count):
    nodes, edges = [START], []
    for number in range(count):
        left, right, end = f"l{number}", f"r{number}", f"e{number}"
        begin = f"e{number - 1}" if number else "n0"
        nodes += [(f"t{number}", "pass"), (left, "pass"), (right, "pass"), (end, "pass")]
        edges += [f"{begin} > t{number}", f"t{number} > {left}", f"t{number} > {right}"]
        edges += [f"{left} > {end}", f"{right} > {end}"]
    return graph(*nodes, edges=edges)


TABLE = [
    Row("ten stacked diamonds are 41 steps", diamonds(10), steps=41, payload={"x": 1}),
    Row(
        "a failing node does not stop its sibling, nor the run before its other branches have ended",
        graph(
            START,
            ("f", "inline", fails()),
            ("after", "pass"),
            ("slow", "turns", {**ONLY_A, "turns": 3}),
            ("end", "pass"),
            edges=["n0 > f", "f.a > after", "n0 > slow", "slow.a > end"],
        ),
        inputs={"n0": 1, "f": 1, "slow": 1, "end": 1},
        status="failed",
    ),
    Row(
        "a failure that began first ends the run as failed though a later node succeeds",
        graph(START, ("f", "thread", fails()), ("g", "pass"), edges=["n0 > f", "n0 > g"]),
        inputs={"n0": 1, "f": 1, "g": 1},
        status="failed",
    ),
    Row(
        "a port that did not fire skips its edges and all that only they lead to",
        graph(
            START,
            ("two", "inline", ONLY_A),
            ("x", "pass"),
            ("y", "pass"),
            ("z", "pass"),
            edges=["n0 > two", "two.a > x", "two.b > y", "y > z"],
        ),
        inputs={"n0": 1, "two": 1, "x": 1},
    ),
    Row(
        "a node behind a skipped and a delivered edge waits for both, and runs with the one",
        graph(
            START,
            ("two", "inline", ONLY_A),
            ("y", "pass"),
            ("slow", "turns", {**ONLY_A, "turns": 2}),
            ("end", "pass"),
            edges=["n0 > two", "two.b > y", "n0 > slow", "y > end", "slow.a > end"],
        ),
        inputs={"n0": 1, "two": 1, "slow": 1, "end": 1},
    ),
    Row(
        "nothing fired: nothing behind runs, and the run succeeds",
        graph(START, ("none", "inline", NONE), ("x", "pass"), edges=["n0 > none", "none.a > x"]),
        inputs={"n0": 1, "none": 1},
    ),
    Row(
        "one port to one node by two edges is delivered twice and runs it once",
        graph(START, ("x", "pass"), edges=["n0 > x", "n0 > x"]),
        inputs={"n0": 1, "x": [1, 1]},
    ),
    Row(
        "two ports that both fire into one node meet there",
        graph(START, ("two", "inline", BOTH), ("x", "pass"), edges=["n0 > two", "two.b > x", "two.a > x"]),
        inputs={"n0": 1, "two": 1, "x": [1, 1]},
    ),
    Row(
        "objects merge in array order of the edges, however late the first of them arrives",
        graph(
            START,
            ("slow", "turns", {**ONLY_A, "says": "object", "turns": 3}),
            ("fast", "inline", {**ONLY_A, "says": "object"}),
            ("end", "pass"),
            edges=["n0 > slow", "n0 > fast", "fast.a > end", "slow.a > end"],
        ),
        inputs={"n0": 1, "slow": 1, "fast": 1, "end": {"fast": "", "slow": "", "last": "slow"}},
    ),
    Row(
        "the same with the edges the other way round: the later edge wins, not the later arrival",
        graph(
            START,
            ("slow", "turns", {**ONLY_A, "says": "object", "turns": 3}),
            ("fast", "inline", {**ONLY_A, "says": "object"}),
            ("end", "pass"),
            edges=["n0 > slow", "n0 > fast", "slow.a > end", "fast.a > end"],
        ),
        inputs={"n0": 1, "slow": 1, "fast": 1, "end": {"fast": "", "slow": "", "last": "fast"}},
    ),
    Row(
        "an object and anything else become a list",
        graph(
            START,
            ("o", "inline", {**ONLY_A, "says": "object"}),
            ("end", "pass"),
            edges=["n0 > o", "n0 > end", "o.a > end"],
        ),
        inputs={"n0": 1, "o": 1, "end": [1, {"o": "", "last": "o"}]},
    ),
    Row(
        "first-to-arrive runs once, at the payload that came first",
        graph(
            START,
            ("slow", "turns", {**ONLY_A, "turns": 5}),
            ("fast", "pass"),
            ("first", "first"),
            ("end", "pass"),
            edges=["n0 > slow", "n0 > fast", "slow.a > first", "fast > first", "first > end"],
        ),
        inputs={"n0": 1, "slow": 1, "fast": 1, "first": 1, "end": {"fast": 1}},
    ),
    Row(
        "first-to-arrive is skipped where nothing arrives, and so is what is behind it",
        graph(
            START,
            ("none", "inline", NONE),
            ("first", "first"),
            ("end", "pass"),
            edges=["n0 > none", "none.a > first", "none.b > first", "first > end"],
        ),
        inputs={"n0": 1, "none": 1},
    ),
    Row(
        "a wired error port fires the error value, and the run succeeds",
        graph(
            START,
            ("f", "inline", fails()),
            ("mend", "pass"),
            ("after", "pass"),
            edges=["n0 > f", "f.error > mend", "f.a > after"],
        ),
        inputs={"n0": 1, "f": 1, "mend": {**BUSY, "payload": 1}},
    ),
    Row(
        "a node may continue with its input, at its first port",
        graph(
            START,
            ("f", "inline", fails("b")),
            ("x", "pass"),
            ("y", "pass"),
            edges=["n0 > f", "f.a > x", "f.b > y"],
            f=GO_ON,
        ),
        inputs={"n0": 1, "f": 1, "x": 1},
    ),
    Row(
        "a wired error port goes before continuing",
        graph(
            START,
            ("f", "inline", fails()),
            ("x", "pass"),
            ("mend", "pass"),
            edges=["n0 > f", "f.a > x", "f.error > mend"],
            f=GO_ON,
        ),
        inputs={"n0": 1, "f": 1, "mend": {**BUSY, "payload": 1}},
    ),
    Row(
        "an error port that was wired but not needed is skipped",
        graph(START, ("g", "inline", ONLY_A), ("mend", "pass"), edges=["n0 > g", "g.error > mend"]),
        inputs={"n0": 1, "g": 1},
    ),
    Row(
        "a disabled node passes its payload to its first port, and does not fail",
        graph(
            START,
            ("f", "inline", fails("b")),
            ("x", "pass"),
            ("y", "pass"),
            edges=["n0 > f", "f.a > x", "f.b > y"],
            f=OFF,
        ),
        inputs={"n0": 1, "f": 1, "x": 1},
    ),
    Row(
        "a pin stands in for the node: it does not run, and what it fires goes on",
        graph(START, ("f", "inline", fails()), ("x", "pass"), edges=["n0 > f", "f.b > x"]),
        inputs={"n0": 1, "f": 1, "x": {"pinned": True}},
        pins={"f": {"b": {"pinned": True}}},
    ),
    Row(
        "until: only what lies between the start and the node runs",
        graph(
            START,
            ("a", "pass"),
            ("b", "pass"),
            ("beside", "pass"),
            ("c", "pass"),
            edges=["n0 > a", "a > b", "n0 > beside", "b > c"],
        ),
        inputs={"n0": 1, "a": 1, "b": 1},
        until="b",
    ),
    Row(
        "edges from outside the start's closure do not exist: nobody waits for them",
        graph(
            START, ("a", "pass"), ("b", "pass"), ("c", "pass"), edges=["n0 > a", "n0 > b", "a > c", "b > c"]
        ),
        inputs={"a": 1, "c": 1},
        start="a",
    ),
    Row(
        "what is behind a background node does not run in the foreground",
        graph(
            START,
            ("hand", "background"),
            ("behind", "pass"),
            ("failed", "pass"),
            ("beside", "pass"),
            edges=["n0 > hand", "hand.output > behind", "hand.error > failed", "n0 > beside"],
        ),
        inputs={"n0": 1, "hand": 1, "beside": 1},
    ),
    Row(
        "a node reachable from both sides of it: in the foreground it has the foreground's edge only",
        graph(
            START,
            ("hand", "background"),
            ("other", "pass"),
            ("both", "pass"),
            edges=["n0 > hand", "hand.output > both", "n0 > other", "other > both"],
        ),
        inputs={"n0": 1, "hand": 1, "other": 1, "both": 1},
    ),
    Row(
        "and in the background it has the background's only, with nothing to wait for",
        graph(
            START,
            ("hand", "background"),
            ("other", "pass"),
            ("both", "pass"),
            edges=["n0 > hand", "hand.output > both", "n0 > other", "other > both"],
        ),
        inputs={"hand": {}, "both": {}},
        payload={},
        start="hand",
        begins_here=True,
    ),
    Row(
        "a disabled background node hands nothing over: what is behind it runs here",
        graph(
            START,
            ("hand", "background"),
            ("behind", "pass"),
            edges=["n0 > hand", "hand.output > behind"],
            hand=OFF,
        ),
        inputs={"n0": 1, "hand": 1, "behind": 1},
    ),
]


TABLE += [
    Row(
        "nodes that are ready together and only compute run in array order",
        graph(START, *[(f"x{i}", "pass") for i in range(8)], edges=[f"n0 > x{7 - i}" for i in range(8)]),
        inputs={"n0": 1, **{f"x{i}": 1 for i in range(8)}},
        in_order=True,
    ),
    Row(
        "a port that is fired twice fails the node",
        graph(
            START,
            ("f", "inline", {"ports": ["a"], "fires": ["a", "a"]}),
            ("x", "pass"),
            edges=["n0 > f", "f.a > x"],
        ),
        inputs={"n0": 1, "f": 1},
        status="failed",
    ),
    Row(
        "a node is tried again after a failure, and runs once",
        graph(
            START,
            ("f", "inline", {**ONLY_A, "fails": ["Busy", "Busy"]}),
            ("x", "pass"),
            edges=["n0 > f", "f.a > x"],
            f=tries(3),
        ),
        inputs={"n0": 1, "f": 1, "x": 1},
        attempts={"f": 3},
    ),
    Row(
        "the last attempt's failure is the node's",
        graph(
            START,
            ("f", "thread", {**ONLY_A, "fails": ["Broken", "Busy"]}),
            ("x", "pass"),
            edges=["n0 > f", "f.error > x"],
            f=tries(2),
        ),
        inputs={"n0": 1, "f": 1, "x": {**BUSY, "payload": 1}},
        attempts={"f": 2},
    ),
    Row(
        "an error of another type than those named is not tried again",
        graph(START, ("f", "turns", fails()), edges=["n0 > f"], f=tries(3, "Broken")),
        inputs={"n0": 1, "f": 1},
        attempts={"f": 1},
        status="failed",
    ),
    Row(
        "a time-out is a failure like any other, and may be tried again",
        graph(
            START,
            ("f", "turns", {**ONLY_A, "fails": ["hangs"]}),
            ("x", "pass"),
            edges=["n0 > f", "f.a > x"],
            f=tries(2, "NodeTimedOut", timeout=0.02),
        ),
        inputs={"n0": 1, "f": 1, "x": 1},
        attempts={"f": 2},
    ),
    Row(
        "For each runs its body once for each item; the results are in the order of the items",
        graph(
            START,
            ("each", "for_each", {"items": "[7, 8]", "at_once": 2}),
            ("in", "inline", {**ONLY_A, "says": "object"}),
            ("x", "pass"),
            edges=["n0 > each", "each > x"],
            **{"in": {"parent": "each"}},
        ),
        outputs={
            ("in", "0"): {"a": {"in": "0", "last": "in"}},
            ("in", "1"): {"a": {"in": "1", "last": "in"}},
            ("x", ""): {"payload": [{"in": "0", "last": "in"}, {"in": "1", "last": "in"}]},
        },
        steps=5,
    ),
    Row(
        "also where a later item is done before them",
        graph(
            START,
            ("each", "for_each", {"items": "[7, 8, 9]", "at_once": 3}),
            ("in", "turns", {**ONLY_A, "turns": {"$expr": "8 - 4 * index"}}),
            edges=["n0 > each"],
            **{"in": {"parent": "each"}},
        ),
        outputs={("each", ""): {"payload": [7, 8, 9]}},
        steps=5,
    ),
    Row(
        "a result is made of the ends in array order and of their ports as declared, not as they fired",
        graph(
            START,
            ("each", "for_each", {"items": "[7]"}),
            ("slow", "turns", {**ONLY_A, "turns": 3, "says": "object"}),
            ("fast", "inline", {"ports": ["a", "b"], "fires": ["b", "a"], "says": "list"}),
            edges=["n0 > each"],
            slow={"parent": "each"},
            fast={"parent": "each"},
        ),
        outputs={("each", ""): {"payload": [[{"slow": "0", "last": "slow"}, digest("a"), digest("b")]]}},
        steps=4,
    ),
    Row(
        "loops in loops: the iteration is named from the outside in, and each body reads its own item",
        graph(
            START,
            ("out", "for_each", {"items": "[[1], [2]]"}),
            ("deep", "for_each", {"items": "[7, 8]"}),
            ("reads", "make", {"value": {"item": "{{ item }}", "outer": "{{ node('out').index }}"}}),
            ("after", "make", {"value": {"item": "{{ item }}", "deep": "{{ node('deep') }}"}}),
            edges=["n0 > out", "deep > after"],
            deep={"parent": "out"},
            reads={"parent": "deep"},
            after={"parent": "out"},
        ),
        outputs={
            ("reads", "0.1"): {"payload": {"item": 8, "outer": 0}},
            ("reads", "1.0"): {"payload": {"item": 7, "outer": 1}},
            ("after", "1"): {
                "payload": {"item": [2], "deep": [{"item": 7, "outer": 1}, {"item": 8, "outer": 1}]}
            },
        },
        steps=10,
    ),
    Row(
        "a failing item stops For each: the next does not begin, and the loop fails",
        graph(
            START,
            ("each", "for_each", {"items": "[7, 8, 9]"}),
            ("f", "inline", fails()),
            ("x", "pass"),
            edges=["n0 > each", "each.error > x"],
            f={"parent": "each"},
        ),
        outputs={
            ("x", ""): {
                "payload": {
                    "message": "Item 0: f is Busy",
                    "type": "ItemFailed",
                    "node": "each",
                    "payload": 1,
                }
            }
        },
        steps=4,
    ),
    Row(
        "or For each goes on, leaves the failed out and names them",
        graph(
            START,
            ("each", "for_each", {"items": "[7, 8]", "on_failed_item": "go_on"}),
            ("f", "inline", fails()),
            edges=["n0 > each"],
            f={"parent": "each"},
        ),
        outputs={
            ("each", ""): {
                "payload": [],
                "failed": [{"index": 0, "item": 7, **BUSY}, {"index": 1, "item": 8, **BUSY}],
            }
        },
        steps=4,
    ),
    Row(
        "a pass that reaches no end leaves no result, and one that reaches several leaves them as they meet",
        graph(
            START,
            ("each", "for_each", {"items": "[7]"}),
            ("none", "inline", NONE),
            ("two", "inline", BOTH),
            ("empty", "for_each", {"items": "[8]"}),
            ("nothing", "inline", NONE),
            edges=["n0 > each", "n0 > empty"],
            none={"parent": "each"},
            two={"parent": "each"},
            nothing={"parent": "empty"},
        ),
        outputs={("each", ""): {"payload": [[7, 7]]}, ("empty", ""): {"payload": []}},
        steps=6,
    ),
    Row(
        "Repeat until gives each round what the one before returned",
        graph(
            START,
            ("again", "repeat_until", {"until": "index >= 1", "limit": 5}),
            ("in", "join"),
            edges=["n0 > again"],
            **{"in": {"parent": "again"}},
        ),
        outputs={("again", ""): {"payload": [["in", [["in", 1]]]]}},
        steps=4,
    ),
    Row(
        "Repeat until fires limit where the condition never holds",
        graph(
            START,
            ("again", "repeat_until", {"until": "index >= 9", "limit": 2}),
            ("in", "pass"),
            edges=["n0 > again"],
            **{"in": {"parent": "again"}},
        ),
        outputs={("again", ""): {"limit": 1}},
        steps=4,
    ),
    Row(
        "a loop without a body passes its items through",
        graph(START, ("each", "for_each", {"items": "[7, 8]"}), edges=["n0 > each"]),
        outputs={("each", ""): {"payload": [7, 8]}},
        steps=2,
    ),
]


def check(row):
    """The engine, the hand and the reference agree on a row."""
    sink = Sink()
    outcome = asyncio.run(run(row.case, sink, begins_here=row.begins_here))

    if row.inputs is not None:
        assert {step.node: step.input for step in sink.steps} == row.inputs
    made = {(step.node, step.iteration): step.outputs for step in sink.steps}
    assert {key: made.get(key) for key in row.outputs or {}} == (row.outputs or {})
    tried = {step.node: step.attempts for step in sink.steps}
    assert {node: tried[node] for node in row.attempts or {}} == (row.attempts or {})
    if row.in_order:
        assert [step.node for step in sink.steps] == list(row.inputs)
    assert outcome.steps == (row.steps or len(row.inputs))
    assert outcome.status == row.status
    same(row.case, outcome, sink, reference(row.case, sink, begins_here=row.begins_here))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.rule)
def test_by_hand(row):
    check(row)


def test_the_reference_finds_41_steps_in_ten_diamonds_by_itself():
    found = Reference(diamonds(10), actors.ACTS, ports=actors.ports).run("n0", {"x": 1})

    assert len(found.steps) == 41
