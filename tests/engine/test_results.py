"""What is made of a plugin's results and failures; what can go wrong with them is told in test_runner."""

from hypothesis import given
from hypothesis import strategies as st

from flowstudio.engine import results
from flowstudio.engine.errors import NodeFailed

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
