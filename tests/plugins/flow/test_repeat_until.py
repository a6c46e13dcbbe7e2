"""Repeat until: its rounds, its limit; bodies are tested with the engine (tests/engine/test_loops.py)."""

import time

from flowstudio.testing import run_plugin
from plugins.flow.repeat_until import RepeatUntil


def test_the_condition_is_asked_after_each_round_and_sees_its_number():
    result = run_plugin(RepeatUntil, {"until": "index == 3 and payload == 7"}, 7)

    assert result.outputs == {"payload": 7}


def test_the_limit_has_a_port_of_its_own():
    assert run_plugin(RepeatUntil, {"until": "false", "limit": 4}, 7).outputs == {"limit": 7}


def test_it_pauses_between_rounds():
    began = time.monotonic()

    run_plugin(RepeatUntil, {"until": "index == 2", "pause": 0.05}, 7)

    assert time.monotonic() - began >= 0.1


def test_a_condition_that_cannot_be_evaluated_fails_the_node():
    assert "payload.ready" in run_plugin(RepeatUntil, {"until": "payload.ready"}, {}).error
