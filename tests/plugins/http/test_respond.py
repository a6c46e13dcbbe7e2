"""Respond: an answer for whoever waits."""

import pytest

from flowstudio.plugin import Answer
from flowstudio.testing import run_plugin
from plugins.http.respond import Respond


def test_it_answers_with_status_headers_and_body_and_goes_on():
    config = {"status": 201, "headers": {"Cache-Control": "no-store"}, "body": {"id": "{{ payload.id }}"}}
    result = run_plugin(Respond, config, {"id": 7})

    assert result.commands == [Answer(201, {"Cache-Control": "no-store"}, {"id": 7})]
    assert result.outputs == {"payload": {"id": 7}}


def test_without_settings_it_answers_200_and_no_body():
    assert run_plugin(Respond, {}, {}).commands == [Answer(200, {}, None)]


@pytest.mark.parametrize(
    "headers", ["text", {"X-Flow": 1}, {"X-Flow": "a\r\nSet-Cookie: b"}, {"X Flow": "a"}]
)
def test_headers_that_are_none_are_an_error(headers):
    result = run_plugin(Respond, {"headers": headers}, {})

    assert "eader" in result.error
    assert result.commands == []


def test_the_status_is_checked_when_it_is_an_expression():
    assert run_plugin(Respond, {"status": {"$expr": "99"}}, {}).error.startswith("Status:")
