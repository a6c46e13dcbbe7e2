"""Emit event: a command for the runner, never a row of its own."""

from flowstudio.plugin import Emit
from flowstudio.testing import run_plugin
from plugins.events.emit_event import EmitEvent


def test_it_asks_for_an_event_and_passes_the_payload_on():
    config = {"event_type": "order.{{ payload.state }}", "properties": {"order": "{{ payload.id }}"}}
    result = run_plugin(EmitEvent, config, {"id": 7, "state": "shipped"})

    assert result.commands == [Emit("order.shipped", {"order": 7})]
    assert result.outputs == {"payload": {"id": 7, "state": "shipped"}}


def test_without_properties_the_event_carries_the_payload():
    assert run_plugin(EmitEvent, {"event_type": "a"}, {"id": 7}).commands == [Emit("a", {"id": 7})]


def test_properties_that_are_no_object_are_an_error():
    result = run_plugin(EmitEvent, {"event_type": "a", "properties": [1]}, {})

    assert result.error == "The properties of an event must be a JSON object."
    assert result.commands == []


def test_a_type_that_comes_out_empty_is_an_error():
    assert run_plugin(EmitEvent, {"event_type": "{{ '' }}"}, {}).error == "The event type came out empty."
