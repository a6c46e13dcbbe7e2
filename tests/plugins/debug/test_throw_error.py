"""Throw error: a failure with a message of one's own."""

from flowstudio.testing import run_plugin
from plugins.debug.throw_error import ThrowError


def test_the_node_fails_with_the_message():
    result = run_plugin(ThrowError, {"message": "Order {{ payload.id }} has no customer"}, {"id": 7})

    assert result.error == "Order 7 has no customer"
    assert result.error_type == "NodeFailed"
    assert result.outputs == {}


def test_a_message_that_comes_out_empty_still_says_something():
    assert run_plugin(ThrowError, {"message": "{{ '' }}"}, {}).error == "The node was asked to fail."
