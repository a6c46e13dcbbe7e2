"""Versions over HTTP: published, listed, put back."""

import pytest

from flowstudio.models import Version

pytestmark = pytest.mark.django_db


def address(workflow, rest=""):
    return f"/api/workflows/{workflow.pk}/{rest}"


def test_publishing_numbers_the_draft_and_puts_it_in_force(owner, workflow, client_of):
    client = client_of(owner)

    first = client.post(address(workflow, "publish/"), {"name": "Launch", "note": "at last"}).json()
    second = client.post(address(workflow, "publish/"), {}).json()

    assert (first["number"], first["name"], first["created_by"]["name"]) == (1, "Launch", "owner")
    assert (second["number"], second["snapshot"]) == (2, first["snapshot"])
    shown = client.get(address(workflow)).json()
    assert (shown["published_version"], shown["has_unpublished_changes"]) == (2, False)


def test_a_change_after_publishing_shows(owner, workflow, client_of, document):
    client = client_of(owner)
    client.post(address(workflow, "publish/"))

    saved = client.patch(address(workflow), {"revision": 1, "graph": document(("n1", "start", {}))}).json()

    assert saved["has_unpublished_changes"] is True


def test_a_draft_with_problems_is_not_published(owner, workflow, client_of, document):
    client = client_of(owner)
    graph = document(("n1", "start", {}), ("n2", "no_such_plugin", {}))
    client.patch(address(workflow), {"revision": 1, "graph": graph})

    refused = client.post(address(workflow, "publish/"))

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["path"][:3] == ["graph", "nodes", "n2"]
    assert [problem["node"] for problem in refused.json()["problems"]] == ["n2"]
    assert not Version.objects.exists()


def test_a_stale_revision_is_not_published(owner, workflow, client_of):
    client = client_of(owner)
    client.patch(address(workflow), {"revision": 1, "name": "Changed"})

    refused = client.post(address(workflow, "publish/"), {"revision": 1})

    assert refused.status_code == 409
    assert refused.json()["current"]["name"] == "Changed"


def test_an_old_version_comes_back_into_the_draft(owner, workflow, client_of, document):
    client = client_of(owner)
    client.post(address(workflow, "publish/"))
    client.patch(address(workflow), {"revision": 1, "graph": document(("n1", "start", {}))})

    restored = client.post(address(workflow, "versions/1/restore/")).json()

    assert [node["id"] for node in restored["graph"]["nodes"]] == ["n1", "n2"]
    assert (restored["revision"], restored["has_unpublished_changes"]) == (3, False)


def test_versions_are_listed_newest_first_and_read_with_their_graph(owner, workflow, client_of):
    client = client_of(owner)
    for name in ("one", "two"):
        client.post(address(workflow, "publish/"), {"name": name})

    listed = client.get(address(workflow, "versions/")).json()["results"]
    read = client.get(address(workflow, "versions/1/")).json()

    assert [version["name"] for version in listed] == ["two", "one"]
    assert [node["id"] for node in read["graph"]["nodes"]] == ["n1", "n2"]


@pytest.mark.parametrize("number", [0, 7, 2**70])
def test_a_version_that_is_not_there(owner, workflow, client_of, number):
    client = client_of(owner)

    assert client.get(address(workflow, f"versions/{number}/")).status_code == 404
    assert client.post(address(workflow, f"versions/{number}/restore/")).status_code == 404
