"""The hub: what a watcher has not got reaches it once, whatever happens meanwhile."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from flowstudio import models
from flowstudio.live import frames, hub, watchers
from flowstudio.runs import news, reading

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_watcher_gets_the_run_its_steps_and_then_what_happens(connect, run):
    await run.add(2)
    socket = await connect()

    await socket.watch(run=run.id)
    first = await socket.next("run")
    before = await socket.next("trace")
    watching = await socket.next("watching")
    await run.add()
    after = await socket.next("trace")
    await run.end()
    last = await socket.next("run")

    assert first["run"]["id"] == run.id
    assert [step["seq"] for step in before["steps"]] == [1, 2]
    assert before["steps"][0]["outputs"]["payload"]["preview"] == '{"a": 1}'
    assert watching == {"op": "watching", "run": run.id, "runs": [run.id]}
    assert (after["run"], after["seq"], [step["seq"] for step in after["steps"]]) == (run.id, 3, [3])
    assert last["run"]["status"] == "succeeded"


async def test_a_watcher_that_says_what_it_has_gets_the_rest(connect, run):
    await run.add(5)
    socket = await connect()

    await socket.watch(run=run.id, after={run.id: 3})

    assert await socket.steps(2) == [4, 5]


@pytest.mark.usefixtures("few_at_once")
async def test_nothing_is_lost_or_doubled_while_a_watcher_catches_up(connect, run):
    await run.add(50)
    socket = await connect()

    await socket.watch(run=run.id)
    growing = asyncio.create_task(grow(run, 100))
    got = await socket.steps(150)
    await growing

    assert got == list(range(1, 151))


async def grow(run, count):
    for _ in range(count):
        await run.add()


async def test_many_watchers_get_every_step_of_a_burst_once(connect, run):
    sockets = [await connect() for _ in range(10)]
    for socket in sockets:
        await socket.watch(run=run.id)

    bursts = [run.add(20) for _ in range(25)]
    received = [socket.steps(500) for socket in sockets]
    *_, got = await asyncio.gather(asyncio.gather(*bursts), asyncio.gather(*received))

    assert got == 10 * [list(range(1, 501))]


async def test_children_that_appear_later_are_watched_too(connect, run, make_run):
    socket = await connect()
    await socket.watch(run=run.id)
    await socket.next("watching")

    child = await sync_to_async(make_run)(parent=run)
    shown = await socket.next("run")
    await child.add()
    trace = await socket.next("trace")

    assert (shown["run"]["id"], shown["run"]["parent"]) == (child.id, run.id)
    assert trace["run"] == child.id


async def test_watching_a_child_shows_its_whole_tree(connect, run, make_run):
    child = await sync_to_async(make_run)(parent=run)
    socket = await connect()

    await socket.watch(run=child.id)
    watching = await socket.next("watching")

    assert watching["run"] == child.id
    assert set(watching["runs"]) == {run.id, child.id}


async def test_a_watcher_that_does_not_acknowledge_is_paused_and_then_catches_up(connect, run, settings):
    settings.FLOWSTUDIO = {**settings.FLOWSTUDIO, "LIVE_WINDOW_BYTES": 2_000}
    socket, other = await connect(), await connect()
    for each in (socket, other):
        await each.watch(run=run.id)
        await each.next("watching")

    for _ in range(4):
        await run.add(10)
        assert len(await other.steps(10)) == 10  # another one gets them all
    paused = await socket.next("trace", acks=False)
    assert await socket.receive_nothing(0.2)
    await socket.ack(paused)
    rest = await socket.steps(30)

    assert [step["seq"] for step in paused["steps"]] + rest == list(range(1, 41))


async def test_a_watcher_that_is_paused_amid_many_frames_gets_the_rest_later(
    connect, run, settings, monkeypatch
):
    monkeypatch.setattr(frames, "FRAME_BYTES", 1_000)
    settings.FLOWSTUDIO = {**settings.FLOWSTUDIO, "LIVE_WINDOW_BYTES": 2_000}
    await run.add(20)
    socket = await connect()
    await socket.watch(run=run.id)
    await socket.next("run")
    first = (await socket.receive_json_from())["seq"]
    await run.add(20)

    rest = await socket.steps(40 - first)

    assert first < 5
    assert rest == list(range(first + 1, 41))


async def test_a_watcher_that_never_acknowledges_is_closed(connect, run, settings, monkeypatch):
    settings.FLOWSTUDIO = {**settings.FLOWSTUDIO, "LIVE_WINDOW_BYTES": 100}
    monkeypatch.setattr(watchers, "MAX_PAUSE_SECONDS", 0.2)
    await run.add(10)
    socket = await connect()

    await socket.watch(run=run.id)

    assert await socket.close_code() == 4408


async def test_what_another_process_writes_is_found_by_looking(connect, run, settings, monkeypatch):
    settings.FLOWSTUDIO = {**settings.FLOWSTUDIO, "LIVE_POLL_SECONDS": 0.05}
    monkeypatch.setattr(news, "publish", lambda *news: None)  # news do not leave the process that wrote
    socket = await connect()
    await socket.watch(run=run.id)
    await socket.next("watching")

    await run.add(3)

    assert await socket.steps(3) == [1, 2, 3]


async def test_after_unwatch_nothing_more_comes(connect, run):
    socket = await connect()
    await socket.watch(run=run.id)
    await socket.next("watching")

    await socket.send_json_to({"op": "unwatch", "run": run.id})
    await run.add()

    assert await socket.receive_nothing(0.3)


async def test_a_watched_workflow_shows_its_runs_as_they_start_and_end(connect, run, make_run):
    socket = await connect()

    await socket.watch(workflow=str(run.run.workflow_id), cursor=None)
    active = await socket.next("run")
    new = await sync_to_async(make_run)(workflow=run.run.workflow)
    started = await socket.next("run")
    await new.end()
    ended = await socket.next("run")

    assert active["run"]["id"] == run.id
    assert (started["run"]["id"], started["run"]["status"]) == (new.id, "running")
    assert (ended["run"]["id"], ended["run"]["status"]) == (new.id, "succeeded")
    assert ended["cursor"] >= started["cursor"]


async def test_a_socket_watches_so_many_runs_and_no_more(connect, run, make_run, monkeypatch):
    monkeypatch.setattr(hub, "MAX_WATCHES", 1)
    other = await sync_to_async(make_run)(workflow=run.run.workflow)
    socket = await connect()
    await socket.watch(run=run.id)

    await socket.watch(run=other.id)
    error = await socket.next("error")

    assert error["code"] == "forbidden"
    assert "unwatch some" in error["detail"]


async def test_without_the_role_payloads_nothing_of_what_was_worked_on_is_sent(connect, run, make_viewer):
    viewer = await sync_to_async(make_viewer)(run.run.workflow)
    await run.add(log=[{"time": "now", "level": "info", "message": "the secret is 7"}])
    socket = await connect(viewer)

    await socket.watch(run=run.id)
    [step] = (await socket.next("trace"))["steps"]

    assert (step["input"], step["outputs"], step["log"]) == (None, {"payload": None}, [])


async def test_without_the_role_payloads_an_error_is_sent_without_its_message(connect, run, make_viewer):
    viewer = await sync_to_async(make_viewer)(run.run.workflow)
    error = {"message": "card 4711 is refused", "type": "NodeFailed", "node": "n2"}
    await models.Run.objects.filter(pk=run.run.pk).aupdate(error=error)
    await run.add(error=error)
    sees_all, sees_some = await connect(), await connect(viewer)

    for socket, message in ((sees_all, error["message"]), (sees_some, reading.WITHHELD)):
        await socket.watch(run=run.id)
        assert (await socket.next("run"))["run"]["error"]["message"] == message
        assert (await socket.next("trace"))["steps"][0]["error"]["message"] == message
        await socket.watch(workflow=str(run.run.workflow_id))
        assert (await socket.next("run"))["run"]["error"]["message"] == message


async def test_the_runs_of_a_deleted_workflow_are_watched_to_their_end(connect, run):
    socket = await connect()
    await socket.watch(run=run.id)
    await socket.next("watching")

    await models.Workflow.objects.aupdate(deleted=timezone.now(), enabled=False)
    await asyncio.sleep(hub.ACCESS_SECONDS + 0.2)  # the hub has looked at what the socket may see
    await run.end()

    assert (await socket.next("run"))["run"]["status"] == "succeeded"


async def test_a_role_that_is_taken_closes_the_socket(connect, run, make_viewer):
    viewer = await sync_to_async(make_viewer)(run.run.workflow)
    socket = await connect(viewer)
    await socket.watch(run=run.id)
    await socket.next("watching")

    await models.WorkflowGrant.objects.all().adelete()

    assert await socket.close_code() == 4403


async def test_a_user_who_is_locked_out_loses_the_socket(connect, run, person):
    socket = await connect()

    person.is_active = False
    await person.asave()

    assert await socket.close_code() == 4401


async def test_a_session_that_ends_closes_the_socket(connect, run):
    socket = await connect()
    await socket.watch(run=run.id)
    await socket.next("watching")

    await sync_to_async(sign_everybody_out)()

    assert await socket.close_code() == 4401


def sign_everybody_out():
    from django.contrib.sessions.models import Session

    Session.objects.all().delete()


@pytest.fixture
def make_viewer(transactional_db):
    """A factory of users whose group may view a workflow, and nothing else."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group

    def make(workflow):
        user = get_user_model().objects.create_user("grace")
        group = Group.objects.create(name="viewers")
        user.groups.add(group)
        models.WorkflowGrant.objects.create(workflow=workflow, group=group, role="view")
        return user

    return make
