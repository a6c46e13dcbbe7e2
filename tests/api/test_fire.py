"""Test events: on the draft or an unsaved graph, each refusal at its place and nothing half-written."""

import pytest
from django.contrib.auth.models import Group

from flowstudio.models import Event, PluginConfig, Run, Snapshot

pytestmark = pytest.mark.django_db


def fire(client, workflow, **body):
    return client.post(f"/api/workflows/{workflow.pk}/test/", {"event": {"type": "t"}, **body})


def test_a_test_event_starts_one_run_of_the_saved_draft(owner, workflow, client_of):
    answer = fire(client_of(owner), workflow)

    assert answer.status_code == 202
    run = answer.json()["run"]
    assert (run["is_test"], run["recording"], run["start_node"], run["version"]) == (True, "all", "n1", None)
    assert Event.objects.get().is_test


def test_an_unsaved_draft_is_tested_and_not_saved(owner, workflow, client_of, document):
    graph = document(("x", "start", {}))

    run = fire(client_of(owner), workflow, graph=graph).json()["run"]

    assert Run.objects.get(pk=run["id"]).start_node == "x"
    assert client_of(owner).get(f"/api/workflows/{workflow.pk}/").json()["revision"] == 1


def test_an_unsaved_draft_needs_edit_and_run(workflow, person_with, client_of, document):
    runner, editor = person_with("run"), person_with("edit")
    both = person_with("edit", "run")

    assert fire(client_of(runner), workflow).status_code == 202
    assert fire(client_of(runner), workflow, graph=document()).status_code == 403
    assert fire(client_of(editor), workflow, graph=document()).status_code == 403
    assert fire(client_of(both), workflow, graph=document()).status_code == 202


@pytest.mark.parametrize(
    ("nodes", "edges"),
    [
        ((("n1", "start", {}), ("n2", "no_such_plugin", {})), ["n1.payload > n2"]),
        ((("n1", "start", {}), ("n2", "log", {"message": "x"})), ["n1.wrong > n2"]),
        (
            (("n1", "start", {}), ("n2", "log", {"message": "x"}), ("n3", "log", {"message": "x"})),
            ["n1.payload > n2", "n2.payload > n3", "n3.payload > n2"],
        ),
        ((("n1", "start", {}), ("n2", "delay", {"seconds": []})), ["n1.payload > n2"]),
        ((("n1", "start", {}), ("n2", "if", {"condition": "payload. >"})), ["n1.payload > n2"]),
    ],
    ids=["unknown plugin", "unknown port", "cycle", "config of the wrong type", "syntax error"],
)
def test_a_graph_that_cannot_run_is_refused_with_its_problems(
    owner, workflow, client_of, document, nodes, edges
):
    answer = fire(client_of(owner), workflow, graph=document(*nodes, edges=edges))

    assert answer.status_code == 422
    assert answer.json()["problems"]
    assert not Run.objects.exists()
    assert not Event.objects.exists()
    assert not Snapshot.objects.exists()


def test_an_event_that_no_trigger_takes_says_so(owner, workflow, client_of, document):
    graph = document(("n1", "start", {"event_types": ["order.placed"]}))

    answer = fire(client_of(owner), workflow, graph=graph)

    assert answer.status_code == 422
    assert "n1" in answer.json()["detail"]
    assert not Event.objects.exists()


def test_a_plugin_closed_to_a_person_is_closed_at_this_door_too(workflow, person_with, client_of, document):
    config = PluginConfig.objects.create(plugin="log")
    config.groups.add(Group.objects.create(name="operators"))

    answer = fire(client_of(person_with("edit", "run")), workflow, graph=document())

    assert answer.status_code == 422
    assert [problem["node"] for problem in answer.json()["problems"]] == ["n2"]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"event": {"type": ""}}, ["event", "type"]),
        ({"event": None}, ["event"]),
        ({"pins": {"n1": 7}}, ["pins", "n1"]),
        ({"graph": {}}, ["graph", "format"]),
        ({"strat": "n1"}, ["strat"]),
    ],
)
def test_a_wrong_body_says_where(owner, workflow, client_of, body, place):
    answer = fire(client_of(owner), workflow, **body)

    assert answer.status_code == 400
    assert place in [error["path"] for error in answer.json()["errors"]]


def test_listening_starts_is_asked_and_stops(owner, workflow, client_of, document):
    client, address = client_of(owner), f"/api/workflows/{workflow.pk}/listen/"
    graph = document(("n1", "webhook", {"path": "p" * 43}))

    started = client.post(address, {"node": "n1", "graph": graph}).json()
    before = client.get(f"{address}?node=n1").json()
    client.post("/hooks/" + "p" * 43 + "/", {"a": 1})
    after = client.get(f"{address}?node=n1").json()
    stopped = client.delete(f"{address}?node=n1")

    assert started["url"] == "http://testserver/hooks/" + "p" * 43 + "/"
    assert (before["event"], before["expires"]) == (None, started["expires"])
    assert after["event"]["is_test"] is True
    assert after["run"]["start_node"] == "n1"
    assert stopped.status_code == 204
    assert client.get(f"{address}?node=n1").json() == {"event": None, "run": None, "expires": None}


def test_listening_at_what_is_no_webhook_is_refused(owner, workflow, client_of):
    answer = client_of(owner).post(f"/api/workflows/{workflow.pk}/listen/", {"node": "n1"})

    assert answer.status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {"event": {"type": "t", "properties": {"user": {"password": "•••"}}}},
        {"pins": {"n1": {"payload": {"url": "https://ada:•••@example.org"}}}},
    ],
    ids=["event", "pin"],
)
def test_a_masked_value_is_asked_for_and_never_run_with(owner, workflow, client_of, body):
    answer = fire(client_of(owner), workflow, **body)

    assert answer.status_code == 422
    assert answer.json()["type"].endswith(":masked")
    assert "Put the true one" in answer.json()["detail"]
    assert not Run.objects.exists()
