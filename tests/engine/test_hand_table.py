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


def check(row):
    """The engine, the hand and the reference agree on a row."""
    sink = Sink()
    outcome = asyncio.run(run(row.case, sink, begins_here=row.begins_here))

    if row.inputs is not None:
        assert {step.node: step.input for step in sink.steps} == row.inputs
    assert outcome.steps == (row.steps or len(row.inputs))
    assert outcome.status == row.status
    same(row.case, outcome, sink, reference(row.case, sink, begins_here=row.begins_here))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.rule)
def test_by_hand(row):
    check(row)


def test_the_reference_finds_41_steps_in_ten_diamonds_by_itself():
    found = Reference(diamonds(10), actors.ACTS, ports=actors.ports).run("n0", {"x": 1})

    assert len(found.steps) == 41
