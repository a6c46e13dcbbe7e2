"""Calls of webhooks, over HTTP: what is taken, what is refused, what is answered."""

import hashlib
import hmac
import json

import pytest
from django.test import Client

from flowstudio import models
from flowstudio.engine import values
from flowstudio.engine.graph import Graph
from flowstudio.runs import listening, publishing, writer

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "0123456789abcdef0123456789abcdef"
RESPOND = {
    "id": "respond",
    "plugin": "respond",
    "name": "Respond",
    "config": {"status": 201, "body": {"got": "{{ payload.body }}"}},
}
LOG = {"id": "log", "plugin": "log", "name": "Log", "config": {"message": "{{ payload.method }}"}}
FORM = b'--X\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--X--\r\n'
FILE = b'--X\r\nContent-Disposition: form-data; name="f"; filename="f.txt"\r\n\r\n1\r\n--X--\r\n'


def graph(behind=LOG, **config):
    hook = {"id": "hook", "plugin": "webhook", "name": "Hook", "config": {"path": PATH, **config}}
    edge = {
        "id": "e",
        "source": "hook",
        "source_port": "payload",
        "target": behind["id"],
        "target_port": "payload",
    }
    return Graph.from_document({"format": "flowstudio/1", "nodes": [hook, behind], "edges": [edge]})


def published(behind=LOG, **config):
    workflow = models.Workflow.objects.create(name="Shop", graph=graph().to_bytes(), enabled=True)
    publishing.publish(workflow, graph(behind, **config))
    return workflow


@pytest.fixture
def caller(settings):
    """A stranger: without session, and with CSRF checks on."""
    settings.ALLOWED_HOSTS = ["testserver"]
    return Client(enforce_csrf_checks=True)


def call(caller, body=b"{}", content_type="application/json", path=PATH, **options):
    return caller.post(f"/hooks/{path}/", body, content_type=content_type, **options)


def properties():
    return values.loads(bytes(models.Event.objects.get().properties))


def test_a_call_is_stored_with_its_run_and_answered_with_the_events_id(caller):
    workflow = published()

    response = call(caller, b'{"order": 7}')

    event = models.Event.objects.get()
    assert response.status_code == 202
    assert response.json() == {"event": {"id": str(event.id), "event_id": event.event_id}, "duplicate": False}
    assert event.type == "webhook"
    assert [(run.workflow, run.start_node) for run in event.runs.all()] == [(workflow, "hook")]


def test_the_event_holds_the_call_without_what_may_be_a_credential(caller):
    published()
    headers = {"X-Shop": "north", "Authorization": "Bearer x", "Cookie": "a=b", "X-Api-Key": "k"}
    call(caller, b'{"order": 7}', query_params={"a": ["1", "2"], "b": "3"}, headers=headers)

    found = properties()
    assert (found["method"], found["body"]) == ("POST", {"order": 7})
    assert found["query"] == {"a": ["1", "2"], "b": "3"}
    assert found["headers"]["x-shop"] == "north"
    assert found["headers"].keys().isdisjoint({"authorization", "cookie", "x-api-key"})


@pytest.mark.parametrize(
    ("content_type", "body", "value"),
    [
        ("application/vnd.shop+json; charset=utf-8", b"[1]", [1]),
        ("application/x-www-form-urlencoded", b"a=1&a=2&b=x%20y", {"a": ["1", "2"], "b": "x y"}),
        ("multipart/form-data; boundary=X", FORM, {"a": "1"}),
        ("text/plain", "grün".encode(), "grün"),
        ("application/xml", b"<a/>", "<a/>"),
        ("application/json", b"", None),
    ],
)
def test_the_body_is_read_by_its_content_type(caller, content_type, body, value):
    published()

    assert call(caller, body, content_type).status_code == 202
    assert properties()["body"] == value


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b'{"a": ', 400),
        ("application/json", b'{"a": NaN}', 400),
        ("application/json", b"[" * 65 + b"]" * 65, 400),
        ("text/plain", b"\xff\xfe", 400),
        ("multipart/form-data", b"x", 400),
        ("multipart/form-data; boundary=X", FILE, 415),
        ("application/json", b'"' + b"x" * 1024 * 1024 + b'"', 413),
    ],
)
def test_a_body_that_cannot_be_taken_is_refused_and_nothing_is_stored(caller, content_type, body, status):
    published()

    response = call(caller, body, content_type)

    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert not models.Event.objects.exists()


def test_the_slash_at_the_end_may_be_left_out(caller):
    published()

    assert caller.post(f"/hooks/{PATH}", b"{}", content_type="application/json").status_code == 202


def test_an_unknown_path_a_switched_off_workflow_and_a_draft_are_not_found(caller):
    workflow = published()

    assert call(caller, path="f" * 32).status_code == 404
    models.Workflow.objects.filter(pk=workflow.pk).update(enabled=False)
    assert call(caller).status_code == 404
    assert not models.Event.objects.exists()


def test_only_the_listed_methods_are_taken(caller):
    published(methods=["GET", "PUT"])

    assert call(caller).status_code == 405
    assert caller.get(f"/hooks/{PATH}/", {"challenge": "1"}).status_code == 202
    assert properties()["query"] == {"challenge": "1"}


def test_the_event_type_can_be_chosen(caller):
    published(event_type="shop.order")
    call(caller)

    assert models.Event.objects.get().type == "shop.order"


def test_a_call_that_is_not_signed_is_refused_and_a_signed_one_taken(caller):
    published(signature="github", secret="s3cret")
    body = b'{"a": 1}'
    signature = "sha256=" + hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()

    assert call(caller, body).status_code == 401
    assert not models.Event.objects.exists()
    assert call(caller, body, headers={"X-Hub-Signature-256": signature}).status_code == 202
    assert "x-hub-signature-256" not in properties()["headers"]


def test_a_message_that_comes_again_starts_nothing_again(caller):
    published()
    first = call(caller, headers={"X-GitHub-Delivery": "d1"}).json()
    again = call(caller, headers={"X-GitHub-Delivery": "d1"}).json()

    assert again == {"event": first["event"], "duplicate": True}
    assert models.Run.objects.count() == 1


def test_a_call_starts_only_the_workflow_of_its_path(caller):
    published()
    other = models.Workflow.objects.create(name="Other", graph=graph().to_bytes(), enabled=True)
    publishing.publish(other, graph(path="f" * 32))

    call(caller)

    assert models.Run.objects.get().workflow.name == "Shop"


def test_a_respond_node_answers_the_caller(caller, runner):
    published(RESPOND)

    response = call(caller, b'{"order": 7}')

    assert response.status_code == 201
    assert response.json() == {"got": {"order": 7}}
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.fixture
def listener(django_user_model):
    """An editor who listens with a draft of a workflow that is not published."""
    workflow = models.Workflow.objects.create(name="Draft", graph=graph().to_bytes())
    editor = django_user_model.objects.create_user("editor")

    def listen(**config):
        writer.run(listening.start, workflow, graph(**config), "hook", editor)
        return workflow

    return listen


def test_the_next_call_goes_into_a_listening_draft(caller, listener):
    workflow = listener()

    response = call(caller, b'{"order": 7}')

    assert response.status_code == 202
    run = listening.state(workflow, "hook").run
    assert run.is_test
    assert properties()["body"] == {"order": 7}
    assert call(caller).status_code == 404


def test_listening_takes_nothing_from_the_published_workflow(caller, listener):
    published()
    listener(signature="github", secret="s3cret")

    assert call(caller).status_code == 202
    assert models.Run.objects.get().workflow.name == "Shop"


def test_both_the_draft_and_the_published_workflow_run(caller, listener):
    published()
    listener()
    call(caller)

    assert set(models.Run.objects.values_list("workflow__name", "is_test")) == {
        ("Shop", False),
        ("Draft", True),
    }


def test_a_draft_that_refuses_the_call_says_so(caller, listener):
    listener(methods=["PUT"])

    response = call(caller)

    assert response.status_code == 405
    assert json.loads(response.content)["detail"] == "This webhook takes PUT."
