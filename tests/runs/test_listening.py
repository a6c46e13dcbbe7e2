"""Listening for a test event: the next call of a draft's webhook runs the draft, once, for five minutes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from flowstudio import models
from flowstudio.engine.errors import GraphInvalid
from flowstudio.engine.graph import Graph
from flowstudio.runs import listening
from flowstudio.runs.events import EventRefused, NewEvent

pytestmark = pytest.mark.django_db

PATH = "0123456789abcdef"
CALL = NewEvent("webhook", {"body": {"a": 1}})


def graph(path=PATH, message="{{ payload.body.a }}"):
    nodes = [
        {"id": "hook", "plugin": "webhook", "name": "Webhook", "config": {"path": path}},
        {"id": "log", "plugin": "log", "name": "Log", "config": {"message": message}},
    ]
    edge = {"id": "e", "source": "hook", "source_port": "payload", "target": "log", "target_port": "payload"}
    return Graph.from_document({"format": "flowstudio/1", "nodes": nodes, "edges": [edge]})


@pytest.fixture
def editor(django_user_model):
    return django_user_model.objects.create_user("editor")


@pytest.fixture
def workflow():
    return models.Workflow.objects.create(name="Draft", graph=graph().to_bytes())


def test_it_says_what_to_call_and_until_when(workflow, editor):
    started = listening.start(workflow, graph(), "hook", editor)

    assert started.path == PATH
    assert timedelta(minutes=4) < started.expires - timezone.now() <= timedelta(minutes=5)
    heard = listening.state(workflow, "hook")
    assert (heard.event, heard.run) == (None, None)


def test_the_next_call_runs_the_draft_as_a_test(workflow, editor):
    listening.start(workflow, graph(), "hook", editor)
    [listener] = listening.open_at(PATH)

    run = listening.take(listener, CALL)

    assert run.is_test and run.event.is_test
    assert (run.workflow, run.start_node, run.snapshot_id) == (workflow, "hook", graph().hash)
    heard = listening.state(workflow, "hook")
    assert (heard.event, heard.run) == (run.event, run)


def test_only_one_call_is_taken(workflow, editor):
    listening.start(workflow, graph(), "hook", editor)
    [listener] = listening.open_at(PATH)
    listening.take(listener, CALL)

    assert not listening.open_at(PATH).exists()
    assert listening.take(listener, CALL) is None
    assert models.Run.objects.count() == 1


def test_it_ends_after_five_minutes_or_when_stopped(workflow, editor):
    listening.start(workflow, graph(), "hook", editor)
    models.WebhookListener.objects.update(expires=timezone.now())
    assert not listening.open_at(PATH).exists()

    listening.start(workflow, graph(), "hook", editor)
    listening.stop(workflow, "hook")
    assert not listening.open_at(PATH).exists()
    assert listening.state(workflow, "hook") is None


def test_listening_anew_takes_the_new_draft(workflow, editor):
    listening.start(workflow, graph(), "hook", editor)
    listening.start(workflow, graph("fedcba9876543210"), "hook", editor)

    assert not listening.open_at(PATH).exists()
    assert listening.open_at("fedcba9876543210").count() == 1


def test_another_path_hears_nothing(workflow, editor):
    listening.start(workflow, graph(), "hook", editor)

    assert not listening.open_at("fedcba9876543210").exists()


@pytest.mark.parametrize(("path", "node"), [("short", "hook"), (PATH, "log"), (PATH, "nowhere")])
def test_only_a_complete_webhook_can_listen(workflow, editor, path, node):
    with pytest.raises(EventRefused) as refusal:
        listening.start(workflow, graph(path), node, editor)

    assert refusal.value.code == "no_webhook"


def test_a_draft_that_cannot_run_says_so_at_once(workflow, editor):
    with pytest.raises(GraphInvalid):
        listening.start(workflow, graph(message="{{ payload."), "hook", editor)
