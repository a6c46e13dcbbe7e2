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
