"""The local runner: an event's runs are executed on its own thread and loop, branches behind them."""

import pytest

from flowstudio import models
from flowstudio.runs import events, waiting, writer
from flowstudio.runs.events import NewEvent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def branch(graph):
    return graph(
        ("start", "start"),
        ("back", "run_in_background", {"collect_debugging_information": True}),
        ("log", "log", {"message": "{{ event.properties.name }}"}),
        edges=["start > back", "back.output > log"],
    )


def steps_of(run):
    return list(models.Step.objects.filter(run=run).values_list("node", "status"))


def test_an_event_runs_the_workflow_and_its_background_branch(runner, make_workflow, branch):
    make_workflow(branch)

    accepted = writer.run(events.accept, NewEvent("greeting", {"name": "Ada"}))
    [front] = waiting.wait_for_end([run.pk for run in accepted.runs], 5)
    child = models.Run.objects.get(parent=front)
    [child] = waiting.wait_for_end([child.pk], 5)

    assert (front.status, child.status) == ("succeeded", "succeeded")
    assert steps_of(front) == [("start", "succeeded"), ("back", "succeeded")]
    assert steps_of(child) == [("back", "succeeded"), ("log", "succeeded")]
    assert child.root_id == front.pk
    assert models.Step.objects.get(run=front, node="back").background_run_id == child.pk
    assert not models.JournalEntry.objects.exists()


def test_an_event_that_starts_itself_for_ever_ends_with_the_chain_named(runner, make_workflow, graph, until):
    echo = graph(
        ("start", "start"),
        ("again", "emit_event", {"event_type": "echo"}),
        edges=["start > again"],
    )
    make_workflow(echo, name="Echo")

    writer.run(events.accept, NewEvent("echo", {}))
    failed = until(lambda: models.Run.objects.filter(status="failed").first())

    assert "Echo → Echo" in failed.error["message"]
    assert failed.error["node"] == "again"
    # The event that was sent has depth 0, the last one that was let through 16.
    assert models.Event.objects.count() == models.Run.objects.count() == 17
    assert models.Run.objects.filter(status="succeeded").count() == 16
