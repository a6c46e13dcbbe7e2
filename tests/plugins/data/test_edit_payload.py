"""Edit payload: set, rename, remove."""

import pytest

from flowstudio.testing import run_plugin
from plugins.data.edit_payload import EditPayload


def edited(payload, **config):
    return run_plugin(EditPayload, config, payload).outputs["payload"]


def refusal(payload, **config):
    return run_plugin(EditPayload, config, payload).error


def test_set_puts_values_at_paths_and_makes_the_objects_between():
    assert edited({"a": 1}, set={"b.c.d": 2, "a": "{{ payload.a + 1 }}"}) == {"a": 2, "b": {"c": {"d": 2}}}


def test_a_number_in_a_path_leads_into_a_list():
    assert edited({"items": [{"price": 1}, {"price": 2}]}, set={"items.1.price": 3}) == {
        "items": [{"price": 1}, {"price": 3}]
    }


def test_rename_moves_a_value():
    assert edited({"mail": "a@b.c"}, rename={"mail": "customer.email"}) == {"customer": {"email": "a@b.c"}}


def test_remove_takes_fields_and_list_items_away_and_passes_over_what_is_not_there():
    payload = {"a": 1, "b": {"c": 2, "d": 3}, "e": [1, 2, 3]}

    assert edited(payload, remove=["a", "b.c", "e.0", "no.such"]) == {"b": {"d": 3}, "e": [2, 3]}


def test_it_sets_then_renames_then_removes():
    assert edited({}, set={"a": 1, "x": 0}, rename={"a": "b"}, remove=["x"]) == {"b": 1}


def test_null_counts_as_an_empty_object():
    assert edited(None, set={"a": 1}) == {"a": 1}


def test_nothing_to_do_leaves_the_payload_as_it_is():
    assert edited({"a": [1]}) == {"a": [1]}


@pytest.mark.parametrize(("payload", "word"), [("text", "a text"), ([1], "a list"), (7, "a number")])
def test_a_payload_without_fields_is_an_error(payload, word):
    assert word in refusal(payload, set={"a": 1})


def test_renaming_what_is_not_there_names_the_path():
    assert refusal({"a": {}}, rename={"a.b": "c"}) == "The payload has no 'a.b' to rename."


@pytest.mark.parametrize("path", ["a.b", "list.7", "list.x"])
def test_a_path_through_something_without_fields_names_it(path):
    assert f"{path!r} cannot be set" in refusal({"a": 1, "list": [0]}, set={path: 1})


def test_set_must_come_out_as_an_object():
    assert (
        refusal({"x": [1]}, set="{{ payload.x }}") == "Set must be an object of paths and values, not a list."
    )
