"""A new version is in force, numbered, and its webhooks can be called."""

import pytest

from flowstudio import models
from flowstudio.engine.graph import Graph
from flowstudio.runs import publishing, webhooks

pytestmark = pytest.mark.django_db

PATH = "0123456789abcdef"


def graph(*nodes):
    return Graph.from_document({"format": "flowstudio/1", "nodes": list(nodes), "edges": []})


def hook(node_id="hook", path=PATH, **settings):
    name = f"Hook {node_id}"
    config = {"path": path} if path else {}
    return {"id": node_id, "plugin": "webhook", "name": name, "config": config, "settings": settings}


def workflow(**fields):
    return models.Workflow.objects.create(name="Shop", graph=graph().to_bytes(), enabled=True, **fields)


def test_versions_count_from_one_and_the_newest_is_in_force():
    shop = workflow()

    publishing.publish(shop, graph(hook()), name="First")
    second = publishing.publish(shop, graph(), note="Without the hook")

    shop.refresh_from_db()
    assert [version.number for version in shop.versions.all()] == [2, 1]
    assert shop.published == second


def test_a_published_webhook_is_called_at_its_path():
    shop = workflow()
    publishing.publish(shop, graph(hook()))

    [found] = webhooks.called_at(PATH)
    assert (found.workflow, found.node, found.config.path) == (shop, "hook", PATH)
    assert webhooks.called_at("another-path-0123") == []


def test_the_path_itself_is_not_stored_beside_the_graph():
    publishing.publish(workflow(), graph(hook()))

    assert PATH not in models.WebhookPath.objects.get().hash


@pytest.mark.parametrize("change", ["disabled", "deleted", "superseded"])
def test_a_webhook_that_is_not_in_force_is_not_called(change, django_assert_num_queries):
    shop = workflow()
    publishing.publish(shop, graph(hook()))
    if change == "superseded":
        publishing.publish(shop, graph())
    elif change == "disabled":
        models.Workflow.objects.update(enabled=False)
    else:
        models.Workflow.objects.update(deleted=shop.created)

    assert webhooks.called_at(PATH) == []


def test_a_path_is_found_with_one_query_however_many_workflows_there_are(django_assert_num_queries):
    for number in range(5):
        publishing.publish(workflow(), graph(hook(path=f"{PATH}{number}")))
    webhooks.called_at(f"{PATH}3")

    with django_assert_num_queries(1):
        assert len(webhooks.called_at(f"{PATH}3")) == 1


def test_nodes_without_a_path_or_switched_off_are_left_out():
    publishing.publish(workflow(), graph(hook(path=None), hook("off", disabled=True)))

    assert not models.WebhookPath.objects.exists()
