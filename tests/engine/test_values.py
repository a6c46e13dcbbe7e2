"""The one check of JSON values, and how they are read, written and summarised."""

import math
import uuid
from datetime import datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowstudio.engine import values
from flowstudio.engine.values import ValueRefused

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(values.MIN_INT, values.MAX_INT)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=30,
)


@given(JSON)
def test_every_json_value_passes_and_comes_back_as_it_was(value):
    values.check(value)

    assert values.loads(values.dumps(value)) == value


@given(
    JSON, st.sampled_from([math.nan, math.inf, b"x", {1}, (1,), 2**63, -(2**63) - 1, "\ud800", datetime.min])
)
def test_one_bad_part_anywhere_is_refused(value, bad):
    for whole in ([value, bad], {"a": value, "b": [bad]}):
        with pytest.raises(ValueRefused):
            values.check(whole)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": [1, math.nan]}, "The value at a[1] is nan, which is not a JSON number."),
        ({"id": uuid.UUID(int=1)}, "The value at id is a Python UUID, which is not JSON."),
        ({"a": {1: 2}}, "The value at a has the key 1; keys must be text."),
        ([2**63], "The value at [0] is an integer beyond 64 bits."),
        ({"a": "\udc00"}, "The value at a holds half of a surrogate pair, which is not a character."),
        ({"\udc00": 1}, "The value holds half of a surrogate pair, which is not a character."),
    ],
)
def test_a_refusal_says_what_is_wrong_and_where(value, message):
    with pytest.raises(ValueRefused) as refused:
        values.check(value)

    assert str(refused.value) == message


def test_depth_is_bounded_without_costing_stack():
    nested = shallow = []
    for _ in range(values.MAX_DEPTH):
        shallow = [shallow]
    for _ in range(100_000):
        nested = [nested]

    values.check(shallow)
    with pytest.raises(ValueRefused, match="nested deeper than 64"):
        values.check(nested)
    with pytest.raises(ValueRefused, match="nested deeper than 64"):
        values.check([shallow])
    while nested:  # let go of it level by level
        nested = nested[0]


def test_the_number_of_parts_is_bounded_even_where_parts_are_shared():
    shared = [1]
    for _ in range(30):
        shared = [shared, shared]

    values.check([0] * (values.MAX_VALUES - 1))
    with pytest.raises(ValueRefused, match="100,000 parts"):
        values.check([0] * values.MAX_VALUES)
    with pytest.raises(ValueRefused, match="100,000 parts"):
        values.check(shared)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b'{"a": 1,\n "b" 2}', "line 2, column 6"),
        (b"[1, NaN]", "line 1"),
        (b"", "line 1"),
        (b'"\\ud800"', "line 1"),
    ],
)
def test_malformed_json_is_refused_with_its_place(text, place):
    with pytest.raises(ValueRefused, match=place):
        values.loads(text)


def test_what_orjson_would_write_in_its_own_way_is_refused():
    for value in (math.nan, uuid.uuid4(), datetime.min, (1, 2)):
        orjson.dumps(value)  # no objection there

        with pytest.raises(ValueRefused):
            values.dumps(value)


@pytest.mark.parametrize(
    ("value", "summary"),
    [
        (None, {"type": "null", "size": 4, "count": None, "preview": "null"}),
        (True, {"type": "boolean", "size": 4, "count": None, "preview": "true"}),
        (1.5, {"type": "number", "size": 3, "count": None, "preview": "1.5"}),
        ("hi", {"type": "text", "size": 4, "count": None, "preview": "hi"}),
        ([1, 2], {"type": "list", "size": 5, "count": 2, "preview": "[1,2]"}),
        ({"a": 1}, {"type": "object", "size": 7, "count": 1, "preview": '{"a":1}'}),
    ],
)
def test_a_summary_tells_type_size_count_and_the_beginning(value, summary):
    assert values.summarise(value) == summary


@given(st.text(min_size=150, max_size=400))
def test_a_preview_has_at_most_200_characters(text):
    for value in (text, [text], {text: text}):
        assert len(values.summarise(value)["preview"]) <= values.PREVIEW_CHARS


def test_a_preview_never_ends_in_half_a_character():
    preview = values.summarise(["😀" * 300])["preview"]

    assert preview.endswith("😀…")
