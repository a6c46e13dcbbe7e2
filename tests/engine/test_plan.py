"""Compiling a graph for a run."""

import pytest

from flowstudio.engine.errors import GraphInvalid
from flowstudio.engine.plan import compile_plan, compile_trigger, trigger_matches
from tests.drawing import graph
from tests.engine.plugins import ORDER, Start, registry

REGISTRY = registry()

DRAWN = graph(
    ("other", "start"),
    ("start", "start"),
    ("a", "pass"),
    ("b", "pass"),
    ("c", "pass"),
    ("d", "gone"),
    edges=["other > b", "start > a", "a > b", "a > c", "other > d"],
)


def ids(plan):
    return [node.id for node in plan.nodes]


def test_a_plan_is_what_lies_behind_its_start_in_array_order():
    assert ids(compile_plan(DRAWN, REGISTRY, start="start")) == ["start", "a", "b", "c"]
    assert ids(compile_plan(DRAWN, REGISTRY, start="b")) == ["b"]


def test_edges_from_outside_do_not_exist_for_the_run():
    plan = compile_plan(DRAWN, REGISTRY, start="start")

    assert [node.incoming for node in plan.nodes] == [0, 1, 1, 1]


def test_until_keeps_only_what_leads_there():
    assert ids(compile_plan(DRAWN, REGISTRY, start="start", until="b")) == ["start", "a", "b"]
    with pytest.raises(GraphInvalid, match="cannot be reached"):
        compile_plan(DRAWN, REGISTRY, start="a", until="start")


@pytest.mark.parametrize("places", [{"start": "nobody"}, {"start": "start", "until": "nobody"}])
def test_a_start_or_end_that_is_not_there_is_refused(places):
    with pytest.raises(GraphInvalid, match="no node 'nobody'"):
        compile_plan(DRAWN, REGISTRY, **places)


def test_faults_of_nodes_that_do_not_run_do_not_matter():
    compile_plan(DRAWN, REGISTRY, start="start")
    with pytest.raises(GraphInvalid, match="'gone'"):
        compile_plan(DRAWN, REGISTRY, start="other")


def test_every_fault_of_the_nodes_that_run_is_told():
    drawn = graph(
        ("start", "start"),
        ("a", "if", {"condition": "1 +"}),
        ("b", "make", {"times": 99}),
        edges=["start > a", "a.true > b", "a.nope > b"],
    )

    with pytest.raises(GraphInvalid) as invalid:
        compile_plan(drawn, REGISTRY, start="start")

    assert {problem.node for problem in invalid.value.problems} == {"a", "b"}


def test_an_edge_from_a_port_that_is_not_there_is_a_fault():
    drawn = graph(("start", "start"), ("a", "pass"), edges=["start.nope > a"])

    with pytest.raises(GraphInvalid, match="no output port 'nope'"):
        compile_plan(drawn, REGISTRY, start="start")


def test_references_are_the_names_read_behind_a_node():
    drawn = graph(
        ("start", "start"),
        ("a", "pass"),
        ("hand", "background"),
        ("b", "make", {"value": '{{ node("a").x }}', "text": '{{ node("start").y }}'}),
        ("c", "make", {"value": '{{ node("b") }}'}),
        edges=["start > a", "a > hand", "hand.output > b", "b > c"],
    )
    plan = compile_plan(drawn, REGISTRY, start="start")

    assert plan.references("hand") == ("a", "b", "start")
    assert plan.references("b") == ("b",)
    assert plan.references("c") == ()


def test_a_trigger_says_whether_it_takes_an_event():
    drawn = graph(
        ("placed", "start", {"event_types": ["order.placed"]}), ("paid", "start", {"event_types": ["paid"]})
    )
    placed, paid = drawn.nodes

    assert trigger_matches(placed, ORDER, REGISTRY)
    assert not trigger_matches(paid, ORDER, REGISTRY)


def test_a_trigger_may_ask_with_expressions():
    drawn = graph(
        ("start", "start", {"event_types": {"$expr": "[event.type] if payload.total > 100 else ['-']"}})
    )

    assert compile_trigger(drawn.nodes[0], REGISTRY)(ORDER)


def test_what_is_disabled_or_no_trigger_takes_nothing():
    drawn = graph(("start", "start"), ("a", "pass"), start={"settings": {"disabled": True}})

    assert not any(trigger_matches(node, ORDER, REGISTRY) for node in drawn.nodes)
    assert Start.id == "start"
