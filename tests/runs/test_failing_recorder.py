"""What people see never decides what a run does: with a broken trace all else is as without the fault."""

import asyncio
import sqlite3

import orjson
import pytest
from django.db import connection

from flowstudio import models
from flowstudio.engine.trace import StepRecord
from flowstudio.runs import branches, events, news, records, waiting, writer
from flowstudio.runs.events import NewEvent
from flowstudio.runs.journal import DatabaseSink

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def broken_trace():
    """Steps cannot be inserted or changed; ``repair()`` ends that."""

    def sql(text):
        with connection.cursor() as cursor:
            cursor.execute(text)

    def repair():
        sql("DROP TRIGGER IF EXISTS no_insert")
        sql("DROP TRIGGER IF EXISTS no_update")

    for name, event in [("no_insert", "INSERT"), ("no_update", "UPDATE")]:
        sql(
            f"CREATE TRIGGER {name} BEFORE {event} ON flowstudio_step"
            " BEGIN SELECT RAISE(ABORT, 'the trace is broken'); END"
        )
    yield repair
    repair()


@pytest.fixture
def workflow(make_workflow, graph):
    return make_workflow(
        graph(
            ("start", "start", {"event_types": ["order"]}),
            ("edit", "edit_payload", {"set": {"m": 2}}),
            ("emit", "emit_event", {"event_type": "order.paid"}),
            ("back", "run_in_background"),
            ("log", "log", {"message": "behind"}),
            ("answer", "respond", {"status": 201, "body": "{{ payload.n }}"}),
            ("throw", "throw_error", {"message": "as drawn"}),
            edges=[
                "start > edit",
                "edit > emit",
                "edit > back",
                "back.output > log",
                "edit > answer",
                "edit > throw",
            ],
        )
    )


def outcome():
    """What a run came to, without its steps."""
    [run] = writer.run(events.accept, NewEvent("order", {"n": 1})).runs
    [run] = waiting.wait_for_end([run.pk], 10)
    children = list(models.Run.objects.filter(parent=run))
    waiting.wait_for_end([child.pk for child in children], 10)
    answer = models.Run.objects.get(pk=run.pk).answer
    return {
        "run": (run.status, run.reason, run.error["message"], run.error["node"]),
        "answer": orjson.loads(answer) if answer else None,
        "children": [
            (child.status, child.reason) for child in models.Run.objects.filter(parent=run).order_by("id")
        ],
        "emitted": sorted(models.Event.objects.filter(run=run).values_list("type", flat=True)),
    }


def test_a_run_comes_to_the_same_though_no_step_can_be_stored(workflow, runner, request, caplog):
    healthy = outcome()
    assert healthy["answer"] == {"status": 201, "headers": {}, "body": 1}
    assert healthy["children"] == [("succeeded", "")]
    assert healthy["emitted"] == ["order.paid"]
    assert models.Step.objects.exists()
    models.Run.objects.all().delete()

    request.getfixturevalue("broken_trace")

    assert outcome() == healthy
    assert not models.Step.objects.exists()
    assert "cannot be stored" in caplog.text
    assert "the trace is broken" in caplog.text


def test_a_watcher_that_raises_changes_nothing(workflow, runner, caplog):
    healthy = outcome()

    end = news.subscribe(lambda item: 1 / 0)
    seen = outcome()
    end()

    assert seen == healthy
    assert "A listener for news of runs failed" in caplog.text


def test_a_payload_that_cannot_be_shown_leaves_its_step_without_it(workflow, runner, monkeypatch, caplog):
    healthy = outcome()
    monkeypatch.setattr(records.Encoder, "_show", lambda *_: 1 / 0)

    assert outcome() == healthy

    last = models.Run.objects.filter(parent=None).order_by("id").last()
    steps = models.Step.objects.filter(run=last)
    assert dict(steps.values_list("node", "status"))["throw"] == "failed"
    assert {step.input for step in steps} == {None}
    assert "cannot be shown" in caplog.text


@pytest.fixture
def claimed(make_workflow, graph):
    make_workflow(graph(("start", "start")))
    [run] = writer.run(events.accept, NewEvent("order", {"n": 1})).runs
    models.Run.objects.filter(pk=run.pk).update(kind="background")
    return writer.run(branches.claim, run.pk, "worker")


def step(node, **fields):
    return StepRecord(node, "log", status="succeeded", **fields)


def test_steps_that_could_not_be_stored_go_with_the_next(claimed, broken_trace, caplog):
    async def live():
        sink = DatabaseSink(claimed)
        await sink.commit(step("a"), (), {})
        await asyncio.to_thread(broken_trace)
        await sink.commit(step("b"), (), {})
        await sink.finish("succeeded")

    asyncio.run(live())

    assert set(models.Step.objects.values_list("node", flat=True)) == {"a", "b"}
    assert "cannot be stored" not in caplog.text


def test_the_result_is_journaled_without_its_step(claimed, broken_trace):
    async def live():
        sink = DatabaseSink(claimed)
        await sink.commit(step("a", outputs={"payload": 1}), (), {})

    asyncio.run(live())

    assert models.JournalEntry.objects.get().node == "a"


def test_a_transaction_is_stored_without_its_step(claimed, broken_trace):
    record = step("a")

    def work():
        models.Snapshot.objects.create(hash="written by the node", graph=b"{}")
        return ()

    async def live():
        await DatabaseSink(claimed).transact(record, work, {})

    asyncio.run(live())

    assert models.JournalEntry.objects.get().node == "a"
    assert models.Snapshot.objects.filter(hash="written by the node").exists()


def test_a_result_that_cannot_be_journaled_fails_its_run(claimed):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER no_entry BEFORE INSERT ON flowstudio_journalentry"
            " BEGIN SELECT RAISE(ABORT, 'the journal is broken'); END"
        )
    try:
        with pytest.raises(Exception, match="the journal is broken") as failure:
            asyncio.run(commit(claimed, step("a")))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER no_entry")

    assert isinstance(failure.value.__cause__, sqlite3.IntegrityError)
    assert not models.Step.objects.exists()


async def commit(run, record):
    await DatabaseSink(run).commit(record, (), {})
