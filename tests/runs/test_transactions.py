"""A node with a transaction: what it wrote and its result are both there, or neither is."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import IntegrityError, connection, transaction

from flowstudio import models
from flowstudio.engine.errors import CommandRefused, StaleRun
from flowstudio.engine.plugins import Emit, Submit
from flowstudio.engine.trace import StepRecord
from flowstudio.runs import branches, events, news, writer
from flowstudio.runs.events import NewEvent
from flowstudio.runs.journal import DatabaseSink, TransactionBroken

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def make_claimed(make_workflow, graph):
    """A factory of claimed background runs."""
    make_workflow(
        graph(
            ("start", "start"),
            ("back", "run_in_background"),
            ("log", "log", {"message": "x"}),
            edges=["start > back", "back.output > log"],
        )
    )

    def make():
        [run] = writer.run(events.accept, NewEvent("order", {"n": 1})).runs
        models.Run.objects.filter(pk=run.pk).update(kind="background", recording="all")
        return writer.run(branches.claim, run.pk, "worker")

    return make


@pytest.fixture
def run(make_claimed):
    return make_claimed()


def transact(run, work, step=None):
    """Run ``work`` as a node with a transaction; returns the step."""
    step = step or StepRecord("log", "log", input={"a": 1})

    def filled():
        commands = work() or ()
        step.status, step.outputs = "succeeded", {"payload": {"b": 2}}
        return commands

    async def live():
        sink = DatabaseSink(run)
        sink.started(step)
        await sink.transact(step, filled, {})

    asyncio.run(live())
    return step


def write():
    models.Snapshot.objects.create(hash="written by the node", graph=b"{}")


def is_written():
    return models.Snapshot.objects.filter(hash="written by the node").exists()


def results():
    """What is stored as the node's result, for people and for a restore."""
    steps = models.Step.objects.filter(status="succeeded").values_list("node", flat=True)
    return [*steps, *models.JournalEntry.objects.values_list("node", flat=True)]


def test_what_a_node_writes_and_its_result_are_stored_together(run):
    heard = []
    end = news.subscribe(lambda item: heard.append((item.run, is_written(), results())))

    transact(run, write)
    end()

    assert is_written()
    assert results() == ["log", "log"]
    assert heard[-1] == (run.pk, True, ["log", "log"])
    assert models.Step.objects.get().seq == models.Run.objects.get(pk=run.pk).seq


def test_a_node_that_raises_after_writing_leaves_nothing(run):
    def fail():
        write()
        raise ZeroDivisionError("as it was raised")

    with pytest.raises(ZeroDivisionError, match="as it was raised"):
        transact(run, fail)

    assert not is_written()
    assert results() == []


def test_a_result_that_cannot_be_stored_takes_the_nodes_rows_along(run):
    step = StepRecord("log", "log")

    with pytest.raises(CommandRefused, match="could not be stored"):
        transact(run, lambda: write() or [Submit(), Emit("", {})], step)

    assert step.background_run is None
    assert not is_written()
    assert results() == []
    assert not models.Run.objects.filter(parent=run).exists()


def test_a_worker_whose_run_was_taken_over_writes_nothing(run):
    def taken_over_meanwhile():
        write()
        models.Run.objects.filter(pk=run.pk).update(fence=run.fence + 1)

    with pytest.raises(StaleRun):
        transact(run, taken_over_meanwhile)

    assert not is_written()
    assert results() == []


def test_commands_are_stored_in_the_same_transaction(run):
    step = transact(run, lambda: [Submit(), Emit("order.paid", {})])

    assert str(models.Run.objects.get(parent=run).pk) == step.background_run
    assert models.Event.objects.filter(type="order.paid").exists()


def test_an_event_that_the_node_sends_by_itself_is_part_of_its_transaction(run):
    def send_and_fail():
        writer.run(events.accept, NewEvent("order.lost", {}))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        transact(run, send_and_fail)

    assert not models.Event.objects.filter(type="order.lost").exists()


def test_a_hook_of_the_node_may_wait_for_the_writer(run):
    stored = []

    def hook():
        stored.append(writer.run(events.accept, NewEvent("order.paid", {})))

    transact(run, lambda: transaction.on_commit(hook))

    assert len(stored) == 1


def test_a_swallowed_database_error_fails_the_node_and_says_what_to_do(run):
    def swallow():
        write()
        with suppress(IntegrityError):
            write()

    with pytest.raises(TransactionBroken, match=r"transaction\.atomic\(\)"):
        transact(run, swallow)

    assert not is_written()


def test_a_step_that_waits_to_be_shown_as_running_does_not_come_after_its_result(run):
    async def live():
        sink = DatabaseSink(run)
        step = StepRecord("log", "log")
        sink.started(step)

        def work():
            sink._loop.call_soon_threadsafe(sink.logged, step)
            step.status = "succeeded"
            return ()

        await sink.transact(step, work, {})
        await sink.finish("succeeded")

    asyncio.run(live())

    assert models.Step.objects.get().status == "succeeded"


def test_a_node_that_is_given_up_before_its_commit_leaves_nothing(run):
    async def live():
        sink = DatabaseSink(run)
        writing, go_on, over = threading.Event(), threading.Event(), asyncio.Event()

        def work():
            write()
            writing.set()
            go_on.wait()
            return ()

        async def call(work):
            try:
                await asyncio.shield(ended := asyncio.ensure_future(asyncio.to_thread(work)))
            finally:
                ended.add_done_callback(lambda _: over.set())

        sink._call = call
        doing = asyncio.create_task(sink.transact(StepRecord("log", "log"), work, {}))
        await asyncio.to_thread(writing.wait)
        doing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await doing
        go_on.set()
        await over.wait()

    asyncio.run(live())

    assert not is_written()
    assert results() == []


def test_a_node_that_is_given_up_once_its_commit_has_begun_counts(run):
    async def live():
        sink = DatabaseSink(run)
        committed, go_on = asyncio.Event(), asyncio.Event()

        async def call(work):
            await asyncio.to_thread(work)
            committed.set()
            await go_on.wait()

        sink._call = call
        step = StepRecord("log", "log", status="succeeded")
        doing = asyncio.create_task(sink.transact(step, lambda: write() or (), {}))
        await committed.wait()
        doing.cancel()
        asyncio.get_running_loop().call_soon(go_on.set)
        await doing

    asyncio.run(live())

    assert is_written()
    assert results() == ["log", "log"]


def test_many_transactions_at_once_wait_for_their_turn(make_claimed):
    """Beside a writer that is busy; without turns SQLite's own waiting lets some starve."""
    runs = [make_claimed() for _ in range(20)]
    threads = ThreadPoolExecutor(20)
    failed = []

    async def one(run):
        async def call(work):
            return await asyncio.get_running_loop().run_in_executor(threads, managed, work)

        sink = DatabaseSink(run, call=call)
        for number in range(5):
            name = f"{run.pk} {number}"

            def work(step, name=name):
                models.Snapshot.objects.create(hash=name[:64], graph=b"{}")
                step.status = "succeeded"
                return [Emit("counted", {})]

            step = StepRecord(f"log{number}", "log")
            await sink.transact(step, lambda work=work, step=step: work(step), {})
            await sink.commit(StepRecord(f"more{number}", "log", status="succeeded"), (), {})
        await sink.finish("succeeded")

    async def live():
        failed.extend(await asyncio.gather(*map(one, runs), return_exceptions=True))

    connection.settings_dict["OPTIONS"]["timeout"], kept = 0.2, connection.settings_dict["OPTIONS"]["timeout"]
    try:
        asyncio.run(live())
    finally:
        connection.settings_dict["OPTIONS"]["timeout"] = kept
        threads.shutdown()

    assert failed == [None] * 20
    assert models.Snapshot.objects.exclude(hash__in=models.Run.objects.values("snapshot")).count() == 100
    assert models.Event.objects.filter(type="counted").count() == 100


def managed(work):
    try:
        return work()
    finally:
        connection.close()


def test_turns_are_taken_in_the_order_in_which_they_were_asked_for():
    turns = writer.Turns()
    first = turns.take()
    order, threads = [], []

    def take(number):
        end = turns.take()
        order.append(number)
        end()

    for number in range(5):
        threads.append(threading.Thread(target=take, args=(number,)))
        threads[-1].start()
        while len(turns._waiting) < number + 2:
            pass
    first()
    first()
    for thread in threads:
        thread.join()

    assert order == [0, 1, 2, 3, 4]


def test_a_turn_is_not_waited_for_for_ever(monkeypatch):
    monkeypatch.setattr(writer, "TURN_SECONDS", 0.01)
    turns = writer.Turns()
    turns.take()

    turns.take()()
