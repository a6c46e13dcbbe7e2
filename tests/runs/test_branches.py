"""Claiming, executing and ending runs: one holder at a time, and each run ends in exactly one way."""

import asyncio
import functools
import random
from itertools import groupby, pairwise

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async

from flowstudio import models
from flowstudio.engine.errors import StaleRun
from flowstudio.engine.trace import StepRecord
from flowstudio.runs import branches, events, graphs, plugins, submit, waiting, writer
from flowstudio.runs.events import NewEvent
from flowstudio.runs.journal import DatabaseSink

pytestmark = pytest.mark.django_db(transaction=True)

DEAD = "4711-dead"


def accept(properties=None):
    accepted = writer.run(events.accept, NewEvent("go", properties or {}))
    return accepted.runs[0]


def end_of(run, seconds=5):
    [run] = waiting.wait_for_end([run.pk], seconds)
    return run


def statuses(run):
    rows = models.Step.objects.filter(run=run).values_list("node", "status", "attempts")
    return {node: (status, attempts) for node, status, attempts in rows}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "notes.txt"


@pytest.fixture
def foreground(make_workflow, graph, path):
    """A queued foreground run: start, then a note that takes a while."""
    make_workflow(
        graph(
            ("start", "start"),
            ("note", "note", {"path": str(path), "seconds": 0.05}),
            edges=["start > note"],
        )
    )
    return accept()


@pytest.fixture
def make_background(make_workflow, graph):
    """A factory of background runs, as a dead process left them."""

    def make(*nodes, edges, journal=(), running=None, **fields):
        drawn = graph(("back", "run_in_background"), *nodes, edges=edges)
        workflow = make_workflow(drawn)
        event = models.Event(event_id="e", type="go", properties=b'{"n": 1}')
        event.save()
        run = models.Run(
            workflow=workflow,
            version=workflow.published,
            snapshot=graphs.snapshot(drawn),
            event=event,
            kind="background",
            start_node="back",
            start_payload=b"{}",
            **{"status": "running", "worker": DEAD, "fence": 1, "claims": 0, **fields},
        )
        run.root_id = run.pk
        run.save(force_insert=True)
        for node, value in journal:
            entry = b'{"outputs": {"%s": %s}, "error": null, "background_run": null}' % value
            models.JournalEntry.objects.create(run=run, node=node, outcome="succeeded", value=entry)
        if running:
            models.Step.objects.create(run=run, node=running, plugin="note", seq=1, status="running")
        return run

    return make


def test_a_queued_run_is_claimed_once(foreground):
    first = writer.run(branches.claim, foreground.pk, "one")
    second = writer.run(branches.claim, foreground.pk, "two")

    assert (first.status, first.worker, first.fence) == ("running", "one", 1)
    assert second is None


def test_only_one_of_two_takes_over_from_a_dead_holder(make_background, data_dir):
    run = make_background(edges=[])
    found_by_one = branches.pick_up("one", [], 10)
    found_by_two = branches.pick_up("two", [], 10)

    first = writer.run(branches.claim, run.pk, "one", found_by_one[0].fence)
    second = writer.run(branches.claim, run.pk, "two", found_by_two[0].fence)

    assert (first.worker, first.fence) == ("one", 2)
    assert second is None


async def test_a_worker_whose_run_was_claimed_by_another_writes_nothing(foreground):
    mine = await asyncio.wrap_future(writer.call(branches.claim, foreground.pk, "frozen"))
    sink = DatabaseSink(mine)
    await models.Run.objects.filter(pk=mine.pk).aupdate(fence=mine.fence + 1)

    with pytest.raises(StaleRun):
        await sink.commit(StepRecord("note", "note", status="succeeded", input={}), [], {})

    assert not await models.Step.objects.aexists()
    with pytest.raises(StaleRun):
        await sink.finish("succeeded")


def test_a_background_run_goes_on_where_its_journal_ends(make_background, make_runner, path):
    run = make_background(
        ("one", "note", {"path": str(path), "text": "one"}),
        ("two", "note", {"path": str(path), "text": "two {{ payload }}"}),
        edges=["back.output > one", "one > two"],
        journal=[("back", (b"output", b"{}")), ("one", (b"payload", b'{"kept": true}'))],
        running="two",
    )

    make_runner()
    run = end_of(run)

    assert (run.status, run.reason, run.claims) == ("succeeded", "", 0)
    assert path.read_text().splitlines() == ["two {{ payload }}"]
    assert statuses(run) == {"two": ("succeeded", 2)}
    assert models.Step.objects.get(node="two").summary["input"]["preview"] == '{"kept":true}'
    assert not models.JournalEntry.objects.exists()


@pytest.mark.parametrize("seed", range(8))
async def test_whenever_workers_die_each_node_has_one_result_in_order(make_background, path, settings, seed):
    settings.FLOWSTUDIO = {**settings.FLOWSTUDIO, "MAX_CLAIMS": 1_000}  # a busy machine gets nowhere at times
    names = [f"n{number}" for number in range(6)]
    ends = ["back.output", *names]
    run = await sync_to_async(make_background)(
        *[(name, "note", {"path": str(path), "text": name, "seconds": 0.005}) for name in names],
        edges=[f"{one} > {two}" for one, two in pairwise(ends)],
    )
    chance = random.Random(seed)

    died = 0
    while (claimed := await claim_again(run)) is not None:
        died += await dies(claimed, after=chance.uniform(0.005, 0.06))
    await sync_to_async(run.refresh_from_db)()

    assert run.status == "succeeded"
    assert [node for node, _ in groupby(path.read_text().split())] == names
    assert len(path.read_text().split()) <= len(names) + died  # only the node under way runs again
    steps = models.Step.objects.filter(run=run).order_by("seq").values_list("node", "status")
    assert [step async for step in steps] == [("back", "succeeded"), *[(name, "succeeded") for name in names]]


async def claim_again(run):
    fence = (await models.Run.objects.aget(pk=run.pk)).fence
    return await asyncio.wrap_future(writer.call(branches.claim, run.pk, "next", fence))


async def dies(run, after):
    """Execute a claimed run and stop dead in the middle of it; False if it ended before."""
    call = functools.partial(database_sync_to_async, thread_sensitive=False)
    worker = asyncio.create_task(branches.run_claimed(run, call=lambda work: call(work)()))
    await asyncio.wait([worker], timeout=after)
    return worker.cancel()


def test_a_foreground_run_of_a_dead_process_ends_as_interrupted(foreground, make_runner, path):
    models.Run.objects.update(status="running", worker=DEAD, fence=1)
    models.Step.objects.create(run=foreground, node="note", plugin="note", seq=1, status="running")

    make_runner()
    run = end_of(foreground)

    assert (run.status, run.reason) == ("failed", "interrupted")
    assert "not repeated by itself" in run.error["message"]
    assert statuses(run)["note"][0] == "failed"
    assert not path.exists()


def test_a_run_that_was_claimed_too_often_without_a_result_is_given_up(make_background, make_runner):
    run = make_background(edges=[], claims=5)

    make_runner()
    run = end_of(run)

    assert (run.status, run.reason) == ("failed", "poisoned")


def test_what_a_draining_runner_has_not_ended_goes_back_into_the_queue(
    make_background, make_runner, path, until, monkeypatch
):
    monkeypatch.setattr("flowstudio.runs.local.GRACE_SECONDS", 0.1)
    run = make_background(
        ("note", "note", {"path": str(path), "seconds": 30}), edges=["back.output > note"], status="queued"
    )
    runner = make_runner()
    until(lambda: statuses(run).get("note"))

    runner.drain()
    run.refresh_from_db()

    assert (run.status, run.worker, run.claims) == ("queued", "", 0)
    assert statuses(run)["note"] == ("running", 1)  # and runs again as a second attempt


def test_a_run_that_takes_too_long_is_stopped(make_workflow, graph, make_runner, settings, path):
    make_workflow(
        graph(
            ("start", "start"), ("note", "note", {"path": str(path), "seconds": 30}), edges=["start > note"]
        )
    )
    make_runner()
    settings.FLOWSTUDIO = {**settings.FLOWSTUDIO, "MAX_RUN_SECONDS": 0.2}

    run = end_of(accept())

    assert (run.status, run.reason) == ("failed", "timeout")
    assert "longer than 0.2 seconds" in run.error["message"]
    assert statuses(run)["note"][0] == "cancelled"


def test_a_workflow_may_have_a_shorter_limit_of_its_own(make_workflow, graph, make_runner, path):
    make_workflow(
        graph(
            ("start", "start"), ("note", "note", {"path": str(path), "seconds": 30}), edges=["start > note"]
        ),
        settings={"max_seconds": 0.2},
    )
    make_runner()

    run = end_of(accept())

    assert (run.status, run.reason) == ("failed", "timeout")
    assert "longer than 0.2 seconds" in run.error["message"]


def test_a_run_over_its_step_budget_fails_as_limit(foreground, make_runner, settings):
    settings.FLOWSTUDIO = {**settings.FLOWSTUDIO, "MAX_STEPS": 1}

    make_runner()
    run = end_of(foreground)

    assert (run.status, run.reason) == ("failed", "limit")


def test_a_failing_node_fails_its_run_and_says_why(make_workflow, graph, runner):
    make_workflow(
        graph(("start", "start"), ("bad", "throw_error", {"message": "no stock"}), edges=["start > bad"])
    )

    run = end_of(accept())

    assert (run.status, run.reason, run.error["node"]) == ("failed", "error", "bad")
    assert "no stock" in run.error["message"]


def test_a_run_whose_plugin_is_missing_fails_with_the_reason(foreground, make_runner, monkeypatch):
    monkeypatch.delitem(plugins.registry()._plugins, "note")
    graphs.plan_of.cache_clear()

    make_runner()
    run = end_of(foreground)

    assert (run.status, run.reason, run.error["node"]) == ("failed", "error", "note")
    assert "'note' of “note” is not installed" in run.error["message"]


def test_a_run_keeps_the_graph_it_began_with(foreground, make_runner, graph):
    workflow = foreground.workflow
    workflow.graph = graph(("start", "start")).to_bytes()
    workflow.published = None
    workflow.save()

    make_runner()
    run = end_of(foreground)

    assert run.status == "succeeded"
    assert statuses(run).keys() == {"start", "note"}


def test_a_plain_run_uses_the_orm(make_workflow, graph, runner):
    make_workflow(graph(("start", "start"), ("tables", "tables"), edges=["start > tables"]))

    run = end_of(accept())

    assert run.status == "succeeded"
    assert models.Step.objects.get(node="tables").outputs == b'{"payload":{"workflows":1}}'


def test_a_cancelled_run_stops_with_its_children(make_workflow, graph, runner, path, until):
    make_workflow(
        graph(
            ("start", "start"),
            ("back", "run_in_background"),
            ("note", "note", {"path": str(path), "seconds": 30}),
            edges=["start > back", "back.output > note"],
        )
    )
    root = end_of(accept())
    until(path.exists)
    child = models.Run.objects.get(parent=root)

    writer.run(submit.cancel, root)
    child = end_of(child)

    assert (child.status, child.reason) == ("cancelled", "cancelled")
    until(lambda: child.pk not in runner._active)
    assert set(statuses(child).values()) <= {("succeeded", 1), ("cancelled", 1)}
    root.refresh_from_db()
    assert root.status == "succeeded"  # it had ended before


def test_more_runs_than_there_is_room_for_wait_their_turn(make_workflow, graph, make_runner, settings, path):
    settings.FLOWSTUDIO = {**settings.FLOWSTUDIO, "CONCURRENT_RUNS": 2}
    make_workflow(graph(("start", "start"), ("note", "note", {"path": str(path)}), edges=["start > note"]))
    make_runner()

    runs = [accept() for _ in range(10)]
    ended = waiting.wait_for_end([run.pk for run in runs], 10)

    assert {run.status for run in ended} == {"succeeded"}
    assert len(path.read_text().split()) == 10
