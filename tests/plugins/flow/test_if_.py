"""If: one way or the other."""

import pytest

from flowstudio.testing import run_plugin
from plugins.flow.if_ import If


def test_the_payload_goes_on_at_true_when_the_condition_holds():
    result = run_plugin(If, {"condition": "payload.total > 100"}, {"total": 101})

    assert result.outputs == {"true": {"total": 101}}


def test_the_payload_goes_on_at_false_when_it_does_not():
    result = run_plugin(If, {"condition": "payload.total > 100"}, {"total": 100})

    assert result.outputs == {"false": {"total": 100}}


@pytest.mark.parametrize("empty", [0, "", [], {}, None, False])
def test_what_is_empty_counts_as_false(empty):
    assert "false" in run_plugin(If, {"condition": "payload.x"}, {"x": empty}).outputs


def test_a_missing_path_fails_and_is_named():
    result = run_plugin(If, {"condition": "payload.nope > 1"}, {})

    assert "payload.nope" in result.error
    assert result.outputs == {}


def test_an_empty_condition_is_refused():
    with pytest.raises(Exception, match="condition"):
        run_plugin(If, {"condition": ""}, {})
