"""What is made of a plugin's results and failures; what can go wrong with them is told in test_runner."""

from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowstudio.engine import results, values
from flowstudio.engine.errors import NodeFailed
from flowstudio.engine.plan import compile_plan
from flowstudio.engine.results import PluginError
from tests.drawing import graph
from tests.engine.plugins import registry

OBJECTS = st.dictionaries(st.sampled_from("abc"), st.integers())


@given(st.lists(OBJECTS, min_size=1))
def test_objects_merge_so_that_later_ones_win(payloads):
    merged = results.merged(payloads)

    assert merged.keys() == set().union(*payloads)
    for key, value in merged.items():
        assert value == [payload[key] for payload in payloads if key in payload][-1]


@given(st.lists(OBJECTS | st.integers() | st.lists(st.integers()), min_size=1))
def test_anything_else_becomes_a_list(payloads):
    payloads.append(1)

    assert results.merged(payloads) == payloads


def test_the_trace_of_an_unexpected_error_ends_with_it():
    try:
        [][1]
    except IndexError as error:
        trace = results.trace_of(error)

    assert "[][1]" in trace
    assert trace.endswith("IndexError: list index out of range")


def test_an_expected_error_has_no_trace():
    assert results.trace_of(NodeFailed("no")) == ""


NODE = compile_plan(graph(("a", "pass")), registry(), start="a").nodes[0]


class Field(StrEnum):
    NAME = "name"


@pytest.mark.parametrize(
    "change",
    [
        {"new": {1: 2}},
        {"new": [object()]},
        {"kept": float("nan")},
        {"kept": ({"deep": 1},)},
        {3: "a number as key"},
    ],
)
def test_what_an_output_adds_to_its_payload_must_be_json(change):
    payload = {"kept": {"deep": 1}, "name": "Ada"}

    with pytest.raises(PluginError, match="not JSON"):
        results.read(NODE, payload, ("payload", {**payload, **change}))


def test_a_key_that_only_equals_one_of_the_payload_must_be_text_as_well():
    payload = {"name": "Ada"}

    with pytest.raises(PluginError, match="keys must be text"):
        results.read(NODE, payload, ("payload", {Field.NAME: payload["name"]}))


def test_what_an_output_shares_with_its_payload_is_not_walked_again(monkeypatch):
    walked = []
    monkeypatch.setattr(values, "check", walked.append)
    payload = {"kept": {"deep": [1, 2, 3]}, "n": 1}

    results.read(NODE, payload, ("payload", {**payload, "n": 2}))
    results.read(NODE, payload, ("payload", [payload]))

    assert walked == [{"n": 2}, [payload]]
