"""For each: what it takes and refuses; bodies are tested with the engine (tests/engine/test_loops.py)."""

import pytest

from flowstudio.testing import run_plugin
from plugins.flow.for_each import ForEach


def test_without_a_body_the_items_are_the_results():
    result = run_plugin(ForEach, {"items": "payload.lines"}, {"lines": [1, 2]})

    assert result.outputs == {"payload": [1, 2]}


def test_many_at_once_keep_their_order():
    result = run_plugin(ForEach, {"items": "payload", "at_once": 7}, list(range(50)))

    assert result.outputs == {"payload": list(range(50))}


def test_no_items_give_an_empty_list():
    assert run_plugin(ForEach, {"items": "payload"}, []).outputs == {"payload": []}


@pytest.mark.parametrize("payload", [{}, "text", None, 7])
def test_what_is_no_list_is_refused(payload):
    assert run_plugin(ForEach, {"items": "payload"}, payload).error.startswith(
        "Items must come out as a list"
    )
