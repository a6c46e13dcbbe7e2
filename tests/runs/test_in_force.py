"""The kept statement finds what the ORM finds."""

import pytest

from flowstudio.runs import in_force

pytestmark = pytest.mark.django_db


def test_both_ways_of_asking_give_the_same_workflows(make_workflow, graph, django_user_model, settings):
    drawn = graph(("start", "start"))
    owner = django_user_model.objects.create_user("ada")
    mine = make_workflow(drawn, name="Mine", owner=owner, settings={"recording": "status"})
    make_workflow(drawn, name="Off", owner=owner, enabled=False)
    make_workflow(drawn, name="Draft", owner=owner, publish=False)

    [by_statement] = in_force.workflows()
    [by_orm] = in_force.workflows(owner)

    for found in (by_statement, by_orm):
        assert (found.pk, found.name, found.settings) == (mine.pk, "Mine", {"recording": "status"})
        assert (found.published.pk, found.published.number) == (mine.published_id, 1)
        assert found.published.snapshot_id == drawn.hash
        assert found.description == ""  # fetched when it is read
