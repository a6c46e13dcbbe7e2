"""Waiting for the end of runs: over as soon as they have ended, or when the time is."""

import threading
import time

import pytest

from flowstudio import models
from flowstudio.runs import events, submit, waiting, writer
from flowstudio.runs.events import NewEvent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def queued(make_workflow, graph):
    make_workflow(graph(("start", "start")))
    return writer.run(events.accept, NewEvent("go", {})).runs[0]


def test_the_end_of_a_run_is_heard_at_once(queued, monkeypatch):
    monkeypatch.setattr(waiting, "POLL_SECONDS", 60)
    threading.Timer(0.1, writer.call, (submit.cancel, queued)).start()

    began = time.monotonic()
    [run] = waiting.wait_for_end([queued.pk], 30)

    assert run.status == "cancelled"
    assert time.monotonic() - began < 10


def test_the_end_in_another_process_is_found_by_looking(queued):
    change = models.Run.objects.filter(pk=queued.pk).update
    threading.Timer(0.1, writer.call, (change,), {"status": "failed"}).start()

    [run] = waiting.wait_for_end([queued.pk], 30)

    assert run.status == "failed"


def test_when_the_time_is_over_the_runs_are_given_as_they_are(queued):
    [run] = waiting.wait_for_end([queued.pk], 0.05)

    assert run.status == "queued"
