"""The writer: group commit in which one failing job fails alone."""

import threading

import pytest
from django.db import connection, transaction

from flowstudio.models import Snapshot
from flowstudio.runs import writer

pytestmark = pytest.mark.django_db(transaction=True)


def store(name):
    Snapshot.objects.create(hash=name, graph=b"{}")
    return name


def stored():
    return set(Snapshot.objects.values_list("hash", flat=True))


@pytest.fixture
def held_writer():
    """A writer whose thread is busy until released, so that what is called forms one batch."""
    own = writer.Writer()
    release = threading.Event()
    own.call(release.wait)
    yield own, release
    release.set()
    own.stop()


def test_a_job_is_committed_when_its_future_is_resolved():
    assert writer.run(store, "a") == "a"

    assert stored() == {"a"}


def test_what_has_arrived_is_committed_as_one_transaction(held_writer):
    own, release = held_writer
    seen = []

    def look():
        seen.append(threading.get_ident())
        transaction.on_commit(lambda: seen.append(Snapshot.objects.count()))
        return store(str(len(seen)))

    futures = [own.call(look) for _ in range(3)]
    release.set()
    [future.result() for future in futures]

    assert seen[3:] == [3, 3, 3]  # each hook ran after the commit of all three


def test_a_failing_job_fails_alone(held_writer):
    own, release = held_writer

    good = own.call(store, "good")
    bad = own.call(lambda: store("half") and 1 / 0)
    also_good = own.call(store, "also good")
    release.set()

    assert good.result() == "good"
    assert also_good.result() == "also good"
    with pytest.raises(ZeroDivisionError):
        bad.result()
    assert stored() == {"good", "also good"}


def test_hooks_of_a_job_that_failed_do_not_run(held_writer):
    own, release = held_writer
    heard = []

    def job(name, fails):
        transaction.on_commit(lambda: heard.append(name))
        if fails:
            raise ValueError(name)

    futures = [own.call(job, "good", False), own.call(job, "bad", True)]
    release.set()
    futures[0].result()
    futures[1].exception()

    assert heard == ["good"]


def test_a_hook_that_raises_does_not_double_the_committed_jobs(held_writer, caplog):
    own, release = held_writer

    def job():
        transaction.on_commit(lambda: 1 / 0)
        return store("once")

    future = own.call(job)
    release.set()

    assert future.result() == "once"
    assert "A hook that ran after a commit failed" in caplog.text


def test_inside_a_transaction_of_the_caller_the_work_is_part_of_it():
    with pytest.raises(RuntimeError), transaction.atomic():
        writer.run(store, "a")
        raise RuntimeError

    assert stored() == set()


def test_a_writer_that_was_stopped_starts_anew():
    own = writer.Writer()
    own.run(store, "a")
    own.stop()

    own.run(store, "b")
    own.stop()

    assert stored() == {"a", "b"}


def test_a_lost_connection_is_opened_anew():
    def lose():
        connection.connection.close()
        return store("never")

    own = writer.Writer()
    with pytest.raises(Exception, match="closed database"):
        own.run(lose)

    assert own.run(store, "b") == "b"
    own.stop()
