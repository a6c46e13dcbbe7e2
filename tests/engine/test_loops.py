"""Loops: bodies, iterations, failures, nesting, and what expressions see in them."""

import asyncio

import pytest

from flowstudio.engine.errors import GraphInvalid
from flowstudio.engine.graph import check
from flowstudio.engine.plan import compile_plan
from flowstudio.engine.plugins import Event, RunInfo
from flowstudio.engine.runner import Given, execute
from flowstudio.plugin import NodeFailed, Plugin
from flowstudio.testing import ListSink
from plugins.flow.for_each import ForEach
from plugins.flow.repeat_until import RepeatUntil
from tests.drawing import graph
from tests.engine import plugins


class FailOdd(Plugin):
    """Fails on odd numbers."""

    name, group, effects = "Fail odd", "Test", False

    def run(self, payload):
        if payload % 2:
            raise NodeFailed(f"{payload} is odd")
        return "payload", payload * 10


class Later(Plugin):
    """Takes more turns of the event loop, the smaller its payload is."""

    name, group, effects = "Later", "Test", False

    async def run(self, payload):
        for _ in range(10 - payload):
            await asyncio.sleep(0)
        return "payload", payload


REGISTRY = plugins.registry(for_each=ForEach, repeat_until=RepeatUntil, failodd=FailOdd, later=Later)
EVENT = Event(id="e", type="t", properties={})
INSIDE = {"parent": "loop"}


def run(drawn, payload, start="loop", **options):
    sink = ListSink()
    until = options.pop("until", None)
    plan = compile_plan(drawn, REGISTRY, start=start, until=until)
    outcome = asyncio.run(execute(plan, EVENT, run=RunInfo(id="r"), payload=payload, sink=sink, **options))
    return outcome, {(step.node, step.iteration): step for step in sink.steps}


def for_each(*body, edges=(), config=None, **settings_of):
    config = {"items": "payload", **(config or {})}
    inside = {node[0]: {**INSIDE, **settings_of.pop(node[0], {})} for node in body}
    return graph(("loop", "for_each", config), *body, edges=edges, **inside, **settings_of)


def test_the_body_runs_once_for_each_item_and_its_results_stand_in_order():
    outcome, steps = run(
        for_each(("a", "pass"), ("b", "make", {"value": "{{ payload + index }}"}), edges=["a > b"]), [5, 6, 7]
    )

    assert outcome.status == "succeeded"
    assert steps["loop", ""].outputs == {"payload": [5, 7, 9]}
    assert [steps["b", str(index)].input for index in range(3)] == [5, 6, 7]


def test_results_stand_in_order_however_the_items_end():
    _, steps = run(for_each(("a", "later"), config={"at_once": 3}), [1, 9, 5])

    assert steps["loop", ""].outputs == {"payload": [1, 9, 5]}


def test_an_item_that_reaches_no_end_leaves_no_result():
    drawn = for_each(("odd", "if", {"condition": "item > 1"}), ("end", "pass"), edges=["odd.true > end"])

    assert run(drawn, [1, 2, 3])[1]["loop", ""].outputs == {"payload": [2, 3]}


def test_a_failed_item_stops_the_loop():
    outcome, steps = run(for_each(("a", "failodd")), [2, 3, 4])

    assert outcome.error == {"message": "Item 1: 3 is odd", "type": "ItemFailed", "node": "loop"}
    assert ("a", "2") not in steps


def test_or_the_others_go_on():
    outcome, steps = run(for_each(("a", "failodd"), config={"on_failed_item": "go_on"}), [2, 3, 4])

    assert outcome.status == "succeeded"
    assert steps["loop", ""].outputs == {
        "payload": [20, 40],
        "failed": [{"index": 1, "item": 3, "message": "3 is odd", "type": "NodeFailed", "node": "a"}],
    }


def test_loops_stand_in_loops_and_the_path_names_the_pass_of_each():
    drawn = graph(
        ("loop", "for_each", {"items": "payload"}),
        ("inner", "for_each", {"items": "item.parts"}),
        ("a", "make", {"value": '{{ node("loop").item.name ~ item ~ node("inner").index }}'}),
        inner=INSIDE,
        a={"parent": "inner"},
    )

    _, steps = run(drawn, [{"name": "x", "parts": [7, 8]}, {"name": "y", "parts": [9]}])

    assert steps["loop", ""].outputs == {"payload": [["x70", "x81"], ["y90"]]}
    assert {path for node, path in steps if node == "a"} == {"0.0", "0.1", "1.0"}


def test_an_empty_body_gives_back_what_it_is_given():
    assert run(for_each(), [1, 2])[1]["loop", ""].outputs == {"payload": [1, 2]}


def test_rounds_go_on_from_each_other_until_the_condition_holds():
    drawn = graph(
        ("loop", "repeat_until", {"until": "payload >= 8"}),
        ("double", "make", {"value": "{{ payload * 2 }}"}),
        double=INSIDE,
    )

    _, steps = run(drawn, 1)

    assert steps["loop", ""].outputs == {"payload": 8}
    assert [steps["double", str(index)].outputs["payload"] for index in range(3)] == [2, 4, 8]


def test_or_until_the_limit_is_reached():
    drawn = graph(("loop", "repeat_until", {"until": "index > 5", "limit": 2}), ("a", "pass"), a=INSIDE)

    assert run(drawn, 1)[1]["loop", ""].outputs == {"limit": 1}


def test_the_budget_holds_for_all_passes_together():
    outcome, _ = run(for_each(("a", "pass")), list(range(100)), max_steps=50)

    assert (outcome.error["type"], outcome.steps) == ("StepBudgetExceeded", 50)


def test_what_was_done_before_a_crash_is_not_done_again():
    given = {("a", "0"): Given({"payload": "kept"})}

    _, steps = run(for_each(("a", "pass")), [1, 2], given=given)

    assert steps["loop", ""].outputs == {"payload": ["kept", 2]}
    assert ("a", "0") not in steps


def test_a_pin_stands_in_for_its_node_in_every_pass():
    _, steps = run(for_each(("a", "fail")), [1, 2], pins={"a": Given({"payload": "pinned"}, record=True)})

    assert steps["loop", ""].outputs == {"payload": ["pinned", "pinned"]}


def test_a_time_out_of_a_loop_ends_what_is_under_way_in_it():
    gate = asyncio.Event()
    drawn = for_each(("a", "wait"), loop={"settings": {"timeout": 0.05}})

    outcome, steps = run(drawn, [1], services={"gate": gate})

    assert outcome.error["type"] == "NodeTimedOut"
    assert steps["a", "0"].status == "cancelled"


def test_a_run_stops_behind_a_node_of_a_body():
    drawn = for_each(("a", "pass"), ("b", "fail"), edges=["a > b"])

    outcome, steps = run(drawn, [1, 2], until="a")

    assert outcome.status == "succeeded"
    assert set(steps) == {("loop", ""), ("a", "0"), ("a", "1")}


def test_a_run_begins_at_a_node_of_a_body():
    _, steps = run(for_each(("a", "fail"), ("b", "pass"), edges=["a > b"]), 7, start="b")

    assert set(steps) == {("b", "")}


@pytest.mark.parametrize(
    ("drawn", "code"),
    [
        (graph(("a", "pass"), ("b", "pass"), b={"parent": "a"}), "unknown_loop"),
        (for_each(("s", "start")), "trigger_in_loop"),
        (graph(("a", "make", {"value": "{{ item }}"})), "outside_loop"),
        (for_each(("a", "pass"), ("b", "pass"), edges=["loop > a"]), "crosses_border"),
        (graph(("loop", "for_each", {"items": "payload"}), loop={"parent": "loop"}), "loops_too_deep"),
    ],
)
def test_what_makes_no_sense_in_a_loop_is_a_problem(drawn, code):
    assert code in [problem.code for problem in check(drawn, REGISTRY)]


def test_nodes_in_a_loop_are_reached_and_read_the_loop_and_what_lies_before_it():
    drawn = graph(
        ("s", "start"),
        ("loop", "for_each", {"items": "payload"}),
        ("a", "make", {"value": '{{ node("s") }}{{ node("loop").index }}{{ item }}'}),
        edges=["s > loop"],
        a=INSIDE,
    )

    assert check(drawn, REGISTRY) == []


def test_a_loop_in_itself_cannot_be_compiled():
    drawn = graph(("loop", "for_each", {"items": "payload"}), loop={"parent": "loop"})

    with pytest.raises(GraphInvalid):
        compile_plan(drawn, REGISTRY, start="loop")
