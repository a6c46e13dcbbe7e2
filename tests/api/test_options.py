"""Fields that are chosen from a list: what is offered to whom, and what is refused elsewhere."""

import pytest

from flowstudio.engine.graph import Graph
from flowstudio.models import Workflow
from flowstudio.runs import publishing

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(workflow, owner, document):
    publishing.publish(workflow, Graph.from_document(document()), user=owner)
    return workflow


@pytest.fixture
def caller_of(document):
    """A workflow of somebody whose draft calls another."""

    def make(user, called):
        drawn = document(("n1", "start", {}), ("n2", "call_workflow", {"workflow": called}))
        return Workflow.objects.create(name="Caller", owner=user, graph=Graph.from_document(drawn).to_bytes())

    return make


def workflows_offered(client):
    return client.get("/api/options/workflows/").json()["results"]


def problems(client, caller):
    return client.get(f"/api/workflows/{caller.pk}/").json()["problems"]


def test_a_published_workflow_is_offered_to_those_who_may_run_it(published, owner, person_with, client_of):
    offered = [{"value": str(published.pk), "label": "Orders"}]

    assert workflows_offered(client_of(owner)) == offered
    assert workflows_offered(client_of(person_with("run"))) == offered


def test_a_workflow_is_not_offered_to_those_who_may_not_run_it(published, person_with, outsider, client_of):
    assert workflows_offered(client_of(person_with("edit"))) == []
    assert workflows_offered(client_of(outsider)) == []


def test_a_workflow_that_is_not_published_is_not_offered(workflow, owner, client_of):
    assert workflows_offered(client_of(owner)) == []


def test_a_deleted_workflow_is_not_offered(published, owner, client_of):
    client = client_of(owner)
    client.delete(f"/api/workflows/{published.pk}/")

    assert workflows_offered(client) == []


def test_a_list_that_is_not_there_is_not_found(owner, client_of):
    assert client_of(owner).get("/api/options/weather/").status_code == 404


def test_what_is_offered_may_be_published(published, person_with, caller_of, client_of):
    user = person_with("run")
    caller, client = caller_of(user, str(published.pk)), client_of(user)

    assert problems(client, caller) == []
    assert client.post(f"/api/workflows/{caller.pk}/publish/").status_code == 200


@pytest.mark.parametrize("roles", [(), ("view", "edit", "publish", "payloads")], ids=["none", "all but run"])
def test_what_is_not_offered_is_neither_published_nor_tried_out(
    roles, published, person_with, caller_of, client_of
):
    user = person_with(*roles)
    caller, client = caller_of(user, str(published.pk)), client_of(user)

    tried = {
        "publish/": {},
        "test/": {"event": {"type": "t"}},
    }
    for address, body in tried.items():
        refused = client.post(f"/api/workflows/{caller.pk}/{address}", body)
        assert refused.status_code == 422, address
        assert [problem["code"] for problem in refused.json()["problems"]] == ["not_offered"], address
    (problem,) = problems(client, caller)
    assert (problem["node"], problem["path"]) == ("n2", ["config", "workflow"])
    assert "Orders" not in problem["message"]


def test_a_choice_not_made_yet_is_no_wrong_choice(owner, caller_of, client_of):
    assert problems(client_of(owner), caller_of(owner, "")) == []


def test_what_an_expression_gives_is_not_known_before_the_run(owner, caller_of, client_of):
    assert problems(client_of(owner), caller_of(owner, {"$expr": "payload.id"})) == []


def test_a_value_of_the_wrong_type_is_not_offered_either(owner, caller_of, client_of):
    codes = {problem["code"] for problem in problems(client_of(owner), caller_of(owner, ["a", "b"]))}

    assert codes == {"bad_config", "not_offered"}
