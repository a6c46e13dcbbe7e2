"""A Respond node's answer as an HTTP answer: harmless to the studio whose origin it has."""

import pytest

from flowstudio.api.answers import response_of
from flowstudio.engine import values


def answered(status=200, headers=None, body=None):
    return response_of(values.dumps({"status": status, "headers": headers or {}, "body": body}))


def test_a_value_is_answered_as_json():
    response = answered(201, body={"id": 7})

    assert (response.status_code, response.content) == (201, b'{"id":7}')
    assert response["Content-Type"] == "application/json"


def test_a_text_is_answered_as_plain_text():
    response = answered(body="grün")

    assert response.content == "grün".encode()
    assert response["Content-Type"] == "text/plain; charset=utf-8"


def test_no_body_is_answered_as_none():
    assert answered(204).content == b""


def test_headers_that_describe_the_answer_are_passed_on():
    response = answered(
        302, {"Location": "https://example.com/", "content-type": "text/csv", "X-Flow-Id": "7"}
    )

    assert response["Location"] == "https://example.com/"
    assert response["Content-Type"] == "text/csv"
    assert response["X-Flow-Id"] == "7"


@pytest.mark.parametrize("name", ["Set-Cookie", "Access-Control-Allow-Origin", "Content-Length", "X-Other"])
def test_headers_that_act_on_browser_or_connection_are_not(name):
    assert answered(headers={name: "1"}).get(name) != "1"


def test_a_page_of_an_author_cannot_act_as_the_studio():
    headers = {"Content-Type": "text/html", "Content-Security-Policy": "script-src *"}
    response = answered(headers=headers, body="<script>alert(1)</script>")

    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
