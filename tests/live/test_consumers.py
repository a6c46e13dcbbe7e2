"""The live socket: who may open it, and what it says to frames it cannot follow."""

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from flowstudio import tokens
from flowstudio.ids import new_id

pytestmark = pytest.mark.django_db(transaction=True)


async def test_nobody_is_told_to_sign_in(connect):
    socket = await connect(user=None)

    assert await socket.close_code() == 4401


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://evil.example",
        "http://testserver.evil.example",
        "http://testserver:81",
        "http://eviltestserver",
    ],
)
async def test_a_page_from_elsewhere_is_refused(connect, origin, settings):
    settings.ALLOWED_HOSTS = ["*"]

    socket = await connect(origin=origin)

    assert await socket.close_code() == 4403


async def test_a_page_of_an_allowed_origin_may_watch(connect, run, settings):
    settings.FLOWSTUDIO = {**settings.FLOWSTUDIO, "ALLOWED_ORIGINS": ["https://studio.example"]}
    socket = await connect(origin="https://studio.example")

    await socket.watch(run=run.id)

    assert await socket.next("watching")


async def test_a_program_watches_with_a_token_that_may_read_from_wherever_it_is(connect, run, person):
    _, secret = await sync_to_async(tokens.create_token)(person, "watcher", ["read"])
    socket = await connect(user=None, origin=None, token=secret)

    await socket.watch(run=run.id)

    assert await socket.next("watching")


async def test_a_token_that_may_not_read_or_is_unknown_opens_nothing(connect, person):
    _, secret = await sync_to_async(tokens.create_token)(person, "sender", ["events"])

    for token in (secret, "fs_unknown"):
        assert await (await connect(user=None, token=token)).close_code() == 4401


async def test_a_revoked_token_closes_its_socket(connect, run, person):
    token, secret = await sync_to_async(tokens.create_token)(person, "watcher", ["read"])
    socket = await connect(user=None, token=secret)
    await socket.watch(run=run.id)
    await socket.next("watching")

    token.revoked = timezone.now()
    await token.asave()

    assert await socket.close_code() == 4401


async def test_the_socket_works_below_a_prefix(connect, run):
    socket = await connect(path="/tools/flow/ws/live/")

    await socket.watch(run=run.id)

    assert await socket.next("watching")


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("nonsense", "JSON object"),
        ("[]", "JSON object"),
        ('{"op": "dance"}', "no op 'dance'"),
        ('{"op": "watch", "run": 7}', "must be an id"),
        ('{"op": "watch", "run": "x", "after": []}', "must be an id"),
        ('{"op": "ack", "run": "00000000-0000-0000-0000-000000000000", "seq": -1}', "from 0"),
        ('{"op": "watch", "workflow": "00000000-0000-0000-0000-000000000000", "cursor": "x"}', "cursor"),
    ],
)
async def test_a_frame_that_cannot_be_followed_is_answered(connect, text, detail):
    socket = await connect()

    await socket.send_to(text)
    error = await socket.next("error")

    assert error["code"] == "bad_message"
    assert detail in error["detail"]


async def test_what_one_may_not_see_is_not_there(connect, run, django_user_model):
    stranger = await django_user_model.objects.acreate_user("eve")
    socket = await connect(stranger)

    await socket.watch(run=run.id)
    hidden = await socket.next("error")
    missing = str(new_id())
    await socket.watch(run=missing)
    absent = await socket.next("error")

    assert (hidden["code"], hidden["run"]) == ("not_found", run.id)
    assert (absent["code"], absent["run"], absent["detail"]) == ("not_found", missing, hidden["detail"])
