"""Call workflow: what it hands over and what it returns. What a call does is tested with its service."""

import pytest

from flowstudio.engine.errors import NodeFailed
from flowstudio.testing import run_plugin
from plugins.flow.call_workflow import CallWorkflow

ID = "0193a2f4-6c1e-7b3a-9d55-0f1e2d3c4b5a"


class Calls:
    """A service that answers with what it was handed."""

    def __init__(self, error=None):
        self.error = error

    async def call(self, context, workflow, payload):
        if self.error:
            raise NodeFailed(self.error)
        return {"node": context.node, "workflow": workflow, "payload": payload}


def called(arrived, error=None, **config):
    return run_plugin(CallWorkflow, {"workflow": ID, **config}, arrived, services={"workflows": Calls(error)})


@pytest.mark.parametrize("config", [{}, {"payload": None}, {"payload": ""}])
def test_it_hands_the_payload_over_and_fires_the_answer(config):
    result = called({"a": 1}, **config)

    assert result.outputs == {"payload": {"node": "tested", "workflow": ID, "payload": {"a": 1}}}


@pytest.mark.parametrize("given", [{"b": "{{ payload.a + 1 }}"}, "{{ {'b': 2} }}"])
def test_a_payload_of_its_own_takes_the_place_of_what_came_in(given):
    assert called({"a": 1}, payload=given).outputs["payload"]["payload"] == {"b": 2}


@pytest.mark.parametrize("nothing", [0, False, [], {}])
def test_a_payload_of_little_is_a_payload(nothing):
    assert called({"a": 1}, payload=nothing).outputs["payload"]["payload"] == nothing


def test_a_call_that_fails_fails_the_node():
    assert called({}, error="“Prices” failed: no stock").error == "“Prices” failed: no stock"
