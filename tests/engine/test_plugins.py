"""What a plugin declares and returns: an answer that could not be sent is none."""

import pytest

from flowstudio.engine.errors import NodeFailed
from flowstudio.plugin import Answer


@pytest.mark.parametrize("status", [1000, 199, 600, "200", True, None, 200.0])
def test_the_status_of_an_answer_is_a_whole_number_from_200_to_599(status):
    with pytest.raises(NodeFailed, match="status from 200 to 599"):
        Answer(status)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Flow-A": "one\r\nSet-Cookie: two"},
        {"X-Flow-A": 7},
        {"X-Flow A": "one"},
        {"": "one"},
        {7: "one"},
        "text",
    ],
)
def test_the_headers_of_an_answer_are_plain_names_with_one_line_of_text(headers):
    with pytest.raises(NodeFailed, match=r"[Hh]eader"):
        Answer(200, headers)


def test_an_answer_may_have_no_headers():
    assert Answer(204).headers is None
    assert Answer(599, {"Retry-After": "5"}).headers == {"Retry-After": "5"}
