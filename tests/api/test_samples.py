"""Samples over HTTP: the saved test events of a workflow."""

import pytest

from flowstudio.models import Sample, Workflow

pytestmark = pytest.mark.django_db
ODD = {"b": [1, None, "\x00"], "a": 2}


def save(client, workflow, name="small", **more):
    body = {
        "workflow": str(workflow.pk),
        "name": name,
        "event_type": "order.placed",
        "properties": ODD,
        **more,
    }
    return client.post("/api/samples/", body)


def test_a_sample_comes_back_as_it_was_saved(owner, workflow, client_of):
    client = client_of(owner)

    saved = save(client, workflow)

    assert saved.status_code == 201
    assert client.get(f"/api/samples/{saved.json()['id']}/").json() == saved.json()
    assert list(saved.json()["properties"]) == ["b", "a"]
    assert client.get(f"/api/samples/?workflow={workflow.pk}").json()["results"] == [saved.json()]


def test_a_name_stands_once_in_a_workflow(owner, workflow, client_of):
    client = client_of(owner)
    save(client, workflow)

    answer = save(client, workflow)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["path"] == ["name"]
    assert Sample.objects.count() == 1


def test_a_sample_is_replaced_and_deleted(owner, workflow, client_of):
    client = client_of(owner)
    address = f"/api/samples/{save(client, workflow).json()['id']}/"
    body = {"workflow": str(workflow.pk), "name": "large", "event_type": "t", "properties": [1]}

    replaced = client.put(address, body)

    assert (replaced.json()["name"], replaced.json()["properties"]) == ("large", [1])
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


def test_a_sample_stays_with_its_workflow(owner, workflow, client_of):
    client = client_of(owner)
    other = Workflow.objects.create(name="Other", owner=owner, graph=workflow.graph)
    sample = save(client, workflow).json()

    answer = client.put(f"/api/samples/{sample['id']}/", {**sample, "workflow": str(other.pk), "id": 1})

    assert answer.status_code == 400


def test_the_list_wants_a_workflow(owner, client_of):
    answer = client_of(owner).get("/api/samples/")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["path"] == ["workflow"]


def test_somebody_elses_samples_are_not_there(owner, outsider, workflow, client_of):
    sample = save(client_of(owner), workflow).json()
    client = client_of(outsider)

    assert client.get(f"/api/samples/?workflow={workflow.pk}").status_code == 404
    assert client.get(f"/api/samples/{sample['id']}/").status_code == 404
    assert save(client, workflow).status_code == 404
