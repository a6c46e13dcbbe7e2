"""HTTP request, against a real server on this machine."""

import asyncio
import json

import pytest

from flowstudio.runs import egress
from flowstudio.testing import arun_plugin
from plugins.http.http_request import HttpRequest
from tests.local_server import Reply, serving

JSON = {"Content-Type": "application/json; charset=utf-8"}


@pytest.fixture
def private_allowed(settings):
    settings.FLOWSTUDIO = {**settings.FLOWSTUDIO, "ALLOW_PRIVATE_ADDRESSES": True}


async def called(config, payload=None):
    async with egress.client() as client:
        return await arun_plugin(HttpRequest, config, payload or {}, services={"http": client})


@pytest.mark.usefixtures("private_allowed")
class TestWithPrivateAddressesAllowed:
    async def test_a_json_answer_arrives_as_a_value(self):
        with serving({"/orders/7": Reply(headers=JSON, body=b'{"id": 7}')}) as server:
            result = await called({"url": server.url + "/orders/{{ payload.id }}"}, {"id": 7})

        response = result.outputs["response"]
        assert response["status"] == 200
        assert response["body"] == {"id": 7}
        assert response["headers"]["content-type"] == JSON["Content-Type"]
        assert response["url"] == server.url + "/orders/7"

    async def test_any_other_answer_arrives_as_text(self):
        with serving({"/": Reply(headers={"Content-Type": "text/plain"}, body="grün".encode())}) as server:
            result = await called({"url": server.url})

        assert result.outputs["response"]["body"] == "grün"

    async def test_what_only_claims_to_be_json_stays_text(self):
        with serving({"/": Reply(headers=JSON, body=b"<html>")}) as server:
            result = await called({"url": server.url})

        assert result.outputs["response"]["body"] == "<html>"

    async def test_method_headers_query_and_body_are_sent(self):
        config = {
            "method": "POST",
            "headers": {"X-Shop": "{{ payload.shop }}"},
            "query": {"tag": ["a b", "c"], "page": 2},
            "body": {"order": "{{ payload.id }}"},
        }
        with serving({"/": Reply(204)}) as server:
            await called({"url": server.url + "/?kept=1", **config}, {"shop": "north", "id": 7})

        [asked] = server.asked
        assert asked.method == "POST"
        assert asked.path == "/?kept=1&tag=a+b&tag=c&page=2"
        assert asked.headers["x-shop"] == "north"
        assert json.loads(asked.body) == {"order": 7}
        assert asked.headers["content-type"] == "application/json"

    async def test_a_text_body_is_sent_as_it_is(self):
        config = {"method": "PUT", "body": "<a/>", "headers": {"Content-Type": "text/xml"}}
        with serving({"/": Reply()}) as server:
            await called({"url": server.url, **config})

        assert server.asked[0].body == b"<a/>"
        assert server.asked[0].headers["content-type"] == "text/xml"

    async def test_a_call_that_changes_something_carries_the_same_key_when_repeated(self):
        with serving({"/": Reply()}) as server:
            await called({"url": server.url, "method": "POST"})
            await called({"url": server.url, "method": "POST"})
            await called({"url": server.url})

        first, again, reading = server.asked
        assert first.headers["idempotency-key"] == again.headers["idempotency-key"] == "test-run:tested:"
        assert "idempotency-key" not in reading.headers

    async def test_a_status_of_400_or_above_is_an_error_with_status_and_answer(self):
        with serving({"/": Reply(422, body=b"no such customer")}) as server:
            result = await called({"url": server.url})

        assert result.error == "The server answered 422 Unprocessable Entity: no such customer"
        assert result.outputs == {}

    async def test_a_server_that_does_not_answer_in_time_is_an_error(self):
        with serving({"/": Reply(hangs=True)}) as server:
            result = await called({"url": server.url, "timeout": 0.1})

        assert result.error == "There was no answer within 0.1 seconds."

    async def test_a_server_that_is_not_there_is_an_error(self):
        with serving({}) as server:
            pass

        assert (await called({"url": server.url})).error == "The connection to '127.0.0.1' failed."

    async def test_cancelling_the_run_cancels_the_call(self):
        with serving({"/": Reply(hangs=True)}) as server:
            call = asyncio.create_task(called({"url": server.url}))
            while not server.asked:
                await asyncio.sleep(0.01)
            call.cancel()

            with pytest.raises(asyncio.CancelledError):
                await call


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1/", "private, local or reserved"),
        ("http://169.254.169.254/", "private, local or reserved"),
        ("file:///etc/passwd", "Only http and https"),
        ("http://", "Only http and https"),
        ("http://999.1.1.1/", "Invalid IPv4"),
        ("http://[x/", "was not found"),
    ],
)
async def test_an_address_that_may_not_be_called_is_an_error(url, said):
    assert said in (await called({"url": url})).error


@pytest.mark.parametrize("field", ["headers", "query"])
async def test_headers_and_query_must_come_out_as_objects(field):
    result = await called({"url": "http://example.com/", field: "{{ payload.list }}"}, {"list": [1]})

    assert "must be a JSON object" in result.error
