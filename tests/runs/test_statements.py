"""The hot statements: they store what the ORM would store."""

import pytest
from django.utils import timezone

from flowstudio import models
from flowstudio.runs import events
from flowstudio.runs.events import NewEvent
from flowstudio.runs.statements import Insert

pytestmark = pytest.mark.django_db

STORE = Insert(models.Step, unique=("run_id", "node", "iteration"), keep=("id",))


@pytest.fixture
def run(make_workflow, graph):
    make_workflow(graph(("start", "start")))
    [run] = events.accept(NewEvent("go", {})).runs
    return run


def step(run, **fields):
    return models.Step(**{"run": run, "node": "n", "plugin": "log", "seq": 1, "status": "running", **fields})


def test_a_row_reads_as_it_was_written(run):
    row = step(run, started=timezone.now(), ports=["payload"], input=b'{"a":1}', log=[{"message": "ä"}])

    STORE.run([row])

    read = models.Step.objects.get()
    for field in models.Step._meta.concrete_fields:
        assert getattr(read, field.attname) == getattr(row, field.attname), field.name


def test_the_same_place_is_one_row_with_its_first_id(run):
    first, second = step(run), step(run, seq=2, status="succeeded", plugin="log")

    STORE.run([first, step(run, node="other")])
    STORE.run([second])

    read = models.Step.objects.get(node="n")
    assert (read.pk, read.seq, read.status) == (first.pk, 2, "succeeded")
    assert models.Step.objects.count() == 2


def test_next_seq_holds_only_under_the_current_fence(run):
    models.Run.objects.update(fence=3, claims=2)

    assert models.next_seq(run.pk, 3, 5) == 5
    assert models.next_seq(run.pk, 3, 1, has_result=True) == 6
    assert models.next_seq(run.pk, 2, 1) is None

    run.refresh_from_db()
    assert (run.seq, run.claims) == (6, 0)
