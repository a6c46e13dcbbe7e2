"""Start: which events begin a workflow."""

import pytest

from flowstudio.engine.document import Node
from flowstudio.engine.plan import trigger_matches
from flowstudio.engine.registry import Registry
from flowstudio.plugin import Event
from flowstudio.testing import run_plugin
from plugins.events.start import Start


def starts(event_type="order.placed", properties=None, **config):
    registry = Registry()
    registry.add(Start, "start")
    event = Event(id="1", type=event_type, properties=properties or {})
    return trigger_matches(Node(id="n1", plugin="start", name="Start", config=config), event, registry)


def test_without_settings_every_event_fits():
    assert starts()


@pytest.mark.parametrize(
    ("types", "fits"),
    [
        (["order.placed"], True),
        (["order.paid", "order.placed"], True),
        (["order.paid"], False),
        (["order.*"], True),
        (["orders.*"], False),
        (["order"], False),
    ],
)
def test_the_type_must_be_one_of_the_listed_ones(types, fits):
    assert starts(event_types=types) is fits


def test_the_condition_must_hold():
    condition = "event.properties.total > 100"

    assert starts(properties={"total": 101}, condition=condition)
    assert not starts(properties={"total": 99}, condition=condition)


def test_the_condition_is_not_asked_about_events_of_other_types():
    assert not starts("order.paid", event_types=["order.placed"], condition="event.properties.nope > 1")


def test_its_payload_is_the_properties_of_the_event():
    assert run_plugin(Start, {}, {"id": 7}).outputs == {"payload": {"id": 7}}
