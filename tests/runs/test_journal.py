"""What a step leaves: rows as recording wants them, commands with their result or not at all."""

import asyncio

import orjson
import pytest

from flowstudio import models
from flowstudio.engine.errors import CommandRefused, StaleRun
from flowstudio.engine.plugins import Answer, Emit, Submit
from flowstudio.engine.trace import StepRecord
from flowstudio.ids import new_id
from flowstudio.runs import branches, events, reading, waiting, writer
from flowstudio.runs.events import NewEvent
from flowstudio.runs.journal import DatabaseSink

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def branch(graph):
    return graph(
        ("start", "start"),
        ("back", "run_in_background"),
        ("log", "log", {"message": "x"}),
        edges=["start > back", "back.output > log"],
    )


@pytest.fixture
def make_claimed(make_workflow, branch):
    """A factory of claimed runs."""
    workflow = make_workflow(branch)

    def make(**fields):
        accepted = writer.run(events.accept, NewEvent("order", {"n": 1}, id=str(new_id()), source="shop"))
        run = accepted.runs[0]
        models.Run.objects.filter(pk=run.pk).update(**fields)
        return writer.run(branches.claim, run.pk, "worker")

    make.workflow = workflow
    return make


def store(run, *steps, commands=(), carried=None):
    """Commit each step as the engine does, on a loop of its own."""

    async def commit():
        sink = DatabaseSink(run)
        for step in steps:
            await sink.commit(step, commands, carried or {})

    asyncio.run(commit())


def step(node="back", **fields):
    return StepRecord(node, "run_in_background", **{"status": "succeeded", "input": {"a": 1}, **fields})


def test_recording_all_keeps_what_a_step_worked_on(make_claimed):
    run = make_claimed(recording="all")

    store(run, step(outputs={"output": {"b": 2}}))

    shown = reading.step_json(models.Step.objects.get(), summaries_only=False)
    assert shown["input"] == {"value": {"a": 1}, "size": 7, "cut": False}
    assert shown["outputs"] == {"output": {"value": {"b": 2}, "size": 7, "cut": False}}
    assert shown["recorded"]


def test_recording_status_keeps_that_it_happened_and_no_byte_of_it(make_claimed):
    run = make_claimed(recording="status")

    store(run, step(outputs={"output": {"secret": "tulip"}}, input={"secret": "rose"}))

    row = models.Step.objects.get()
    assert (row.status, row.ports, row.summary, row.input, row.outputs) == (
        "succeeded",
        ["output"],
        None,
        None,
        None,
    )
    shown = reading.step_json(row)
    assert (shown["input"], shown["outputs"], shown["recorded"]) == (None, {"output": None}, False)


def test_recording_none_keeps_no_step(make_claimed):
    run = make_claimed(recording="none")

    store(run, step())

    assert not models.Step.objects.exists()


def test_a_large_payload_is_cut_marked_and_its_size_kept(make_claimed, settings):
    settings.FLOWSTUDIO = {**settings.FLOWSTUDIO, "MAX_TRACE_PAYLOAD_BYTES": 10}
    run = make_claimed(recording="all")

    store(run, step(outputs={"output": "ä" * 50}))

    shown = reading.step_json(models.Step.objects.get(), summaries_only=False)
    assert shown["outputs"]["output"] == {"value": '"ääää', "size": 102, "cut": True}


def test_a_long_log_keeps_its_last_lines_and_the_beginning_of_each(make_claimed):
    run = make_claimed()
    lines = [{"time": "now", "level": "info", "message": f"{number:>5}" * 1_000} for number in range(600)]

    store(run, step(log=lines))

    kept = models.Step.objects.get().log
    assert (len(kept), kept[-1]["message"][:5], len(kept[-1]["message"])) == (500, "  599", 2_001)


def test_the_journal_keeps_whole_values_whatever_recording_says(make_claimed, settings):
    settings.FLOWSTUDIO = {**settings.FLOWSTUDIO, "MAX_TRACE_PAYLOAD_BYTES": 10}
    run = make_claimed(recording="status", kind="background")

    store(run, step(outputs={"output": "x" * 50}))

    entry = models.JournalEntry.objects.get()
    assert orjson.loads(entry.value)["outputs"] == {"output": "x" * 50}


def test_an_output_too_large_for_the_journal_fails_the_step(make_claimed, settings):
    settings.FLOWSTUDIO = {**settings.FLOWSTUDIO, "MAX_JOURNAL_BYTES": 40}
    run = make_claimed(kind="background")

    with pytest.raises(CommandRefused, match=r"payload_too_large: .* 52 bytes"):
        store(run, step(outputs={"output": "x" * 50}))

    assert not models.JournalEntry.objects.exists()


def test_each_change_of_a_step_gives_its_one_row_a_new_seq(make_claimed):
    run = make_claimed()

    store(run, step(status="running"), step(status="succeeded"))

    row = models.Step.objects.get()
    run.refresh_from_db()

    assert (row.status, row.seq) == ("succeeded", run.seq)


def test_a_submitted_branch_is_queued_with_the_step_that_submits_it(make_claimed):
    run = make_claimed()
    record = step(outputs={"output": {}})

    store(run, record, commands=[Submit(recording="all", payload={})], carried={"start": {"n": 1}})

    child = models.Run.objects.get(parent=run)
    assert (child.status, child.kind, child.recording, child.start_node) == (
        "queued",
        "background",
        "all",
        "back",
    )
    assert (child.event_id, child.root_id, child.snapshot_id) == (run.event_id, run.pk, run.snapshot_id)
    assert orjson.loads(child.inherited) == {"start": {"n": 1}}
    assert models.Step.objects.get().background_run_id == child.pk
    assert record.background_run == str(child.pk)


def test_a_branch_does_not_begin_itself_again_for_ever(make_claimed):
    run = make_claimed(kind="background", start_node="back")

    with pytest.raises(CommandRefused, match=r"context\.begins_here"):
        store(run, step(), commands=[Submit()])

    assert not models.Run.objects.filter(parent=run).exists()


def test_in_a_test_a_branch_records_everything_and_takes_the_pins_along(make_claimed):
    run = make_claimed(is_test=True, pins=b'{"log":{"payload":1}}', until_node="log")

    store(run, step(), commands=[Submit(recording="status")])

    child = models.Run.objects.get(parent=run)
    assert (child.is_test, child.recording, child.until_node) == (True, "all", "log")
    assert child.pins == b'{"log":{"payload":1}}'


def test_an_event_type_makes_a_separate_event_that_starts_no_workflow(make_claimed):
    run = make_claimed()

    store(run, step(), commands=[Submit(event_type="order.followup")])

    child = models.Run.objects.get(parent=run)
    assert models.Run.objects.count() == 2
    assert (child.event.type, child.event.properties) == ("order.followup", b'{"n":1}')
    assert (child.event.run_id, child.event.event_id) == (run.pk, str(child.event_id))
    assert child.event in models.Event.objects.listed()


def test_event_properties_alone_change_the_original_event_for_the_branch(make_claimed):
    run = make_claimed()

    store(run, step(), commands=[Submit(event_properties={"m": 2}, has_event_properties=True)])

    seen = models.Run.objects.get(parent=run).event
    assert (seen.type, seen.event_id, seen.source) == ("order", run.event.event_id, "shop")
    assert seen.properties == b'{"m":2}'
    assert seen not in models.Event.objects.listed()


def test_a_branch_that_cannot_be_stored_leaves_nothing_half_written(make_claimed):
    run = make_claimed()
    taken = models.Run.objects.get(pk=run.pk)
    taken.pk, taken.parent_id, taken.parent_node = new_id(), run.pk, "back"
    taken.save(force_insert=True)

    record = step()
    with pytest.raises(CommandRefused, match="The background run could not be stored"):
        store(run, record, commands=[Submit(event_type="followup")])

    assert record.background_run is None
    assert not models.Event.objects.filter(type="followup").exists()
    assert not models.Step.objects.exists()


def test_what_waited_with_a_refused_step_is_stored_with_the_next(make_claimed):
    run = make_claimed()

    async def live():
        sink = DatabaseSink(run)
        sink.ended(step("start"))
        with pytest.raises(CommandRefused):
            await sink.commit(step(), [Emit("", {})], {})
        await sink.commit(step(status="failed"), [], {})

    asyncio.run(live())

    assert set(models.Step.objects.values_list("node", "status")) == {
        ("start", "succeeded"),
        ("back", "failed"),
    }


def test_an_emitted_event_starts_workflows_and_knows_the_run_it_came_from(make_claimed):
    run = make_claimed()

    store(run, step(), commands=[Emit("order.paid", {"n": 2})])

    event = models.Event.objects.get(type="order.paid")
    assert (event.run_id, event.depth, event.chain) == (run.pk, 1, ["Workflow"])
    assert [started.workflow_id for started in event.runs.all()] == [make_claimed.workflow.pk]


def test_in_a_test_an_emitted_event_is_recorded_and_starts_nothing(make_claimed):
    run = make_claimed(is_test=True)

    store(run, step(), commands=[Emit("order.paid", {"n": 2})])

    event = models.Event.objects.get(type="order.paid")
    assert event.is_test
    assert not event.runs.exists()


def test_an_answer_is_kept_with_the_run(make_claimed):
    run = make_claimed()

    store(run, step(), commands=[Answer(201, {"x-a": "b"}, {"ok": True})])

    run.refresh_from_db()
    assert orjson.loads(run.answer) == {"status": 201, "headers": {"x-a": "b"}, "body": {"ok": True}}


def test_a_background_run_that_cannot_be_stored_fires_error_in_the_foreground(
    make_workflow, graph, runner, monkeypatch
):
    make_workflow(
        graph(
            ("start", "start"),
            ("back", "run_in_background", {"event_type": "followup"}),
            ("log", "log", {"message": "behind"}),
            ("sorry", "log", {"message": "sorry"}),
            edges=["start > back", "back.output > log", "back.error > sorry"],
        )
    )
    monkeypatch.setattr("flowstudio.runs.commands._event_of_child", lambda *_: 1 / 0)

    [run] = writer.run(events.accept, NewEvent("order", {"n": 1})).runs
    [run] = waiting.wait_for_end([run.pk], 5)

    steps = dict(models.Step.objects.values_list("node", "status"))
    assert (run.status, steps) == (
        "succeeded",
        {"start": "succeeded", "back": "failed", "sorry": "succeeded"},
    )
    assert not models.Run.objects.filter(kind="background").exists()
    error = orjson.loads(models.Step.objects.get(node="back").outputs)["error"]
    assert "could not be stored" in error["message"]
    assert error["payload"] == {"n": 1}


def test_what_a_crashed_execution_still_had_to_store_changes_nothing_once_its_run_has_ended(make_claimed):
    run = make_claimed()

    async def crash():
        crashed = DatabaseSink(run)
        crashed.started(step(status="running"))  # flushed a moment later
        await DatabaseSink(run).finish("failed", "crash")
        with pytest.raises(StaleRun):
            await crashed.commit(step(status="running"), [], {})

    asyncio.run(crash())

    assert not models.Step.objects.exists()
