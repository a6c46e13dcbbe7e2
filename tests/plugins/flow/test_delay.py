"""Delay: a wait."""

import time

import pytest

from flowstudio.testing import run_plugin
from plugins.flow.delay import Delay


def test_the_payload_goes_on_after_the_wait():
    begun = time.monotonic()
    result = run_plugin(Delay, {"seconds": 0.05}, {"a": 1})

    assert time.monotonic() - begun >= 0.05
    assert result.outputs == {"payload": {"a": 1}}


def test_the_seconds_can_be_an_expression():
    result = run_plugin(Delay, {"seconds": {"$expr": "payload.wait / 1000"}}, {"wait": 1})

    assert result.outputs == {"payload": {"wait": 1}}


@pytest.mark.parametrize("seconds", [-1, 30 * 24 * 3600 + 1])
def test_a_wait_out_of_bounds_fails_the_node(seconds):
    result = run_plugin(Delay, {"seconds": {"$expr": str(seconds)}}, {})

    assert result.error.startswith("Seconds:")


def test_a_text_is_no_number_of_seconds():
    result = run_plugin(Delay, {"seconds": {"$expr": "payload.wait"}}, {"wait": "soon"})

    assert result.error.startswith("Seconds:")
