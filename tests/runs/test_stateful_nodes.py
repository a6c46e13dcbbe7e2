"""Nodes that remember, in real runs: what they keep is stored with their result, and swept in time."""

from datetime import timedelta

import orjson
import pytest
from django.utils import timezone

from flowstudio import emit, models

pytestmark = pytest.mark.django_db(transaction=True)


def ended():
    return not models.Run.objects.exclude(status__in=models.ENDED).exists()


def test_many_runs_at_once_get_each_number_once(make_workflow, runner, graph, until):
    make_workflow(graph(("start", "start"), ("count", "counter"), edges=["start > count"]))

    for _ in range(20):
        emit("tick", {})
    until(ended)

    steps = models.Step.objects.filter(node="count")
    assert sorted(orjson.loads(bytes(step.outputs))["payload"]["count"] for step in steps) == list(
        range(1, 21)
    )


def test_a_node_that_fails_has_not_counted(make_workflow, runner, graph, until):
    make_workflow(graph(("start", "start"), ("count", "counter"), edges=["start > count"]))

    emit("tick", ["no object"])
    emit("tick", {})
    until(ended)

    assert models.StoredValue.objects.get().number == 1


def test_a_runner_deletes_what_has_expired(make_workflow, make_runner, graph, until):
    workflow = make_workflow(graph(("start", "start")))
    past, future = timezone.now() - timedelta(days=1), timezone.now() + timedelta(days=1)
    for key, expires in (("old", past), ("new", future), ("kept", None)):
        models.StoredValue.objects.create(workflow=workflow, scope="node:a", key=key, expires=expires)

    make_runner()

    until(lambda: not models.StoredValue.objects.filter(key="old").exists())
    assert {row.key for row in models.StoredValue.objects.all()} == {"new", "kept"}
