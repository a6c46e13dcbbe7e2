"""Waiting for runs on a plain thread: until they have ended, or until one has answered."""

import time
from itertools import pairwise

import pytest

from flowstudio import models
from flowstudio.runs import events, waiting, writer
from flowstudio.runs.events import NewEvent
from tests.drawing import graph

pytestmark = pytest.mark.django_db(transaction=True)

RESPOND = ("respond", "respond", {"body": "{{ event.type }}"})


@pytest.fixture
def fired(make_workflow, runner):
    """Runs of a workflow of these nodes, one behind the other."""

    def fire(*nodes):
        names = ["start", *(node[0] for node in nodes)]
        edges = [f"{one} > {other}" for one, other in pairwise(names)]
        make_workflow(graph(("start", "start"), *nodes, edges=edges))
        accepted = writer.run(events.accept, NewEvent("asked", {}))
        return [run.pk for run in accepted.runs]

    return fire


def test_the_runs_come_back_when_all_have_ended(fired):
    [run] = waiting.wait_for_end(fired(("delay", "delay", {"seconds": 0.05})), 10)

    assert run.status == "succeeded"


def test_a_run_that_takes_too_long_comes_back_as_it_is(fired):
    [run] = waiting.wait_for_end(fired(("delay", "delay", {"seconds": 60})), 0.05)

    assert run.status in ("queued", "running")


def test_an_answer_is_not_kept_until_the_run_has_ended(fired):
    begun = time.monotonic()
    answered = waiting.wait_for_answer(fired(RESPOND, ("delay", "delay", {"seconds": 60})), 30)

    assert b'"body":"asked"' in bytes(answered.answer)
    assert answered.status == "running"
    assert time.monotonic() - begun < 30


def test_without_an_answer_the_wait_ends_with_the_run(fired):
    assert waiting.wait_for_answer(fired(), 30) is None


def test_the_first_answer_is_the_one_that_counts(fired):
    second = ("second", "respond", {"body": "too late"})
    run_ids = fired(RESPOND, second)
    waiting.wait_for_end(run_ids, 30)

    assert b"too late" not in bytes(models.Run.objects.get(pk=run_ids[0]).answer)
