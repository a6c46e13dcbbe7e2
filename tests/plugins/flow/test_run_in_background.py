"""Run in background, by itself: what it asks for in front, and what it fires behind."""

import pytest

from flowstudio.plugin import Event, Submit
from flowstudio.testing import run_plugin
from plugins.flow.run_in_background import RunInBackground

EVENT = Event(id="1", type="order.placed", properties={"id": 7})


def scheduled(payload=None, **config):
    return run_plugin(RunInBackground, config, {"secret": 1} if payload is None else payload, event=EVENT)


def test_in_front_it_fires_the_empty_value_and_submits_its_branch():
    result = scheduled()

    assert result.outputs == {"output": {}}
    assert result.commands == [Submit(recording="status", payload={})]


def test_behind_it_fires_what_the_run_was_started_with():
    result = run_plugin(RunInBackground, {}, {"handed": "on"}, begins_here=True)

    assert result.outputs == {"output": {"handed": "on"}}
    assert result.commands == []


def test_an_event_type_is_asked_for_only_where_given():
    assert scheduled(event_type="order.followup").commands[0].event_type == "order.followup"
    assert scheduled(event_type="").commands[0].event_type is None


@pytest.mark.parametrize("empty", [None, ""])
def test_without_event_properties_the_event_keeps_its_own(empty):
    assert not scheduled(event_properties=empty).commands[0].has_event_properties


def test_event_properties_may_hold_expressions():
    [submit] = scheduled(event_properties={"order": "{{ event.properties.id }}", "at": 1}).commands

    assert submit.has_event_properties
    assert submit.event_properties == {"order": 7, "at": 1}


def test_empty_event_properties_are_properties_too():
    [submit] = scheduled(event_properties={}).commands

    assert submit.has_event_properties
    assert submit.event_properties == {}


@pytest.mark.parametrize("wrong", [[1], 7, "{{ payload.list }}"])
def test_event_properties_that_are_no_object_are_an_error_and_schedule_nothing(wrong):
    result = scheduled({"list": [1, 2]}, event_properties=wrong)

    assert "Event properties must be a JSON object" in result.error
    assert result.commands == []


def test_debugging_information_decides_what_is_recorded():
    assert scheduled().commands[0].recording == "status"
    assert scheduled(collect_debugging_information=True).commands[0].recording == "all"


def test_forward_payload_hands_the_payload_on():
    assert scheduled({"a": 1}, forward_payload=True).commands[0].payload == {"a": 1}


def test_its_ports_are_those_of_the_manual():
    assert [port.name for port in RunInBackground.inputs] == ["payload"]
    assert [port.name for port in RunInBackground.outputs] == ["output", "error"]
