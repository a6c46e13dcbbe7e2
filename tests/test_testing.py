"""The tools that plugin authors test with."""

import asyncio

import pytest

from flowstudio.engine.errors import GraphInvalid
from flowstudio.plugin import Emit, Event, NodeFailed, Plugin, Submit
from flowstudio.testing import arun_graph, arun_plugin, run_graph, run_plugin
from tests.drawing import graph
from tests.engine.plugins import ORDER, Act, Background, If, Join, Wait, registry


def test_outputs_commands_and_log_of_a_plugin():
    result = run_plugin(Act, {}, {"n": 1})

    assert result.outputs == {"payload": {"n": 1}}
    assert result.commands == [Emit("acted", {"n": 1})]
    assert result.log == ["acted"]
    assert result.error is None


def test_a_plugin_sees_the_event_that_it_is_given():
    config = {"condition": "event.properties.vip"}

    assert run_plugin(If, config, 1, event=Event("e", "x", properties={"vip": True})).outputs == {"true": 1}
    assert run_plugin(If, config, 1, event=Event("e", "x", properties={"vip": False})).outputs == {"false": 1}


def test_a_failure_is_told_and_not_raised():
    class Refuses(Plugin):
        """Refuses."""

        name, group = "Refuses", "Test"

        def run(self, payload):
            raise NodeFailed("Not today.")

    result = run_plugin(Refuses, {}, 1)

    assert (result.error, result.error_type, result.outputs) == ("Not today.", "NodeFailed", {})


def test_a_plugin_that_changes_its_payload_fails():
    class Changes(Plugin):
        """Changes what it was given."""

        name, group = "Changes", "Test"

        async def run(self, payload):
            payload["n"] = 2
            return "payload", payload

    payload = {"n": 1}
    result = run_plugin(Changes, {}, payload)

    assert "changed its payload" in result.error
    assert payload == {"n": 1}


def test_arrivals_can_be_given_to_a_plugin_that_merges():
    result = run_plugin(Join, {}, arrivals=[("b", 1), ("a", {"n": 2})])

    assert result.outputs == {"payload": [["b", 1], ["a", {"n": 2}]]}


def test_both_sides_of_a_background_node():
    assert run_plugin(Background, {}, {"n": 1}).commands == [Submit(payload={})]
    assert run_plugin(Background, {}, {"n": 1}, begins_here=True).outputs == {"output": {"n": 1}}


def test_a_bad_config_is_raised_before_anything_runs():
    with pytest.raises(GraphInvalid, match="condition"):
        run_plugin(If, {}, 1)


def test_a_faulty_declaration_is_raised():
    class Nameless(Plugin):
        """Has no name."""

    with pytest.raises(TypeError, match="needs a name"):
        run_plugin(Nameless, {}, 1)


async def test_a_plugin_can_be_run_from_an_async_test():
    gate = asyncio.Event()
    gate.set()

    assert run_plugin(Wait, {}, 1).outputs == {"payload": 1}
    assert (await arun_plugin(Wait, {}, 1, services={"gate": gate})).outputs == {"payload": 1}


def test_a_graph_runs_from_its_trigger():
    drawn = graph(
        ("log", "pass"),
        ("start", "start"),
        ("big", "if", {"condition": "payload.total > 100"}),
        edges=["start > big", "big.true > log"],
    )

    steps = run_graph(drawn.to_document(), ORDER, registry())

    assert [(step.node, step.status) for step in steps] == [
        ("start", "succeeded"),
        ("big", "succeeded"),
        ("log", "succeeded"),
    ]


async def test_a_graph_without_trigger_runs_from_its_first_node():
    drawn = graph(("a", "pass"), ("b", "pass"), edges=["a > b"])

    steps = await arun_graph(drawn.to_document(), ORDER, registry(), until="a")

    assert [step.node for step in steps] == ["a"]


def test_a_plugin_that_keeps_state_has_an_empty_store():
    class Count(Plugin):
        """Counts."""

        name, group, transaction = "Count", "Test", True

        def run(self, payload):
            return "payload", self.context.store.count("n")

    assert [run_plugin(Count, {}).outputs["payload"] for _ in range(2)] == [1, 1]
