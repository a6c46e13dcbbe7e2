"""Nodes with ``process = True`` in real runs: they run elsewhere, and one that dies takes nothing with it."""

import os

import orjson
import pytest

from flowstudio import emit, models

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def drawn(graph):
    return graph(("start", "start"), ("heavy", "heavy"), edges=["start > heavy"])


def ended():
    return not models.Run.objects.exclude(status__in=models.ENDED).exists()


def test_a_heavy_node_runs_in_another_process_and_its_log_comes_back(make_workflow, runner, drawn, until):
    make_workflow(drawn)

    emit("go", {})
    until(ended)

    step = models.Step.objects.get(node="heavy")
    assert orjson.loads(bytes(step.outputs))["payload"] != os.getpid()
    assert [line["message"] for line in step.log] == ["computing"]


def test_one_that_dies_fails_its_run_and_says_so(make_workflow, runner, drawn, until):
    make_workflow(drawn)

    emit("go", "die")
    until(ended)

    run = models.Run.objects.get()
    assert (run.status, run.error["type"]) == ("failed", "ProcessDied")
