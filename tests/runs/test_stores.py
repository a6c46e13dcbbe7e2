"""The rules of a Store, for the one in the database and the one in a dict alike."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from flowstudio import models
from flowstudio.engine.plugins import Context, Event, RunInfo
from flowstudio.engine.stores import MemoryStore, StoreRefused
from flowstudio.runs import stores, writer


def database_store(workflow, *, is_test=False, node="n1"):
    run = RunInfo("r1", workflow_id=str(workflow.pk), is_test=is_test)
    return stores.store_of(Context(Event("e", "t"), run, None, timezone.now(), node))


@pytest.fixture
def workflow(db):
    return models.Workflow.objects.create(name="Stored", graph=b"{}")


@pytest.fixture(params=["memory", "database"])
def kept(request, monkeypatch):
    """A store, and what lets time pass for it."""
    passed = [timedelta()]
    begun = timezone.now()
    if request.param == "memory":
        store = MemoryStore(lambda: passed[0].total_seconds())
    else:
        store = database_store(request.getfixturevalue("workflow"))
        monkeypatch.setattr(stores.timezone, "now", lambda: begun + passed[0])

    def wait(seconds):
        passed[0] += timedelta(seconds=seconds)

    return store, wait


def test_a_value_is_there_until_it_expires(kept):
    store, wait = kept
    store.put("a", {"x": [1, None]}, seconds=10)

    wait(9)
    assert store.get("a") == {"x": [1, None]}
    wait(1)
    assert store.get("a", "gone") == "gone"


def test_a_deleted_value_is_gone_and_a_later_one_replaces_the_first(kept):
    store, _ = kept
    store.put("a", 1)
    store.put("a", True)
    assert store.get("a") is True

    store.delete("a")
    assert store.get("a") is None


def test_a_counter_begins_again_when_its_first_call_has_expired(kept):
    store, wait = kept

    assert [store.count("a", seconds=10), store.count("a", 2, seconds=10)] == [1, 3]
    wait(6)
    assert store.count("a", seconds=10) == 4
    wait(4)
    assert store.count("a", seconds=10) == 1


def test_a_whole_number_is_counted_on_and_read_back(kept):
    store, _ = kept
    store.put("a", 5)

    assert store.count("a", -2) == 3
    assert store.get("a") == 3


def test_what_is_no_whole_number_is_not_counted(kept):
    store, _ = kept
    store.put("a", "text")

    with pytest.raises(StoreRefused, match="cannot be counted"):
        store.count("a")
    assert store.get("a") == "text"


def test_once_is_true_the_first_time_within_its_period(kept):
    store, wait = kept

    assert [store.once("a", seconds=10), store.once("a", seconds=10)] == [True, False]
    wait(10)
    assert store.once("a", seconds=10)


def test_a_subject_has_values_of_its_own(kept):
    store, _ = kept
    store.put("a", 1)
    store.of("x").put("a", 2)

    assert (store.get("a"), store.of("x").get("a"), store.of("y").get("a")) == (1, 2, None)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda store: store.get("k" * 201), "at most 200 characters"),
        (lambda store: store.get("\0"), "character"),
        (lambda store: store.get(7), "is text, not number"),
        (lambda store: store.of("s" * 201), "subject"),
        (lambda store: store.put("a", float("nan")), "JSON number"),
        (lambda store: store.put("a", "x" * 70_000), "70,002 bytes"),
        (lambda store: store.once("a", seconds=0), "expires after"),
        (lambda store: store.count("a", 2**63), "64-bit"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(kept, call, said):
    with pytest.raises(StoreRefused, match=said):
        call(kept[0])


def test_nodes_share_a_subject_and_test_runs_share_nothing(workflow):
    one, other = database_store(workflow), database_store(workflow, node="n2")
    one.put("a", 1)
    one.of("x").put("a", 2)

    assert (other.get("a"), other.of("x").get("a")) == (None, 2)
    assert database_store(workflow, is_test=True).get("a") is None


@pytest.mark.django_db(transaction=True)
def test_threads_that_count_at_once_get_every_number_once():
    workflow = models.Workflow.objects.create(name="Counted", graph=b"{}")
    store = database_store(workflow)

    def count(_):
        try:
            return [store.count("a") for _ in range(25)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        numbers = sorted(number for numbers in threads.map(count, range(8)) for number in numbers)

    assert numbers == list(range(1, 201))


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_is_rolled_back_leaves_no_count():
    store = database_store(models.Workflow.objects.create(name="Counted", graph=b"{}"))

    with pytest.raises(ZeroDivisionError), writer.turn():
        store.count("a")
        raise ZeroDivisionError

    assert store.count("a") == 1


def test_only_expired_values_are_swept(workflow, monkeypatch):
    store, begun = database_store(workflow), timezone.now()
    store.put("old", "x", seconds=1)
    store.put("later", "x", seconds=100)
    store.put("kept", "x")
    monkeypatch.setattr(stores.timezone, "now", lambda: begun + timedelta(seconds=50))

    assert stores.sweep() == 1
    assert models.StoredValue.objects.count() == 2
