"""Called workflows: they answer their caller, end with it, need no slot of their own and call to no end."""

import asyncio
from itertools import pairwise

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import OperationalError
from django.utils import timezone

from flowstudio import models
from flowstudio.engine.errors import StaleRun
from flowstudio.engine.plugins import Context, Event, RunInfo
from flowstudio.engine.steplog import NO_LOG
from flowstudio.ids import new_id
from flowstudio.runs import calls, events, submit, waiting, writer
from flowstudio.runs.calls import CalledRunFailed, Calls
from flowstudio.runs.events import NewEvent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "notes.txt"


@pytest.fixture
def make(make_workflow, graph):
    """A factory of workflows that no event starts: a trigger, then a chain of nodes."""

    def make(name, *nodes, trigger=("start", "start", {"event_types": ["never"]}), **fields):
        return make_workflow(chain(graph, trigger, *nodes), name=name, enabled=False, **fields)

    return make


@pytest.fixture
def call(make_workflow, graph):
    """Fire an event at a workflow that calls ``called`` (a workflow or an id); the run it starts."""

    def call(called, *, behind=(), properties=None, in_background=False, **config):
        back = [("back", "run_in_background", {"forward_payload": True})] if in_background else []
        make_workflow(
            chain(graph, ("start", "start"), *back, calling(called, **config), *behind), name="Caller"
        )
        return writer.run(events.accept, NewEvent("go", properties or {})).runs[0]

    return call


def chain(graph, *nodes):
    ports = {"back": "output"}
    ends = pairwise(nodes)
    return graph(*nodes, edges=[f"{one[0]}.{ports.get(one[0], 'payload')} > {two[0]}" for one, two in ends])


def calling(called, name="call", **config):
    return name, "call_workflow", {"workflow": str(getattr(called, "pk", called)), **config}


def respond(body):
    return "respond", "respond", {"body": body}


def note(path, **config):
    return "note", "note", {"path": str(path), **config}


def end_of(run, seconds=10):
    [run] = waiting.wait_for_end([run.pk], seconds)
    assert run.status in models.ENDED
    return run


def called_by(run):
    return models.Run.objects.get(parent=run, call__gt=0)


def output(run, node="call"):
    return models.Step.objects.get(run=run, node=node).summary["outputs"]["payload"]["preview"]


# ── What comes back ────────────────────────────────────────────────────────────────────────────────


def test_the_answer_of_the_called_workflow_is_the_output(make, call, runner):
    called = make("Prices", respond({"price": "{{ payload.net * 2 }}", "of": "{{ event.properties }}"}))

    run = end_of(call(called, properties={"net": 21, "secret": 1}, payload={"net": "{{ payload.net }}"}))

    assert run.status == "succeeded"
    assert output(run) == '{"price":42,"of":{"net":21}}'


def test_without_a_payload_of_its_own_the_node_hands_over_what_came_in(make, call, runner):
    run = end_of(call(make("Echo", respond("{{ payload }}")), properties={"net": 21}))

    assert output(run) == '{"net":21}'


def test_a_workflow_that_does_not_answer_returns_null(make, call, runner):
    run = end_of(call(make("Silent")))

    assert output(run) == "null"


def test_the_called_run_is_a_run_of_the_called_workflow_below_its_caller(make, call, runner):
    called = make("Prices", settings={"recording": "status"})
    run = end_of(call(called))

    child = called_by(run)

    assert (child.workflow, child.version, child.kind, child.root) == (
        called,
        called.published,
        "foreground",
        run,
    )
    assert (child.parent, child.parent_node, child.parent_iteration, child.call) == (run, "call", "", 1)
    assert (child.recording, child.start_node, child.is_test) == ("status", "start", False)


def test_the_event_there_is_the_callers_with_what_was_handed_over(make, call, runner):
    run = end_of(call(make("Prices"), properties={"secret": 1}, payload={"net": 2}))

    event = called_by(run).event

    assert (event.type, event.event_id, bytes(event.properties)) == ("go", run.event.event_id, b'{"net":2}')
    assert list(models.Event.objects.listed()) == [run.event]
    assert list(run.event.runs.all()) == [run]


def test_a_call_in_a_background_run_is_answered_too(make, call, runner):
    called = make("Prices", respond({"price": "{{ payload.net }}"}))
    run = end_of(call(called, properties={"net": 3}, in_background=True))

    branch = end_of(run.children.get())

    assert called_by(branch).kind == "background"
    assert bytes(called_by(branch).answer) == b'{"status":200,"headers":{},"body":{"price":3}}'
    assert models.Step.objects.get(run=branch, node="call").status == "succeeded"


def test_a_background_branch_of_the_called_workflow_is_not_waited_for(make, call, runner, path):
    back = ("back", "run_in_background", {"forward_payload": True})
    called = make("Prices", back, note(path, seconds=0.3), respond("late"))

    run = end_of(call(called))

    assert output(run) == "null"
    branch = end_of(called_by(run).children.get())
    assert (branch.call, branch.workflow, branch.status) == (0, called, "succeeded")


# ── What goes wrong ────────────────────────────────────────────────────────────────────────────────


def test_a_called_run_that_fails_fails_the_calling_node(make, call, runner):
    run = end_of(call(make("Prices", ("bad", "throw_error", {"message": "no stock"}))))

    assert (run.status, run.error["node"], run.error["type"]) == ("failed", "call", "CalledRunFailed")
    assert run.error["message"] == "“Prices” failed: no stock"


def test_its_failure_can_be_handled_at_the_error_port(make, make_workflow, graph, runner):
    called = make("Prices", ("bad", "throw_error", {"message": "no stock"}))
    drawn = graph(
        ("start", "start"),
        calling(called),
        ("log", "log", {"message": "{{ payload.message }}"}),
        edges=["start > call", "call.error > log"],
    )
    make_workflow(drawn)

    run = end_of(writer.run(events.accept, NewEvent("go", {})).runs[0])

    assert run.status == "succeeded"
    assert "no stock" in models.Step.objects.get(run=run, node="log").log[0]["message"]


def test_a_workflow_that_was_never_published_is_not_called(make, call, runner):
    run = end_of(call(make("Draft", publish=False)))

    assert (run.error["type"], "“Draft” is not published" in run.error["message"]) == ("CannotCall", True)


def test_a_deleted_workflow_is_not_called(make, call, runner):
    run = end_of(call(make("Gone", deleted=timezone.now())))

    assert (run.error["type"], "is not there" in run.error["message"]) == ("CannotCall", True)


@pytest.mark.parametrize("missing", [str(new_id()), "Prices"])
def test_a_workflow_that_is_not_there_is_not_called(call, runner, missing):
    run = end_of(call(missing))

    assert (run.error["type"], "is not there" in run.error["message"]) == ("CannotCall", True)


def test_a_workflow_whose_triggers_are_switched_off_is_not_called(make_workflow, graph, call, runner):
    called = make_workflow(graph(("start", "start"), start={"settings": {"disabled": True}}), name="Off")

    run = end_of(call(called))

    assert "“Off” has no trigger that is switched on" in run.error["message"]


def test_an_expression_does_not_choose_the_workflow(make, make_workflow, graph, runner):
    called = make("Secret", respond("secret"))
    node = ("call", "call_workflow", {"workflow": {"$expr": "payload.id"}})
    make_workflow(chain(graph, ("start", "start"), node))

    run = end_of(writer.run(events.accept, NewEvent("go", {"id": str(called.pk)})).runs[0])

    assert (run.error["type"], "in the form" in run.error["message"]) == ("CannotCall", True)
    assert not called.runs.exists()


def test_workflows_that_call_one_another_in_a_circle_end_with_the_chain_named(
    make, make_workflow, graph, runner, settings
):
    settings.FLOWSTUDIO = {**settings.FLOWSTUDIO, "MAX_CALL_DEPTH": 2}
    there = make("There")
    back = make_workflow(chain(graph, ("start", "start"), calling(there)), name="Back")
    again = make_workflow(
        chain(graph, ("start", "start", {"event_types": ["x"]}), calling(back)), name="There"
    )
    models.Workflow.objects.filter(pk=there.pk).update(published=again.published)

    run = end_of(writer.run(events.accept, NewEvent("go", {})).runs[0])

    assert run.status == "failed"
    assert "deep; this call would be number 3: Back → There → Back → There" in run.error["message"]
    assert models.Run.objects.filter(root=run).count() == 3


# ── Slots, ends and deaths ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def one_slot(settings):
    settings.FLOWSTUDIO = {**settings.FLOWSTUDIO, "CONCURRENT_RUNS": 1}


def test_calls_inside_calls_need_no_more_than_one_slot(make, call, one_slot, runner):
    lowest = make("Lowest", respond("{{ payload.n + 1 }}"))
    middle = make("Middle", calling(lowest), respond("{{ payload + 1 }}"))

    run = end_of(call(middle, properties={"n": 0}))

    assert output(run) == "2"


def test_a_slot_that_a_called_run_needs_is_not_given_to_another_run(make, call, one_slot, runner, path):
    called = make("Slow", note(path, seconds=0.2))
    first = call(called)
    second = writer.run(events.accept, NewEvent("go", {})).runs[0]

    first, second = end_of(first), end_of(second)

    assert first.ended <= second.started


def test_cancelling_the_caller_cancels_what_it_called(make, call, runner, path, until):
    run = call(make("Slow", note(path, seconds=30)))
    until(path.exists)

    writer.run(submit.cancel, run)

    child = end_of(called_by(run))
    assert (child.status, child.reason) == ("cancelled", "cancelled")


def test_a_called_run_that_is_cancelled_fails_the_calling_node(make, call, runner, path, until):
    run = call(make("Slow", note(path, seconds=30)))
    until(path.exists)

    writer.run(submit.cancel, called_by(run))

    run = end_of(run)
    assert (run.status, run.error["message"]) == ("failed", "“Slow” was cancelled.")


def test_a_called_run_that_is_deleted_fails_the_calling_node(make, call, runner, path, until):
    run = call(make("Slow", note(path, seconds=30)))
    until(path.exists)

    writer.run(called_by(run).delete)

    assert end_of(run).error["message"] == "The called run was deleted."


def test_a_caller_that_takes_too_long_takes_what_it_called_with_it(make, call, runner, path, settings):
    settings.FLOWSTUDIO = {**settings.FLOWSTUDIO, "MAX_RUN_SECONDS": 0.5}
    run = end_of(call(make("Slow", note(path, seconds=30))))

    child = end_of(called_by(run))

    assert run.reason == "timeout"
    assert child.status in ("cancelled", "failed")


def test_a_foreground_call_ends_with_a_drained_process(make, call, make_runner, path, until, monkeypatch):
    monkeypatch.setattr("flowstudio.runs.local.GRACE_SECONDS", 0.1)
    runner = make_runner()
    run = call(make("Slow", note(path, seconds=30)))
    until(path.exists)

    runner.drain()

    run, child = end_of(run), end_of(called_by(run))
    assert (run.status, run.reason) == ("failed", "interrupted")
    assert child.reason in ("interrupted", "cancelled")


def test_a_background_call_goes_on_after_a_drained_process(
    make, call, one_slot, make_runner, path, until, monkeypatch
):
    monkeypatch.setattr("flowstudio.runs.local.GRACE_SECONDS", 0.1)
    first = make_runner()
    lowest = make("Lowest", note(path, seconds=1), respond("{{ payload }}"))
    run = call(make("Middle", calling(lowest), respond("{{ payload }}")), in_background=True)
    until(path.exists)

    first.drain()
    branch = end_of(run).children.get()
    waiting_rows = models.Run.objects.filter(root=run).exclude(pk=run.pk)
    assert set(waiting_rows.values_list("status", flat=True)) == {"queued"}
    make_runner()

    assert end_of(branch).status == "succeeded"
    assert waiting_rows.count() == 3
    assert path.read_text().split() == ["here", "here"]  # the note alone began again


def test_a_caller_waits_for_a_called_run_that_another_process_executes(make, call, runner, monkeypatch, path):
    """Its news are not heard here: the rows are looked at, and again where that fails."""
    monkeypatch.setattr(Calls, "_hear", lambda self, item: None)
    looks = []

    def look(run_ids):
        looks.append(run_ids)
        if len(looks) == 1:
            raise OperationalError("database is locked")
        return not_open(run_ids)

    not_open = calls._not_open
    monkeypatch.setattr(calls, "_not_open", look)

    run = end_of(call(make("Prices", note(path, seconds=0.1), respond("late"))))

    assert output(run) == "late"


# ── Attempts ───────────────────────────────────────────────────────────────────────────────────────


class Caller:
    """A run at its calling node, as the engine's attempts use the service."""

    def __init__(self, run, called):
        self.run, self.called, self.is_draining = run, called, False
        self.begun = []
        read = database_sync_to_async
        self.calls = Calls("me", self.begun.append, lambda work: read(work)(), lambda: self.is_draining)

    def attempt(self, number):
        info, now = RunInfo(id=str(self.run.pk)), timezone.now()
        context = Context(Event("e", "go"), info, NO_LOG, now, node="call", attempt=number)
        return asyncio.create_task(self.calls.call(context, str(self.called.pk), {}))

    async def called_at(self, number):
        async with asyncio.timeout(5):
            while not (runs := [run async for run in models.Run.objects.filter(call=number)]):
                await asyncio.sleep(0.01)
        return runs[0]


@pytest.fixture
async def caller(make, call):
    """A running caller whose runner does nothing by itself."""

    def begin():
        called = make("Prices")
        run = call(called)
        models.Run.objects.filter(pk=run.pk).update(status="running", worker="me", fence=1)
        return run, called

    caller = Caller(*await sync_to_async(begin)())
    yield caller
    await caller.calls.aclose()


async def cancel(run):
    await asyncio.wrap_future(writer.call(submit.cancel, run))


async def test_a_retry_calls_anew_and_an_attempt_that_begins_again_does_not(caller):
    first = caller.attempt(1)
    await cancel(await caller.called_at(1))
    with pytest.raises(CalledRunFailed):
        await first

    with pytest.raises(CalledRunFailed):  # as after a restart: its run is known to have failed
        await caller.attempt(1)
    second = caller.attempt(2)
    retried = await caller.called_at(2)

    assert await models.Run.objects.filter(call__gt=0).acount() == 2
    assert caller.begun[-1] == retried.pk
    second.cancel()


@pytest.mark.parametrize("why", ["timed out", "drained", "taken over"])
async def test_a_call_that_is_given_up_cancels_its_run_unless_somebody_goes_on(caller, why):
    attempt = caller.attempt(1)
    child = await caller.called_at(1)
    caller.is_draining = why == "drained"
    if why == "taken over":
        await models.Run.objects.filter(pk=caller.run.pk).aupdate(worker="another")

    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt
    await asyncio.wrap_future(writer.call(child.refresh_from_db))  # behind what the cancelled call asked for

    assert child.status == ("cancelled" if why == "timed out" else "queued")


async def test_a_run_that_has_ended_calls_nothing(caller):
    await cancel(caller.run)

    with pytest.raises(StaleRun):
        await caller.attempt(1)

    assert not await models.Run.objects.filter(call__gt=0).aexists()


# ── Tests of a draft ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def person(db):
    return get_user_model().objects.create_user("ada")


def test_a_test_calls_the_published_version_and_records_all(make, make_workflow, graph, runner, person):
    called = make("Prices", respond("{{ payload }}"), settings={"recording": "none"}, owner=person)
    drawn = chain(graph, ("start", "start"), calling(called))
    workflow = make_workflow(drawn, owner=person)

    run = writer.run(
        submit.start_test,
        workflow,
        graph=drawn,
        event=NewEvent("go", {"n": 1}),
        pins={"respond": {"payload": "pinned"}},
        until="call",
        user=person,
    )
    run, child = end_of(run), end_of(called_by(run))

    assert output(run) == '{"n":1}'
    assert (child.is_test, child.recording, child.until_node, child.pins) == (True, "all", "", None)
    assert output(child, "respond") == '{"n":1}'


@pytest.mark.parametrize("role", ["view", "payloads", "run"])
def test_a_test_calls_only_what_its_person_may_run(make, make_workflow, graph, runner, person, role):
    called = make("Prices", respond("secret"))
    group = Group.objects.create(name="all")
    person.groups.add(group)
    models.WorkflowGrant.objects.create(workflow=called, group=group, role=role)
    drawn = chain(graph, ("start", "start"), calling(called))
    workflow = make_workflow(drawn, owner=person)

    run = end_of(writer.run(submit.start_test, workflow, graph=drawn, event=NewEvent("go", {}), user=person))

    assert (run.status == "succeeded") == (role == "run")
    assert called.runs.exists() == (role == "run")


# ── Processes that die ─────────────────────────────────────────────────────────────────────────────

WORKFLOWS = """
from flowstudio import models
from flowstudio.runs import events, publishing, writer
from tests.drawing import graph

def workflow(name, *nodes, edges, types):
    drawn = graph(("start", "start", {"event_types": types}), *nodes, edges=edges)
    made = models.Workflow.objects.create(name=name, enabled=True, graph=drawn.to_bytes())
    publishing.publish(made, drawn)
    return str(made.pk)

def note(number):
    return f"n{number}", "note", {"path": PATH, "text": f"n{number}", "seconds": 0.3}

lowest = workflow(
    "Lowest", note(0), note(1), note(2), ("end", "respond", {"body": "{{ payload.n + 1 }}"}),
    edges=["start > n0", "n0 > n1", "n1 > n2", "n2 > end"], types=["never"],
)
middle = workflow(
    "Middle", ("call", "call_workflow", {"workflow": lowest}),
    ("end", "respond", {"body": "{{ payload + 1 }}"}),
    edges=["start > call", "call > end"], types=["never"],
)
workflow(
    "Caller", ("back", "run_in_background", {"forward_payload": True, "collect_debugging_information": True}),
    ("call", "call_workflow", {"workflow": middle}),
    edges=["start > back", "back.output > call"] if BACKGROUND else ["start > call"], types=[],
)
for _ in range(EVENTS):
    writer.run(events.accept, events.NewEvent("go", {"n": 0}))
"""


def begin(studio, path, events=1, in_background=True):
    """Publish three workflows that call one another, and store events; by a process without a runner."""
    given = f"PATH, EVENTS, BACKGROUND = {str(path)!r}, {events}, {in_background}\n"
    studio.manage("shell", "--no-imports", "-c", given + WORKFLOWS)


def lines(path):
    return path.read_text().split() if path.exists() else []


def ended_runs(studio, count):
    rows = studio.rows(
        "SELECT w.name, r.kind, r.status, r.reason FROM flowstudio_run r"
        " JOIN flowstudio_workflow w ON w.id = r.workflow_id ORDER BY r.id"
    )
    is_over = len(rows) >= count and all(row[2] in ("succeeded", "failed", "cancelled") for row in rows)
    return rows if is_over else None


def test_calls_in_the_background_go_on_after_their_process_was_killed(make_studio, until, path):
    studio = make_studio(TEST_CONCURRENT_RUNS="1")
    begin(studio, path)
    until(lambda: lines(path) == ["n0", "n1"])

    studio.kill()
    studio.start()
    runs = until(lambda: ended_runs(studio, 4))

    names = [
        ("Caller", "foreground"),
        ("Caller", "background"),
        ("Middle", "background"),
        ("Lowest", "background"),
    ]
    assert runs == [(*name, "succeeded", "") for name in names]
    assert lines(path) == ["n0", "n1", "n1", "n2"], "each called once, and went on where it was"
    [(summary,)] = studio.rows(
        "SELECT s.summary FROM flowstudio_step s JOIN flowstudio_run r ON r.id = s.run_id"
        " WHERE s.node = 'call' AND r.call = 0"
    )
    assert '"preview":"2"' in str(summary).replace(" ", "")


def test_calls_in_the_foreground_end_with_their_process(make_studio, until, path):
    studio = make_studio()
    begin(studio, path, in_background=False)
    until(lambda: lines(path) == ["n0"])

    studio.kill()
    studio.start()
    runs = until(lambda: ended_runs(studio, 3))

    assert {name: status for name, _, status, _ in runs} == {
        "Caller": "failed",
        "Middle": "cancelled",
        "Lowest": "cancelled",
    }
    assert lines(path) == ["n0"]


def test_two_processes_share_the_calls_and_none_is_made_twice(make_studio, until, path):
    one = make_studio(TEST_CONCURRENT_RUNS="2")
    make_studio(one.data, TEST_CONCURRENT_RUNS="2")
    begin(one, path, events=10)

    runs = until(lambda: ended_runs(one, 40), seconds=30)

    assert {row[2] for row in runs} == {"succeeded"}
    assert len(runs) == 40
    assert sorted(lines(path)) == sorted(10 * ["n0", "n1", "n2"])
