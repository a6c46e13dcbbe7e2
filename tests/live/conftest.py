"""What live tests share: a browser's socket, and a run whose trace grows."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth import get_user_model
from django.test import Client

from flowstudio import asgi, models
from flowstudio.ids import new_id
from flowstudio.live import rows
from flowstudio.runs import news, writer
from flowstudio.runs.graphs import snapshot

ORIGIN = "http://testserver"


class Socket(WebsocketCommunicator):
    """A browser's live socket."""

    async def watch(self, **what):
        await self.send_json_to({"op": "watch", **what})

    async def ack(self, frame):
        await self.send_json_to({"op": "ack", "run": frame["run"], "seq": frame["seq"]})

    async def next(self, op, timeout=5, acks=True):
        """The next frame of a kind; others on the way are passed over."""
        while True:
            frame = await self.receive_json_from(timeout)
            if frame["op"] == "trace" and acks:
                await self.ack(frame)
            if frame["op"] == op:
                return frame

    async def steps(self, count, acks=True):
        """Numbers of the steps that arrive, until there are so many."""
        found = []
        while len(found) < count:
            frame = await self.next("trace", acks=acks)
            found += [step["seq"] for step in frame["steps"]]
        return found

    async def close_code(self, timeout=5):
        while True:
            message = await self.receive_output(timeout)
            if message["type"] == "websocket.close":
                return message["code"]


@pytest.fixture
def person(transactional_db):
    return get_user_model().objects.create_superuser("ada", password="a long enough one")


@pytest.fixture
def cookie_of():
    def cookie(user):
        client = Client()
        client.force_login(user)
        return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())

    return cookie


@pytest.fixture
async def connect(person, cookie_of):
    """Opens sockets of ``person`` (or of ``user``; None: of nobody), closed when the test ends."""
    application = asgi.wrap(None)
    sockets = []

    async def open_socket(user=person, origin=ORIGIN, path="/ws/live/", token=None):
        headers = [(b"host", b"testserver")]
        if token is not None:
            headers.append((b"authorization", f"Bearer {token}".encode()))
        if origin is not None:
            headers.append((b"origin", origin.encode()))
        if user is not None:
            headers.append((b"cookie", (await sync_to_async(cookie_of)(user)).encode()))
        socket = Socket(application, path, headers=headers)
        connected, _ = await socket.connect(timeout=5)
        assert connected
        sockets.append(socket)
        return socket

    yield open_socket
    for socket in sockets:
        await socket.disconnect()


class Traced:
    """A stored run whose steps a test adds, as its worker would."""

    def __init__(self, run):
        self.run, self.id = run, str(run.pk)

    async def add(self, count=1, **fields):
        return await asyncio.wrap_future(writer.call(self._add, count, fields))

    def _add(self, count, fields):
        assert models.next_seq(self.run.pk, self.run.fence, count)
        seq = models.Run.objects.get(pk=self.run.pk).seq
        models.Step.objects.bulk_create(
            models.Step(
                run=self.run,
                seq=seq - count + number + 1,
                node=f"n{seq - count + number}",
                plugin="log",
                status="succeeded",
                ports=["payload"],
                **{"summary": SUMMARY, **fields},
            )
            for number in range(count)
        )
        news.publish_on_commit(self.run.root_id, self.run.pk, seq, self.run.workflow_id)

    async def end(self, status="succeeded"):
        await asyncio.wrap_future(writer.call(self._end, status))

    def _end(self, status):
        models.next_seq(self.run.pk, self.run.fence, 1)
        models.Run.objects.filter(pk=self.run.pk).update(status=status)
        news.publish_on_commit(self.run.root_id, self.run.pk, 0, self.run.workflow_id)


SUMMARY = {
    "input": {"type": "object", "size": 9, "count": 1, "preview": '{"a": 1}'},
    "outputs": {"payload": {"type": "object", "size": 9, "count": 1, "preview": '{"a": 1}'}},
}


@pytest.fixture
def make_run(make_workflow, graph, transactional_db):
    """A factory of running runs: roots, or children of ``parent``."""

    def make(parent=None, workflow=None):
        drawn = graph(("start", "start"))
        event = models.Event(event_id=str(new_id()), type="go", properties=b"{}")
        event.save()
        run = models.Run(
            workflow=workflow or (parent.run.workflow if parent else make_workflow(drawn)),
            snapshot=snapshot(drawn),
            event=event,
            kind="background" if parent else "foreground",
            status="running",
            start_node="start",
            parent=parent.run if parent else None,
            parent_node="back" if parent else "",
        )
        run.root_id = parent.run.root_id if parent else run.pk
        writer.run(_store, run)
        return Traced(run)

    return make


def _store(run):
    run.save(force_insert=True)
    news.publish_on_commit(run.root_id, run.pk, 0, run.workflow_id)


@pytest.fixture
def run(make_run):
    return make_run()


@pytest.fixture
def few_at_once(monkeypatch):
    """Catching up takes many rounds."""
    monkeypatch.setattr(rows, "STEPS_AT_ONCE", 7)
