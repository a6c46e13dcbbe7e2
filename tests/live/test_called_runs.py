"""Runs of called workflows on the socket: each is shown to those who may see its own workflow."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from flowstudio import models
from flowstudio.live import hub

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def called(run, make_run, make_workflow, graph):
    """A running run of another workflow, called from ``run``."""
    return call(run, make_run, make_workflow, graph)


def call(run, make_run, make_workflow, graph):
    made = make_run(parent=run, workflow=make_workflow(graph(("start", "start")), name="Called"))
    models.Run.objects.filter(pk=made.id).update(call=1, kind="foreground")
    return made


@pytest.fixture
def grant(transactional_db):
    """Give a person, made when first named, roles on the workflow of a run."""

    def grant(run, *roles):
        user, _ = get_user_model().objects.get_or_create(username="grace")
        group, _ = Group.objects.get_or_create(name="some")
        user.groups.add(group)
        for role in roles:
            models.WorkflowGrant.objects.create(workflow=run.run.workflow, group=group, role=role)
        return user

    return sync_to_async(grant)


async def frames_until(socket, op, found):
    """All frames up to one of kind ``op`` for which ``found`` holds, with that one."""
    frames = []
    while not frames or frames[-1]["op"] != op or not found(frames[-1]):
        frames.append(await socket.receive_json_from(5))
        if frames[-1]["op"] == "trace":
            await socket.ack(frames[-1])
    return frames


def names(frames, run):
    return [frame for frame in frames if run.id in str(frame)]


async def test_a_called_run_is_hidden_from_those_who_may_not_see_its_workflow(connect, run, called, grant):
    socket = await connect(await grant(run, "view", "payloads"))
    await called.add(2)
    await run.add(2)

    await socket.watch(run=run.id)
    before = await frames_until(socket, "watching", lambda frame: True)
    await called.add(2)
    await called.end()
    await run.add(1)
    after = await frames_until(socket, "trace", lambda frame: frame["seq"] == 3)

    assert names(before + after, called) == []
    assert before[-1]["runs"] == [run.id]


async def test_a_called_run_that_comes_later_is_hidden_too(
    connect, run, grant, make_run, make_workflow, graph
):
    socket = await connect(await grant(run, "view", "payloads"))
    await socket.watch(run=run.id)
    await socket.next("watching")

    called = await sync_to_async(call)(run, make_run, make_workflow, graph)
    await called.add(2)
    await run.add(1)
    after = await frames_until(socket, "trace", lambda frame: frame["seq"] == 1)

    assert names(after, called) == []


@pytest.mark.parametrize("comes", ["before", "later"])
async def test_those_who_may_see_both_workflows_get_both_runs(
    connect, run, grant, make_run, make_workflow, graph, comes
):
    socket = await connect()
    if comes == "later":
        await socket.watch(run=run.id)
        await socket.next("watching")
    called = await sync_to_async(call)(run, make_run, make_workflow, graph)
    await called.add(1)
    if comes == "before":
        await socket.watch(run=run.id)

    frames = await frames_until(socket, "trace", lambda frame: frame["run"] == called.id)

    [*_, shown] = [
        frame["run"] for frame in frames if frame["op"] == "run" and frame["run"]["id"] == called.id
    ]
    assert (shown["call"], shown["parent"]) == (1, run.id)


async def test_payloads_are_shown_by_the_roles_on_each_workflow(connect, run, called, grant):
    await grant(run, "view", "payloads")
    socket = await connect(await grant(called, "view"))
    await run.add(1)
    await called.add(1)

    await socket.watch(run=run.id)
    frames = await frames_until(socket, "watching", lambda frame: True)

    shown = {frame["run"]: frame["steps"][0]["input"] for frame in frames if frame["op"] == "trace"}
    assert shown[run.id]["preview"] == '{"a": 1}'
    assert shown[called.id] is None


async def test_the_caller_is_hidden_from_those_who_may_see_the_called_workflow_only(
    connect, run, called, grant
):
    socket = await connect(await grant(called, "view", "payloads"))
    await run.add(1)
    await called.add(1)

    await socket.watch(run=called.id)
    frames = await frames_until(socket, "watching", lambda frame: True)

    assert frames[-1]["runs"] == [called.id]
    assert {frame["run"] for frame in frames if frame["op"] == "trace"} == {called.id}
    await socket.watch(run=run.id)
    assert (await socket.next("error"))["code"] == "not_found"


async def test_a_role_on_the_called_workflow_opens_and_hides_its_run_meanwhile(connect, run, called, grant):
    socket = await connect(await grant(run, "view"))
    await called.add(1)
    await socket.watch(run=run.id)
    await socket.next("watching")

    await grant(called, "view")
    opened = await frames_until(socket, "trace", lambda frame: frame["run"] == called.id)
    await models.WorkflowGrant.objects.filter(workflow=called.run.workflow).adelete()
    await asyncio.sleep(hub.ACCESS_SECONDS + 0.3)  # the hub has looked at what the socket may see
    await called.add(1)
    await run.add(1)
    hidden = await frames_until(socket, "trace", lambda frame: frame["run"] == run.id)

    assert opened[-1]["steps"][0]["seq"] == 1
    assert names(hidden, called) == []
