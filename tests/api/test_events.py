"""Events over HTTP: taken one by one, as lists and as CloudEvents; seen by those whom they concern."""

import pytest

from flowstudio.models import Event, Run
from flowstudio.runs import graphs
from flowstudio.tokens import create_token
from tests.api.conftest import ApiClient

DOOR = "/api/events/"
CLOUD_EVENT = {
    "specversion": "1.0",
    "id": "A1",
    "source": "/shop",
    "type": "order.placed",
    "subject": "order 7",
    "time": "2026-01-01T12:00:00Z",
    "datacontenttype": "application/json",
    "traceparent": "00-abc",
    "data": {"total": 7},
}


@pytest.fixture
def client(boss, client_of):
    return client_of(boss)


def read(client, accepted):
    return client.get(f"{DOOR}{accepted['event']['id']}/").json()


@pytest.mark.django_db
def test_an_event_is_stored_and_starts_what_listens(client, boss, graph, make_workflow):
    workflow = make_workflow(graph(("s", "start", {"event_types": ["order.placed"]})), owner=boss)
    make_workflow(graph(("s", "start", {"event_types": ["other"]})), name="Other", owner=boss)

    answer = client.post(DOOR, {"type": "order.placed", "properties": {"total": 7}})

    assert answer.status_code == 202
    (run,) = answer.json()["runs"]
    assert (run["workflow"], run["workflow_name"], run["status"]) == (str(workflow.pk), "Workflow", "queued")
    event = read(client, answer.json())
    assert event["properties"] == {"total": 7}
    assert [each["id"] for each in event["runs"]] == [run["id"]]


@pytest.mark.django_db
def test_secrets_of_an_event_are_masked_for_people_and_true_for_nodes(client, boss, graph, make_workflow):
    workflow = make_workflow(graph(("s", "start")), owner=boss)
    properties = {"user": {"password": "tulip-7Q"}, "n": 1}

    accepted = client.post(DOOR, {"type": "t", "properties": properties}).json()
    shown = client.get(f"{DOOR}{accepted['event']['id']}/").json()
    [listed] = client.get(DOOR).json()["results"]

    assert (shown["properties"], shown["masked"]) == (
        {"user": {"password": "•••"}, "n": 1},
        [["user", "password"]],
    )
    assert listed["properties"]["masked"] == [["user", "password"]]
    assert "tulip-7Q" not in str([shown, listed])
    kept = workflow.runs.get().event.properties
    assert b"tulip-7Q" in bytes(kept)


def test_the_same_id_from_the_same_source_starts_nothing_twice(client, boss, graph, make_workflow):
    make_workflow(graph(("s", "start")), owner=boss)
    event = {"type": "t", "id": "A1", "source": "shop"}

    first = client.post(DOOR, event).json()
    second = client.post(DOOR, event)
    other = client.post(DOOR, {**event, "source": "till"}).json()

    assert second.status_code == 202
    assert (first["duplicate"], second.json()["duplicate"], other["duplicate"]) == (False, True, False)
    assert second.json()["event"] == first["event"]
    assert Run.objects.count() == 2


@pytest.mark.django_db
def test_ids_are_each_tokens_own(boss, owner):
    event = {"type": "t", "id": "A1"}
    answers = [
        ApiClient().post(
            DOOR, event, headers={"Authorization": f"Bearer {create_token(user, 'x', ['events'])[1]}"}
        )
        for user in (boss, owner)
    ]

    assert [answer.json()["duplicate"] for answer in answers] == [False, False]


@pytest.mark.django_db
def test_a_list_gives_a_list(client):
    answer = client.post(DOOR, [{"type": "a"}, {"type": "b"}])

    assert [each["event"]["type"] for each in answer.json()] == ["a", "b"]


@pytest.mark.django_db
def test_a_list_with_one_bad_event_stores_none(client):
    answer = client.post(DOOR, [{"type": "a"}, {"type": ""}, {"typ": "c"}])

    assert answer.status_code == 400
    assert [error["path"] for error in answer.json()["errors"]] == [[1, "type"], [2, "typ"]]
    assert not Event.objects.exists()


@pytest.mark.parametrize("events", [[], [{"type": "t"}] * 1001])
@pytest.mark.django_db
def test_a_list_has_a_size(client, events):
    assert client.post(DOOR, events).status_code == 400


@pytest.mark.parametrize("kind", ["application/cloudevents+json", "application/json"])
@pytest.mark.django_db
def test_a_structured_cloud_event_is_one_to_one(client, kind):
    event = read(client, client.post(DOOR, CLOUD_EVENT, content_type=kind).json())

    assert (event["event_id"], event["source"], event["subject"]) == ("A1", "/shop", "order 7")
    assert (event["type"], event["properties"]) == ("order.placed", {"total": 7})
    assert event["time"] == "2026-01-01T12:00:00.000000Z"


@pytest.mark.django_db
def test_a_batch_of_cloud_events(client):
    batch = [CLOUD_EVENT, {**CLOUD_EVENT, "id": "A2"}]

    answer = client.post(DOOR, batch, content_type="application/cloudevents-batch+json")

    assert [each["event"]["event_id"] for each in answer.json()] == ["A1", "A2"]


@pytest.mark.django_db
def test_a_binary_cloud_event_has_its_attributes_in_headers(client):
    headers = {f"ce-{name}": CLOUD_EVENT[name] for name in ("specversion", "id", "source", "type")}

    event = read(client, client.post(DOOR, {"total": 7}, headers=headers).json())

    assert (event["event_id"], event["type"], event["properties"]) == ("A1", "order.placed", {"total": 7})


@pytest.mark.django_db
def test_the_headers_of_a_binary_cloud_event_carry_other_characters_percent_encoded(client):
    headers = {f"ce-{name}": CLOUD_EVENT[name] for name in ("specversion", "id", "source", "type")}

    event = read(client, client.post(DOOR, {}, headers={**headers, "ce-subject": "caf%C3%A9%20noir"}).json())

    assert event["subject"] == "café noir"


@pytest.mark.django_db
def test_a_binary_cloud_event_may_have_no_data(client):
    headers = {f"ce-{name}": CLOUD_EVENT[name] for name in ("specversion", "id", "source", "type")}

    event = read(client, client.generic("POST", DOOR, b"", headers=headers).json())

    assert event["properties"] is None


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"specversion": "0.3"}, ["specversion"]),
        ({"id": ""}, ["id"]),
        ({"time": "yesterday"}, ["time"]),
        ({"type": "x" * 201}, ["type"]),
    ],
)
@pytest.mark.django_db
def test_a_wrong_cloud_event_says_where(client, change, place):
    answer = client.post(DOOR, {**CLOUD_EVENT, **change})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["path"] == place


@pytest.mark.parametrize("wait", ["-1", "soon", "nan"])
@pytest.mark.django_db
def test_a_wait_that_is_no_time_is_refused(client, wait):
    assert client.post(f"{DOOR}?wait={wait}", {"type": "t"}).status_code == 400


@pytest.mark.django_db
def test_a_wait_that_is_over_too_soon_answers_what_is_there(client, boss, graph, make_workflow):
    make_workflow(graph(("s", "start")), owner=boss)

    answer = client.post(f"{DOOR}?wait=0", {"type": "t"})

    assert answer.status_code == 202
    assert [run["status"] for run in answer.json()["runs"]] == ["queued"]


@pytest.mark.django_db
def test_an_event_starts_only_where_its_sender_may_run(outsider, client_of, boss, graph, make_workflow):
    make_workflow(graph(("s", "start")), owner=boss)

    answer = client_of(outsider).post(DOOR, {"type": "t"})

    assert answer.json()["runs"] == []


@pytest.mark.django_db
def test_events_are_seen_by_their_sender_and_by_viewers_of_what_they_started(
    client_of, boss, outsider, owner, person_with, workflow, graph
):
    own = client_of(outsider).post(DOOR, {"type": "own"}).json()
    started = client_of(boss).post(DOOR, {"type": "started"}).json()
    drawn = graph(("s", "start"))
    event = Event.objects.get(pk=started["event"]["id"])
    run = Run(workflow=workflow, snapshot=graphs.snapshot(drawn), event=event, start_node="s")
    run.root = run
    run.save()
    viewer, reader = person_with("view"), person_with("view", "payloads")

    def types(user):
        return {row["type"] for row in client_of(user).get(DOOR).json()["results"]}

    assert types(boss) == {"own", "started"}
    assert types(outsider) == {"own"}
    assert types(viewer) == types(reader) == types(owner) == {"started"}
    assert client_of(viewer).get(f"{DOOR}{own['event']['id']}/").status_code == 404
    assert read(client_of(viewer), started)["properties"] is None
    assert client_of(viewer).get(DOOR).json()["results"][0]["properties"] is None
    assert read(client_of(reader), started)["properties"] == {}


@pytest.mark.django_db
def test_events_are_filtered(client):
    client.post(DOOR, [{"type": "a", "source": "x"}, {"type": "b"}])

    def types(query):
        return [row["type"] for row in client.get(f"{DOOR}?{query}").json()["results"]]

    assert types("type=a") == types("source=x") == ["a"]
    assert types("since=2999-01-01T00:00:00Z") == []
    assert types("is_test=false") == ["b", "a"]
    assert client.get(f"{DOOR}?is_test=perhaps").status_code == 400
    assert client.get(f"{DOOR}?since=yesterday").status_code == 400


# ── With a runner ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def running(runner, boss, client_of):
    return client_of(boss)


def test_who_waits_gets_the_final_status(running, boss, graph, make_workflow):
    make_workflow(graph(("s", "start"), ("l", "log", {"message": "x"}), edges=["s > l"]), owner=boss)

    answer = running.post(f"{DOOR}?wait=10", {"type": "t"})

    assert answer.status_code == 200
    assert [run["status"] for run in answer.json()["runs"]] == ["succeeded"]


def test_who_waits_gets_what_respond_answers(running, boss, graph, make_workflow):
    respond = {"status": 418, "headers": {"Location": "/x", "Set-Cookie": "a=b"}, "body": {"a": 1}}
    make_workflow(graph(("s", "start"), ("r", "respond", respond), edges=["s > r"]), owner=boss)

    answer = Plain.of(running).post(f"{DOOR}?wait=10", {"type": "t"}, content_type="application/json")

    assert (answer.status_code, answer.json()) == (418, {"a": 1})
    assert answer["Location"] == "/x"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "a" not in answer.cookies


def test_a_workflow_that_submits_at_once_answers_with_the_branchs_id(running, boss, graph, make_workflow):
    make_workflow(
        graph(
            ("s", "start"),
            ("b", "run_in_background"),
            ("d", "delay", {"seconds": 0.2}),
            edges=["s > b", "b.output > d"],
        ),
        owner=boss,
    )

    answer = running.post(DOOR, {"type": "t"})

    assert answer.status_code == 202
    (run,) = answer.json()["runs"]
    (branch,) = run["background_runs"]
    assert Run.objects.get(pk=branch).parent_id == Run.objects.get(pk=run["id"]).pk


def test_a_called_run_is_no_background_run_of_what_the_event_started(running, boss, graph, make_workflow):
    called = make_workflow(graph(("s", "start", {"event_types": ["never"]})), owner=boss)
    make_workflow(
        graph(("s", "start"), ("c", "call_workflow", {"workflow": str(called.pk)}), edges=["s > c"]),
        owner=boss,
    )

    answer = running.post(f"{DOOR}?wait=10", {"type": "t"})

    assert Run.objects.filter(call=1).count() == 1
    assert [run["background_runs"] for run in answer.json()["runs"]] == [[]]


class Plain(ApiClient):
    """For an answer that a workflow's author wrote, which no document describes."""

    @classmethod
    def of(cls, client):
        plain = cls()
        plain.cookies = client.cookies
        return plain

    def request(self, **environ):
        return super(ApiClient, self).request(**environ)
