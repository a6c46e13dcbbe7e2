"""Runs over HTTP: what was executed, step by step, for those who may see it."""

import pytest
from django.contrib.auth.models import Group

from flowstudio.models import Event, Run, Status, Step, Workflow, WorkflowGrant

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(owner, workflow, client_of):
    """A test run of the workflow with two recorded steps."""
    fired = client_of(owner).post(f"/api/workflows/{workflow.pk}/test/", {"event": {"type": "order.placed"}})
    run = Run.objects.get(pk=fired.json()["run"]["id"])
    summary = {"type": "object", "size": 9, "count": 1, "preview": '{"a": 1}'}
    for seq, node in ((1, "n1"), (2, "n2")):
        Step.objects.create(
            run=run,
            seq=seq,
            node=node,
            plugin="log",
            status=Status.SUCCEEDED,
            ports=["payload"],
            summary={"input": summary, "outputs": {"payload": summary}},
            input=b'{"a":1}',
            outputs=b'{"payload":{"a":1}}',
            log=[{"time": "2026-01-01T00:00:00Z", "level": "info", "message": "a is 1"}],
        )
    return run


def address(run, rest=""):
    return f"/api/runs/{run.pk}/{rest}"


def test_a_run_shows_the_graph_it_runs_on_and_its_tree(owner, run, client_of):
    child = Run(
        workflow=run.workflow, snapshot=run.snapshot, event=run.event, start_node="n2", kind="background",
        parent=run, parent_node="n1", root=run,
    )  # fmt: skip
    child.save()

    shown = client_of(owner).get(address(child)).json()

    assert [node["id"] for node in shown["graph"]["nodes"]] == ["n1", "n2"]
    assert [each["id"] for each in shown["tree"]] == [str(run.pk), str(child.pk)]
    assert (shown["parent"], shown["root"], shown["kind"]) == (str(run.pk), str(run.pk), "background")


def test_without_the_role_payloads_no_error_says_what_was_in_them(run, person_with, client_of):
    error = {"message": "card 4711 is refused", "type": "NodeFailed", "node": "n2"}
    Run.objects.filter(pk=run.pk).update(status="failed", reason="error", error=error)
    Step.objects.filter(node="n2").update(status="failed", error=error)
    client = client_of(person_with("view", "run"))

    answers = [
        client.get("/api/runs/"),
        client.get(address(run)),
        client.get(address(run, "steps/")),
        client.post(address(run, "cancel/")),
    ]

    for answer in answers:
        assert "4711" not in answer.content.decode()
        assert "NodeFailed" in answer.content.decode()


def test_a_trace_continues_after_a_position(owner, run, client_of):
    client = client_of(owner)

    whole = client.get(address(run, "steps/")).json()
    rest = client.get(address(run, "steps/?after=1")).json()
    nothing = client.get(address(run, "steps/?after=2")).json()

    assert ([step["node"] for step in whole["results"]], whole["seq"]) == (["n1", "n2"], 2)
    assert ([step["node"] for step in rest["results"]], rest["seq"]) == (["n2"], 2)
    assert nothing == {"results": [], "seq": 2}


@pytest.mark.parametrize("after", ["-1", "x", str(2**63)])
def test_a_position_that_is_none_is_refused(owner, run, client_of, after):
    assert client_of(owner).get(address(run, f"steps/?after={after}")).status_code == 400


def test_a_step_is_opened_with_its_whole_payloads(owner, run, client_of):
    step = run.steps.first()

    shown = client_of(owner).get(address(run, f"steps/{step.pk}/")).json()

    assert shown["input"]["value"] == {"a": 1}
    assert shown["outputs"]["payload"]["value"] == {"a": 1}


def test_without_the_role_payloads_nothing_of_them_is_shown(run, person_with, client_of):
    client, step = client_of(person_with("view")), run.steps.first()

    trace = client.get(address(run, "steps/"))
    refused = client.get(address(run, f"steps/{step.pk}/"))

    assert refused.status_code == 403
    assert trace.json()["results"][0]["input"] is None
    assert trace.json()["results"][0]["outputs"] == {"payload": None}
    assert "a is 1" not in trace.content.decode()


def test_a_step_of_another_run_is_not_there(owner, run, workflow, client_of):
    other = (
        client_of(owner).post(f"/api/workflows/{workflow.pk}/test/", {"event": {"type": "t"}}).json()["run"]
    )

    answer = client_of(owner).get(f"/api/runs/{other['id']}/steps/{run.steps.first().pk}/")

    assert answer.status_code == 404


def test_runs_are_filtered(owner, run, workflow, client_of):
    client = client_of(owner)

    def ids(query):
        return [row["id"] for row in client.get(f"/api/runs/?{query}").json()["results"]]

    for query in (
        f"workflow={workflow.pk}",
        f"root={run.pk}",
        f"event={run.event_id}",
        "status=queued",
        "kind=foreground",
        "is_test=true",
        "event_type=order.placed",
        "since=2020-01-01T00:00:00Z",
        "until=2999-01-01T00:00:00Z",
    ):
        assert ids(query) == [str(run.pk)], query
    for query in (f"parent={run.pk}", "status=failed", "reason=crash", "is_test=false", "event_type=other"):
        assert ids(query) == [], query


@pytest.mark.parametrize(
    "query", ["status=dead", "workflow=7", "is_test=perhaps", "since=then", "order=name"]
)
def test_a_bad_filter_is_an_error_and_not_ignored(owner, client_of, query):
    answer = client_of(owner).get(f"/api/runs/?{query}")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["path"] == [query.partition("=")[0]]


def test_somebody_elses_run_is_not_there(outsider, run, client_of):
    client = client_of(outsider)

    assert client.get(address(run)).status_code == 404
    assert client.get(address(run, "steps/")).status_code == 404
    assert client.post(address(run, "cancel/")).status_code == 404
    assert client.get("/api/runs/").json()["results"] == []


def test_a_run_is_cancelled_and_stays_so(owner, run, client_of):
    client = client_of(owner)

    first = client.post(address(run, "cancel/"))
    second = client.post(address(run, "cancel/"))

    assert (first.status_code, second.status_code) == (202, 202)
    assert (first.json()["status"], first.json()["reason"]) == ("cancelled", "cancelled")
    assert second.json()["ended"] == first.json()["ended"]


@pytest.fixture
def called(run):
    """A run of another workflow, which ``run`` called and which failed over a secret."""
    other = Workflow.objects.create(name="Called", graph=run.workflow.graph)
    error = {"message": "card 4711 is refused", "type": "NodeFailed", "node": "n2"}
    child = Run(
        workflow=other, snapshot=run.snapshot, event=run.event, start_node="n1", call=1, status="failed",
        error=error, parent=run, parent_node="n2", root=run,
    )  # fmt: skip
    child.save()
    return child


def tree_of(client, run):
    return {each["id"]: each for each in client.get(address(run)).json()["tree"]}


def test_a_called_run_is_shown_to_those_who_see_its_workflow(owner, boss, run, called, client_of):
    for_both, for_one = tree_of(client_of(boss), run), tree_of(client_of(owner), run)

    assert {key: each["call"] for key, each in for_both.items()} == {str(run.pk): 0, str(called.pk): 1}
    assert for_one.keys() == {str(run.pk)}
    for rest in ("", "steps/"):
        assert client_of(owner).get(address(called, rest)).status_code == 404


def test_in_a_tree_each_run_hides_its_payloads_by_its_own_workflow(owner, run, called, client_of):
    group = Group.objects.create(name="some")
    owner.groups.add(group)
    WorkflowGrant.objects.create(workflow=called.workflow, group=group, role="view")
    Run.objects.filter(pk=run.pk).update(error=called.error)

    tree = tree_of(client_of(owner), run)

    assert "4711" in tree[str(run.pk)]["error"]["message"]
    assert "4711" not in tree[str(called.pk)]["error"]["message"]


def test_the_event_of_a_called_run_tells_those_of_its_workflow_what_was_handed_over(
    owner, run, called, client_of
):
    Event.objects.filter(pk=run.event.pk).update(properties=b'{"secret": 1}', user=None)
    handed = Event.objects.create(event_id="e", type="go", properties=b'{"n": 1}', run=run, scope="derived:x")
    Run.objects.filter(pk=called.pk).update(event=handed)
    Workflow.objects.filter(pk=run.workflow.pk).update(owner=None)
    Workflow.objects.filter(pk=called.workflow.pk).update(owner=owner)
    client = client_of(owner)

    assert client.get(f"/api/events/{handed.pk}/").json()["properties"] == {"n": 1}
    assert client.get(f"/api/events/{run.event.pk}/").status_code == 404
