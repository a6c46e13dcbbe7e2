"""The one thread of this process that writes runs: what has arrived is committed as one transaction.

Group commit is what makes SQLite fast (one fsync-free commit for many jobs) and fair (no queue of
writers on its lock). A job is a plain function that uses the ORM. It may be called twice: when a job of
the same batch fails, the batch is rolled back and its jobs run again one by one, so that the failing
one fails alone. So a job changes nothing but the database; what must follow goes to
``transaction.on_commit``, which here means: after the batch's commit.

SQLite lets one connection write at a time, and lets the others sleep and try again. So a node with a
transaction of its own takes turns with the writer, in the order in which they came.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, transaction

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

MAX_BATCH = 256
IDLE_SECONDS = 5.0
TURN_SECONDS = 30.0
"""How long a turn is waited for; after that the database decides, as it does between processes."""


@dataclass(slots=True)
class _Job:
    work: Callable[[], Any]
    future: Future[Any] = field(default_factory=Future)


class Turns:
    """A lock that is given in the order in which it was asked for."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()  # the first has its turn

    def take(self) -> Callable[[], None]:
        """Wait for a turn; what is returned ends it, and may be called again."""
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            self._changed.wait_for(lambda: self._waiting[0] is ticket, TURN_SECONDS)
        return partial(self._end, ticket)

    def _end(self, ticket: object) -> None:
        with self._changed, suppress(ValueError):
            self._waiting.remove(ticket)
            self._changed.notify_all()


class Writer:
    """Runs jobs on a thread of its own, which starts with the first job and ends when idle."""

    def __init__(self, using: str = DEFAULT_DB_ALIAS) -> None:
        self._using = using
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._turns = Turns()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """A transaction on the caller's thread, when the writer and the turns before have ended.

        Inside a transaction of the caller a part of it: whoever holds the database must not wait.
        """
        connection = connections[self._using]
        if connection.in_atomic_block or connection.vendor != "sqlite":
            with transaction.atomic(using=self._using):
                yield
            return
        end = self._turns.take()
        try:
            with transaction.atomic(using=self._using):
                # Before all other hooks: one of them may wait for the writer, which waits for this turn.
                transaction.on_commit(end, using=self._using)
                yield
        finally:
            end()

    def call(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have ``work`` done by the writer; the future is resolved after the commit.

        Inside a transaction of the caller the work is done at once and as part of it: waiting for the
        writer would deadlock on SQLite, and the caller's rollback must take the work along.
        """
        job = _Job(partial(work, *args, **kwargs))
        if connections[self._using].in_atomic_block:
            _resolve(job, self._using)
            return job.future
        with self._lock:
            self._jobs.put(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="flowstudio-writer", daemon=True)
                self._thread.start()
        return job.future

    def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Have ``work`` done by the writer and wait for its commit."""
        return self.call(work, *args, **kwargs).result()

    def stop(self) -> None:
        """Finish what has arrived, close the connection and end the thread. A later job starts it anew."""
        with self._lock:
            thread = self._thread
            if thread is not None:
                self._jobs.put(None)
        if thread is not None:
            thread.join()

    def _serve(self) -> None:
        try:
            while (batch := self._next_batch()) is not None:
                if batch:
                    self._commit(batch)
        finally:
            connections[self._using].close()

    def _next_batch(self) -> list[_Job] | None:
        """The jobs that have arrived; None when the thread shall end."""
        try:
            first = self._jobs.get(timeout=IDLE_SECONDS)
        except queue.Empty:
            first = None
        if first is None:
            return [] if self._goes_on() else None
        batch = [first]
        while len(batch) < MAX_BATCH:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._jobs.put(None)  # stop after this batch
                break
            batch.append(job)
        return [job for job in batch if job.future.set_running_or_notify_cancel()]

    def _goes_on(self) -> bool:
        """Asked when idle or stopped: is there, after all, a job? Under the lock, so that none is lost."""
        with self._lock:
            if not self._jobs.empty():
                return True
            self._thread = None
            return False

    def _commit(self, batch: list[_Job]) -> None:
        committed = False

        def mark() -> None:
            nonlocal committed
            committed = True

        results: list[Any] = []
        try:
            with self.turn():
                transaction.on_commit(mark, using=self._using)
                results = [job.work() for job in batch]
        except BaseException as error:
            # An on_commit hook of a host's signal handler may raise *after* the commit: then the jobs
            # are done, and doing them again would double them.
            if not committed:
                self._connection_after(error)
                if len(batch) == 1:
                    batch[0].future.set_exception(error)
                else:
                    for job in batch:
                        self._commit([job])
                return
            logger.exception("A hook that ran after a commit failed.")
        for job, result in zip(batch, results, strict=True):
            job.future.set_result(result)

    def _connection_after(self, error: BaseException) -> None:
        """Drop a connection that the database has closed; the next job opens a new one."""
        connection = connections[self._using]
        if connection.errors_occurred:
            logger.warning("The writer opens its database connection anew after: %s", error)
            connection.close()


def _resolve(job: _Job, using: str) -> None:
    job.future.set_running_or_notify_cancel()
    try:
        with transaction.atomic(using=using):  # a failing job leaves nothing, here as in a batch
            result = job.work()
        job.future.set_result(result)
    except BaseException as error:
        job.future.set_exception(error)


_writer = Writer()
call = _writer.call
run = _writer.run
turn = _writer.turn
stop = _writer.stop
