"""Secrets are true for nodes and in the journal, and are nowhere else."""

import asyncio
import logging

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowstudio import models
from flowstudio.engine import values
from flowstudio.engine.trace import StepRecord
from flowstudio.live import frames
from flowstudio.runs import branches, events, masking, reading, writer
from flowstudio.runs.events import NewEvent
from flowstudio.runs.journal import DatabaseSink
from flowstudio.runs.masking import MASK, Masker

SECRET = "tulip-7Q"


def shown(value, masker=None):
    return (masker or Masker()).payload(value, values.encode(value))


@pytest.mark.parametrize(
    "key",
    [
        "password",
        "Password",
        "newPassword",
        "db_password",
        "passwd",
        "client_secret",
        "client-secret",
        "clientSecret",
        "token",
        "access_token",
        "accessToken",
        "X-Api-Key",
        "apikey",
        "Authorization",
        "Set-Cookie",
        "private_key",
        "card_number",
        "CVV",
    ],
)
@pytest.mark.parametrize("value", ["tulip", 4711, ["tulip"], {"a": {"b": "tulip"}}, True])
def test_the_value_under_a_secret_key_is_masked(key, value):
    assert shown({"a": [{key: value}], "b": 1}) == ({"a": [{key: MASK}], "b": 1}, [("a", 0, key)])


@pytest.mark.parametrize(
    "key", ["tokens", "next_page_token", "passport", "cookies_eaten", "secretary", "key"]
)
def test_other_keys_are_shown(key):
    value = {key: "tulip"}

    assert shown(value) == (value, [])


def test_that_nothing_stands_under_a_secret_key_is_shown():
    assert shown({"password": None}) == ({"password": None}, [])


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("https://ada:tulip@example.org/x", f"https://ada:{MASK}@example.org/x"),
        ("https://example.org:8080/a@b", "https://example.org:8080/a@b"),
        ("Authorization: Bearer tulip", f"Authorization: {MASK}"),
        ("sent Bearer tulip-rose-lily", f"sent Bearer {MASK}"),
        ('{"password": "tulip and rose", "a": 1}', f'{{"password": {MASK}, "a": 1}}'),
        ("{'api_key': 'tulip'}", f"{{'api_key': {MASK}}}"),
        ("https://example.org/?access_token=tulip&a=1", f"https://example.org/?access_token={MASK}&a=1"),
        ("first line\npassword=tulip", f"first line\npassword={MASK}"),
        ("The password is wrong.", "The password is wrong."),
    ],
)
def test_secrets_in_texts_are_masked(text, masked):
    assert Masker().text(text) == masked
    assert shown({"a": text})[0] == {"a": masked}


def test_a_secret_that_turns_up_elsewhere_in_the_run_is_masked_there():
    masker = Masker()
    shown({"user": {"password": SECRET}, "cvv": "123"}, masker)

    assert shown({"greeting": f"Your word is {SECRET}, 123"}, masker) == (
        {"greeting": f"Your word is {MASK}, 123"},
        [("greeting",)],
    )
    assert masker.text(f"KeyError: '{SECRET}'") == f"KeyError: '{MASK}'"


def test_a_secret_is_found_where_it_stands_quoted():
    masker = Masker()
    secret = 'it\'s "secret"\\\n'
    shown({"token": secret}, masker)

    assert masker.text(f"ValueError: {secret!r}") == f"ValueError: '{MASK}'"
    assert masker.text(orjson.dumps({"a": secret}).decode()) == f'{{"a":"{MASK}"}}'


def test_an_installation_masks_more_keys(settings):
    settings.FLOWSTUDIO = {**settings.FLOWSTUDIO, "MASK_KEYS": ["tax_id", "*pin"]}

    assert shown({"taxId": 1, "door_pin": 2, "pinned": 3, "password": 4})[0] == {
        "taxId": MASK,
        "door_pin": MASK,
        "pinned": 3,
        "password": MASK,
    }


def test_what_has_no_secret_is_the_same_object():
    value = {"a": ["https://example.org", {"b": "tulip"}]}

    assert shown(value)[0] is value


def test_a_stand_in_is_found():
    assert masking.stand_ins({"a": [{"token": MASK}], "b": f"https://ada:{MASK}@x"}) == [
        ("b",),
        ("a", 0, "token"),
    ]
    assert masking.shown_path(("a", 0, "token")) == "a[0].token"


# ── In rows and frames ─────────────────────────────────────────────────────────────────────────────

KEYS = st.sampled_from(["password", "Access-Token", "set_cookie", "cardNumber", "name", "items", "ä"])
LEAVES = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3) | st.just("https://u:p@x")


def trees(secret):
    """Payload trees in which ``secret`` stands under secret keys only, at any depth."""
    plain = st.recursive(
        LEAVES,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
        max_leaves=10,
    )
    kept = st.recursive(
        st.just(secret) | st.tuples(plain, st.just(secret)).map(list),
        lambda inner: st.lists(inner, min_size=1, max_size=2) | st.fixed_dictionaries({"inner": inner}),
        max_leaves=4,
    )
    pair = st.tuples(st.sampled_from(["password", "X-API-Key", "clientSecret"]), kept, plain)
    return pair.map(lambda one: {one[0]: one[1], "rest": one[2]}) | pair.map(
        lambda one: [one[2], {"deep": {one[0]: one[1]}}]
    )


@pytest.fixture
def make_run(make_workflow, graph):
    make_workflow(graph(("start", "start")))

    def make(**fields):
        [run] = writer.run(events.accept, NewEvent("order", {})).runs
        models.Run.objects.filter(pk=run.pk).update(**fields)
        return writer.run(branches.claim, run.pk, "worker")

    return make


def store(run, *steps):
    async def live():
        sink = DatabaseSink(run)
        for step in steps:
            await sink.commit(step, (), {})
        await sink.finish("failed", "error", steps[-1].error)

    asyncio.run(live())


def everything_shown(run):
    """All that rows, answers and frames hold of a run, as text."""
    run = models.Run.objects.select_related("event").get(pk=run.pk)
    steps = list(models.Step.objects.filter(run=run))
    rows = [[str(getattr(step, field.attname)) for field in step._meta.concrete_fields] for step in steps]
    whole = [reading.step_json(step, summaries_only=False) for step in steps]
    live = [text for trace in frames.traces(steps) for _, text in trace.after(0, payloads=True)]
    return str([rows, whole, live, frames.run_frame(run).whole, run.error])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("recording", ["all", "status"])
def test_no_value_under_a_secret_key_leaves_the_process(make_run, recording):
    @settings(max_examples=60, deadline=None)
    @given(trees(SECRET), trees(SECRET))
    def check(given, fired):
        run = make_run(recording=recording)
        failed = {"message": f"Refused {SECRET!r}", "type": "E", "node": "n", "payload": given}
        lines = [{"time": "t", "level": "info", "message": f"with {SECRET} and {given}"}]

        store(
            run,
            StepRecord("a", "log", input=given, outputs={"payload": fired}, log=lines, status="succeeded"),
            StepRecord("b", "log", input=fired, outputs={"error": failed}, error=failed, status="failed"),
        )

        assert SECRET not in everything_shown(run)
        for step in models.Step.objects.filter(run=run):
            if recording == "status":
                assert (step.input, step.outputs, step.summary) == (None, None, None)
            else:
                assert MASK.encode() in bytes(step.input)

    check()


@pytest.mark.django_db(transaction=True)
def test_the_journal_keeps_true_values_and_the_trace_says_what_it_masked(make_run):
    run = make_run(kind="background", recording="all")
    payload = {"user": {"password": SECRET}}

    async def live():
        sink = DatabaseSink(run)
        await sink.commit(
            StepRecord("a", "log", input=payload, outputs={"payload": payload}, status="succeeded"), (), {}
        )

    asyncio.run(live())

    assert orjson.loads(models.JournalEntry.objects.get().value)["outputs"] == {"payload": payload}
    step = models.Step.objects.get()
    assert orjson.loads(step.input) == {"user": {"password": MASK}}
    assert step.summary["input"]["masked"] == [["user", "password"]]
    assert step.summary["input"]["size"] == len(values.encode(payload))


@pytest.mark.django_db(transaction=True)
def test_a_restored_run_still_knows_the_secrets_from_before(make_workflow, graph, make_runner, until, caplog):
    """They stand in the event only; the log line is written by the run that takes it up."""
    drawn = graph(
        ("start", "start"),
        ("log", "log", {"message": "with {{ event.properties.password }}"}),
        edges=["start > log"],
    )
    make_workflow(drawn)
    caplog.set_level(logging.ERROR)

    [run] = writer.run(events.accept, NewEvent("order", {"password": SECRET})).runs
    models.Run.objects.filter(pk=run.pk).update(kind="background", start_payload=b"{}")
    make_runner()
    until(lambda: models.Run.objects.get(pk=run.pk).status == "succeeded")

    step = models.Step.objects.get(node="log")
    assert step.log[0]["message"] == f"with {MASK}"
    assert SECRET not in everything_shown(run)


@pytest.mark.django_db(transaction=True)
def test_what_is_said_of_a_crash_is_masked(make_workflow, graph, make_runner, until, monkeypatch):
    async def crash(*args, **kwargs):
        raise ValueError(f"cannot go on with {SECRET}")

    monkeypatch.setattr(branches, "execute", crash)
    make_workflow(graph(("start", "start")))
    [run] = writer.run(events.accept, NewEvent("order", {"password": SECRET})).runs

    make_runner()
    until(lambda: models.Run.objects.get(pk=run.pk).status == "failed")

    message = models.Run.objects.get(pk=run.pk).error["message"]
    assert message.endswith(f"ValueError: cannot go on with {MASK}")
