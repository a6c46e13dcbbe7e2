"""Workflows over HTTP: saved with a revision, seen by those who may, deleted without losing runs."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from flowstudio.models import Event, Role, Run, Snapshot, Workflow, WorkflowGrant

pytestmark = pytest.mark.django_db


def address(workflow, rest=""):
    return f"/api/workflows/{workflow.pk}/{rest}"


def test_a_new_workflow_is_empty_switched_off_and_its_makers(boss, client_of):
    answer = client_of(boss).post("/api/workflows/", {"name": "Orders"})

    assert answer.status_code == 201
    made = answer.json()
    assert made["graph"] == {"format": "flowstudio/1", "nodes": [], "edges": []}
    assert (made["enabled"], made["revision"], made["published_version"]) == (False, 1, None)
    assert made["owner"]["name"] == "boss"
    assert made["roles"] == ["view", "edit", "run", "publish", "payloads"]


def test_making_workflows_needs_djangos_permission(owner, client_of):
    refused = client_of(owner).post("/api/workflows/", {"name": "Mine"})
    owner.user_permissions.add(Permission.objects.get(codename="add_workflow"))
    owner = type(owner).objects.get(pk=owner.pk)  # permissions are cached on the object
    made = client_of(owner).post("/api/workflows/", {"name": "Mine"})

    assert refused.status_code == 403
    assert "flowstudio.add_workflow" in refused.json()["detail"]
    assert made.status_code == 201


def test_a_save_changes_what_is_given_and_raises_the_revision(owner, workflow, client_of, document):
    client = client_of(owner)
    graph = document(("n1", "start", {}))

    saved = client.patch(address(workflow), {"revision": 1, "graph": graph, "description": "new"}).json()

    assert saved["revision"] == 2
    assert [node["id"] for node in saved["graph"]["nodes"]] == ["n1"]
    assert (saved["name"], saved["description"]) == ("Orders", "new")
    assert client.get(address(workflow)).json() == saved


def test_a_stale_save_changes_nothing_and_gets_what_is_there(owner, workflow, client_of):
    client = client_of(owner)
    client.patch(address(workflow), {"revision": 1, "name": "First"})

    stale = client.patch(address(workflow), {"revision": 1, "name": "Second"})

    assert stale.status_code == 409
    assert (stale.json()["current"]["name"], stale.json()["current"]["revision"]) == ("First", 2)
    assert client.get(address(workflow)).json()["name"] == "First"


def test_a_draft_may_hold_problems_and_says_where_they_are(owner, workflow, client_of, document):
    graph = document(("n1", "start", {}), ("n2", "no_such_plugin", {}))

    saved = client_of(owner).patch(address(workflow), {"revision": 1, "graph": graph}).json()

    assert [(problem["node"], problem["severity"]) for problem in saved["problems"]] == [("n2", "error")]


def test_a_checked_graph_is_not_saved(owner, workflow, client_of, document):
    client = client_of(owner)
    graph = document(("n1", "start", {}), ("n2", "no_such_plugin", {}))

    found = client.post(address(workflow, "check/"), {"graph": graph}).json()["problems"]

    assert [problem["node"] for problem in found] == ["n2"]
    assert client.get(address(workflow)).json()["problems"] == []


@pytest.mark.parametrize(
    ("broken", "place"),
    [
        ({"format": "flowstudio/2", "nodes": [], "edges": []}, ["graph", "format"]),
        (
            {"format": "flowstudio/1", "nodes": [{"id": "n1"}], "edges": []},
            ["graph", "nodes", "n1", "plugin"],
        ),
        ({"format": "flowstudio/1", "nodes": {}, "edges": []}, ["graph", "nodes"]),
        ({"format": "flowstudio/1", "nodes": [], "edges": [], "more": 1}, ["graph", "more"]),
        ([], ["graph"]),
    ],
)
def test_what_is_no_graph_document_is_refused_at_its_place(owner, workflow, client_of, broken, place):
    refused = client_of(owner).patch(address(workflow), {"revision": 1, "graph": broken})

    assert refused.status_code == 400
    assert place in [error["path"] for error in refused.json()["errors"]]
    assert Workflow.objects.get().revision == 1


def test_a_graph_over_the_limit_is_refused(owner, workflow, client_of, document, settings):
    settings.FLOWSTUDIO = {**settings.FLOWSTUDIO, "MAX_GRAPH_NODES": 1}

    refused = client_of(owner).patch(address(workflow), {"revision": 1, "graph": document()})

    assert refused.status_code == 400
    assert refused.json()["errors"] == [
        {"path": ["graph", "nodes"], "message": "2 nodes are more than the 1 a graph may have."}
    ]


def test_a_misspelt_field_is_an_error_and_not_ignored(owner, workflow, client_of):
    refused = client_of(owner).patch(address(workflow), {"revision": 1, "nmae": "x"})

    assert refused.status_code == 400
    assert refused.json()["errors"][0]["path"] == ["nmae"]


def test_settings_are_merged_and_checked(owner, workflow, client_of):
    client = client_of(owner)

    saved = client.patch(address(workflow), {"revision": 1, "settings": {"recording": "status"}})
    refused = client.patch(address(workflow), {"revision": 2, "settings": {"recording": "some"}})

    assert saved.json()["settings"] == {"recording": "status"}
    assert refused.json()["errors"][0]["path"] == ["settings", "recording"]


def test_a_workflow_has_a_time_limit_of_its_own(owner, workflow, client_of):
    client = client_of(owner)

    saved = client.patch(address(workflow), {"revision": 1, "settings": {"max_seconds": 30}})
    refused = client.patch(address(workflow), {"revision": 2, "settings": {"max_seconds": 0}})

    assert saved.json()["settings"] == {"max_seconds": 30}
    assert refused.json()["errors"][0]["path"] == ["settings", "max_seconds"]


def test_only_what_is_published_is_switched_on(owner, workflow, client_of):
    client = client_of(owner)

    early = client.patch(address(workflow), {"revision": 1, "enabled": True})
    client.post(address(workflow, "publish/"))
    late = client.patch(address(workflow), {"revision": 1, "enabled": True})

    assert early.status_code == 422
    assert early.json()["errors"][0]["path"] == ["enabled"]
    assert late.json()["enabled"] is True


def test_somebody_elses_workflow_is_not_there(outsider, workflow, client_of):
    client = client_of(outsider)

    assert client.get(address(workflow)).status_code == 404
    assert client.patch(address(workflow), {"revision": 1, "name": "Mine"}).status_code == 404
    assert client.delete(address(workflow)).status_code == 404
    assert client.get("/api/workflows/").json()["results"] == []


def test_a_role_that_is_missing_is_named(workflow, person_with, client_of):
    refused = client_of(person_with("view")).patch(address(workflow), {"revision": 1, "name": "Mine"})

    assert refused.status_code == 403
    assert "'edit'" in refused.json()["detail"]


def test_deleting_hides_the_workflow_and_keeps_its_runs(owner, workflow, client_of):
    snapshot = Snapshot.objects.create(hash="0" * 64, graph=workflow.graph)
    event = Event.objects.create(type="t", event_id="1", properties=b"{}")
    run = Run(workflow=workflow, snapshot=snapshot, event=event, start_node="n1")
    run.root = run
    run.save()
    client = client_of(owner)

    deleted = client.delete(address(workflow))

    assert deleted.status_code == 204
    assert client.get(address(workflow)).status_code == 404
    assert client.get(f"/api/runs/{run.pk}/").status_code == 200
    assert Workflow.objects.get().deleted <= timezone.now()


def test_a_list_row_counts_nodes_and_shows_the_last_run(owner, workflow, client_of):
    client = client_of(owner)
    run = client.post(address(workflow, "test/"), {"event": {"type": "t"}}).json()["run"]

    (row,) = client.get("/api/workflows/").json()["results"]

    assert row["counts"] == {"nodes": 2}
    assert row["last_run"]["id"] == run["id"]
    assert "graph" not in row


def test_the_last_run_may_be_one_that_another_workflow_called(owner, workflow, client_of):
    client = client_of(owner)
    run = client.post(address(workflow, "test/"), {"event": {"type": "t"}}).json()["run"]
    first = Run.objects.get(pk=run["id"])
    fields = {
        "snapshot": first.snapshot,
        "event": first.event,
        "workflow": workflow,
        "root": first,
        "parent": first,
    }
    called = Run.objects.create(**fields, start_node="n1", parent_node="n2", call=1)
    Run.objects.create(**fields, start_node="n2", parent_node="n2", kind="background")

    (row,) = client.get("/api/workflows/").json()["results"]

    assert row["last_run"]["id"] == str(called.pk)


def test_a_list_of_many_costs_a_fixed_number_of_queries(
    owner, workflow, client_of, django_assert_max_num_queries
):
    Workflow.objects.bulk_create(
        Workflow(name=f"W{number}", owner=owner, graph=workflow.graph) for number in range(30)
    )

    client = client_of(owner)

    with django_assert_max_num_queries(8):
        assert len(client.get("/api/workflows/").json()["results"]) == 31


def test_pages_follow_one_another_and_lose_nothing(owner, workflow, client_of):
    Workflow.objects.bulk_create(
        Workflow(name="The same name", owner=owner, graph=workflow.graph) for _ in range(25)
    )
    client, seen, address_ = client_of(owner), [], "/api/workflows/?page_size=10"
    while address_:
        page = client.get(address_).json()
        seen += [row["id"] for row in page["results"]]
        address_ = page["next"]

    assert len(seen) == len(set(seen)) == 26


@pytest.mark.parametrize(
    "query", ["cursor=nonsense", "cursor=cD1hYmM%3D", "page_size=0", "page_size=x", "wat=1"]
)
def test_a_bad_page_is_a_clear_error(owner, client_of, query):
    for path in ("workflows", "runs", "events"):
        answer = client_of(owner).get(f"/api/{path}/?{query}")
        if answer.status_code == 200:  # a name may be "abc"; an id may not
            assert (path, query) == ("workflows", "cursor=cD1hYmM%3D")
        else:
            assert answer.status_code == 400
            assert answer.json()["errors"]


def test_the_owner_grants_roles_to_groups(owner, outsider, workflow, client_of):
    group = Group.objects.create(name="team")
    outsider.groups.add(group)

    granted = client_of(owner).put(
        address(workflow, "grants/"), [{"group": "team", "roles": ["payloads", "edit"]}]
    )

    assert granted.json() == [{"group": "team", "roles": ["edit", "payloads"]}]
    assert client_of(outsider).get(address(workflow)).json()["roles"] == ["view", "edit", "payloads"]


def test_only_the_owner_grants_and_only_to_groups_there_are(owner, person_with, workflow, client_of):
    editor = person_with("edit", "publish")

    refused = client_of(editor).put(address(workflow, "grants/"), [])
    unknown = client_of(owner).put(address(workflow, "grants/"), [{"group": "nobody", "roles": ["edit"]}])

    assert refused.status_code == 403
    assert unknown.json()["errors"] == [{"path": [0, "group"], "message": "There is no group 'nobody'."}]
    assert WorkflowGrant.objects.filter(role=Role.EDIT).count() == 1  # the editor's own
