"""Switch: the way of the case that the value equals."""

import pytest

from flowstudio.testing import run_plugin
from plugins.flow.switch import Switch


def way(value, cases, payload=None):
    return run_plugin(Switch, {"value": value, "cases": cases}, payload or {}).outputs


def test_the_payload_goes_on_at_the_case_that_the_value_equals():
    assert way("payload.state", ["open", "closed"], {"state": "open"}) == {"open": {"state": "open"}}


def test_a_value_without_a_case_goes_on_at_default():
    assert list(way("'draft'", ["open", "closed"])) == ["default"]


@pytest.mark.parametrize(("value", "case"), [("7", "7"), ("true", "true"), ("none", "null"), ("1.5", "1.5")])
def test_other_values_are_compared_as_json_writes_them(value, case):
    assert list(way(value, [case])) == [case]


def test_each_case_is_a_port():
    ports = [port.name for port in Switch.output_ports({"cases": ["a", "b"]})]

    assert ports == ["a", "b", "default"]


@pytest.mark.parametrize(
    ("cases", "said"),
    [([" "], "empty"), (["a", "a"], "same"), (["error"], "cannot be called error"), (["default"], "default")],
)
def test_cases_that_cannot_be_ports_are_named(cases, said):
    [problem] = Switch.check(Switch.Config(value="1", cases=cases))

    assert said in problem
