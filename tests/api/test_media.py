"""The door of the API: what no JSON may be, and that what passes comes back as it was."""

import gzip
import json
import string

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.asgi import get_asgi_application
from hypothesis import HealthCheck, given
from hypothesis import settings as with_settings
from hypothesis import strategies as st

from flowstudio.engine import values
from flowstudio.models import Event
from flowstudio.tokens import create_token

LIMIT = 1024 * 1024
DOOR = "/api/events/"

quick = with_settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
INTEGERS = st.integers(-(2**63), 2**63 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = st.none() | st.booleans() | INTEGERS | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=30)


@pytest.fixture
def client(boss, client_of):
    return client_of(boss)


def event(properties):
    """An event as bytes, so that a client's own JSON writer does not stand in between."""
    return b'{"type":"t","properties":' + properties + b"}"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "line 1, column 2"),
        (b'{"type": "t",\n "properties": nope}', "line 2"),
        (b"", "empty"),
        (event(b"NaN"), "Not valid JSON"),
        (event(b"-Infinity"), "Not valid JSON"),
        (event(b"1e400"), "infinity"),
        (event(b"18446744073709551616"), "64 bits"),
        (event(b"9223372036854775808"), "64 bits"),
        (event(b"-" + b"9" * 5000), ""),
        (event(b"[" * 65 + b"]" * 65), "deeper than 64"),
        (event(b"[" * 2000 + b"]" * 2000), ""),
        (event(b'"\\ud800"'), "JSON"),
        (event(b'{"\\udfff": 1}'), "JSON"),
        (b'{"type": "\xff"}', "JSON"),
        (event(b"[" + b"0," * 100_000 + b"0]"), "100,000"),
    ],
)
@pytest.mark.django_db
def test_what_is_no_json_is_refused_with_its_place(client, body, words):
    answer = client.post(DOOR, body)

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    if body:
        assert words in answer.json()["detail"]
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_nul_and_other_odd_characters_come_back_as_they_were(client):
    odd = {
        "nul": "a\x00b",
        "\x00": "\ufeff\u2028\U0001f600",
        "int": 2**63 - 1,
        "float": 0.1,
        "empty": {"": []},
    }

    sent = client.post(DOOR, {"type": "t", "properties": odd}).json()
    read = client.get(f"{DOOR}{sent['event']['id']}/").json()

    assert read["properties"] == odd
    assert list(read["properties"]) == list(odd)


@pytest.mark.django_db
def test_a_name_with_nul_is_refused_because_databases_refuse_it(client):
    answer = client.post(DOOR, event(b"{}").replace(b'"t"', b'"a\\u0000b"'))

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["path"] == ["type"]


@pytest.mark.django_db
def test_a_body_over_the_limit_is_refused_before_it_is_parsed(client):
    fits = event(b'"' + b"x" * (LIMIT - len(event(b'""'))) + b'"')

    assert client.post(DOOR, fits).status_code == 202
    refused = client.post(DOOR, fits + b" ")

    assert refused.status_code == 413
    assert "1,048,576 bytes" in refused.json()["detail"]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x"]
)
@pytest.mark.django_db
def test_what_is_not_declared_as_json_is_refused(client, kind):
    answer = client.post(DOOR, event(b"{}"), content_type=kind)

    assert answer.status_code == 415


@pytest.mark.django_db
def test_a_compressed_body_is_refused_unread(client):
    bomb = gzip.compress(event(b'"' + b"x" * 10_000_000 + b'"'))

    answer = client.post(DOOR, bomb, headers={"Content-Encoding": "gzip"})

    assert answer.status_code == 415
    assert "plain JSON" in answer.json()["detail"]


@pytest.mark.django_db
def test_a_form_is_not_read_even_in_search_of_a_csrf_token(owner, client_of):
    client = client_of(owner, enforce_csrf_checks=True)
    client.get("/api/me/")  # brings the CSRF cookie

    answer = client.post(DOOR, b"a=" + b"x" * 3_000_000, content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 415


@pytest.mark.django_db(transaction=True)
async def test_a_chunked_body_that_announces_no_length_is_read_and_limited(boss):
    _, secret = await _in_thread(create_token, boss, "ci", ["events"])

    accepted = await _send_chunked(secret, [b'{"type":', b'"t"}'])
    refused = await _send_chunked(secret, [b'{"type":"', b"x" * LIMIT, b'"}'])

    assert accepted["status"] == 202
    assert refused["status"] == 413


async def _in_thread(function, *arguments):
    from asgiref.sync import sync_to_async

    return await sync_to_async(function)(*arguments)


async def _send_chunked(secret, chunks):
    headers = [
        (b"host", b"testserver"),
        (b"authorization", f"Bearer {secret}".encode()),
        (b"content-type", b"application/json"),
        (b"transfer-encoding", b"chunked"),
    ]
    scope = {"type": "http", "method": "POST", "path": DOOR, "query_string": b"", "headers": headers}
    door = ApplicationCommunicator(get_asgi_application(), scope)
    for chunk in chunks:
        await door.send_input({"type": "http.request", "body": chunk, "more_body": True})
    await door.send_input({"type": "http.request", "body": b"", "more_body": False})
    start = await door.receive_output(timeout=5)
    await door.receive_output(timeout=5)
    await door.wait(timeout=5)
    return start


@given(value=VALUES)
@quick
@pytest.mark.django_db
def test_every_value_comes_back_equal(client, value):
    sent = client.post(DOOR, event(json.dumps(value).encode())).json()

    stored = Event.objects.get(pk=sent["event"]["id"])
    assert values.loads(bytes(stored.properties)) == value
    shown = client.get(f"{DOOR}{stored.pk}/").json()
    assert shown["properties"] == value or shown.get("masked")


@given(body=st.binary(max_size=200) | st.text(string.printable).map(str.encode))
@quick
@pytest.mark.django_db
def test_no_bytes_break_the_door(client, body):
    assert client.post(DOOR, body).status_code in (202, 400)


@given(value=VALUES)
@quick
@pytest.mark.django_db
def test_no_value_in_place_of_an_event_or_a_graph_breaks_the_door(client, workflow, value):
    body = json.dumps(value).encode()

    assert client.post(DOOR, body).status_code in (202, 400)
    assert client.post(f"/api/workflows/{workflow.pk}/check/", body).status_code in (200, 400)
    graph = b'{"graph":' + body + b"}"
    assert client.post(f"/api/workflows/{workflow.pk}/check/", graph).status_code in (200, 400)
