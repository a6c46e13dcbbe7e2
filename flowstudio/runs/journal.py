"""Where the engine's steps go: buffered, then stored under the run's fencing token.

Effect-free steps and progress wait a few milliseconds for company; the result of an effectful node is
stored with all that waits, and with its commands, when ``commit`` returns. Each such transaction begins
by raising the run's ``seq`` where the fencing token still holds, so a worker that was frozen while
another claimed its run cannot write.

Only background runs keep a journal: a foreground run is not resumed.

What people see never decides what a run does: steps that cannot be stored are tried again, then given up with
a line in the log. The journal and the commands count, and fail what depends on them.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from flowstudio import models
from flowstudio.conf import settings
from flowstudio.engine.errors import CommandRefused, FlowStudioError, StaleRun
from flowstudio.engine.plugins import Command, Submit
from flowstudio.engine.trace import StepRecord
from flowstudio.engine.values import JSON, ValueRefused
from flowstudio.ids import new_id, new_ids
from flowstudio.runs import commands as stored_commands
from flowstudio.runs import news, submit, writer
from flowstudio.runs.masking import Masker
from flowstudio.runs.records import ENTRY_COLUMNS, STEP_COLUMNS, Encoder, Row, Rows, shown_error
from flowstudio.runs.statements import Insert, forms

logger = logging.getLogger(__name__)

FLUSH_SECONDS = 0.01
TRIES = 3
STORE_STEPS = Insert(models.Step, unique=("run_id", "node", "iteration"), keep=("id",), columns=STEP_COLUMNS)
STORE_ENTRIES = Insert(models.JournalEntry, columns=ENTRY_COLUMNS)

Place = tuple[str, str]
"""A node and the iteration it runs in."""
Call: TypeAlias = Callable[[Callable[[], Any]], Awaitable[Any]]
"""Runs a plain function on a thread, with Django's connections managed around it."""


class TransactionBroken(FlowStudioError):
    """A node with a transaction caught a database error that had spoilt it."""


class _GivenUp(Exception):
    """The time of a transaction ran out, or its run was stopped: it rolls back."""


@dataclass(slots=True)
class Change:
    """What one transaction stores of a run; ``failure`` is why it went on without the steps."""

    steps: list[Row] = field(default_factory=list)
    entries: list[Row] = field(default_factory=list)
    records: dict[Place, StepRecord] = field(default_factory=dict)  # what the steps were made of
    failure: Exception | None = None


class DatabaseSink:
    """The engine's sink for one claim of one run. Lives on the event loop that runs it."""

    def __init__(
        self,
        run: models.Run,
        attempts: Mapping[Place, int] | None = None,
        call: Call = asyncio.to_thread,
        masker: Masker | None = None,
    ) -> None:
        self.run, self._call = run, call
        self._attempts = attempts or {}  # of steps that an earlier claim began and did not finish
        self._encode = Encoder(masker)
        self._rows = Rows(run, forms())
        self._journals = run.kind == models.Kind.BACKGROUND
        self._shows = run.recording != models.Recording.NONE
        self._tries = 0  # in a row that steps could not be stored
        self._missing = 0  # steps that were given up
        self._changed: dict[Place, StepRecord] = {}
        self._ended: dict[Place, StepRecord] = {}
        self._transacting: set[Place] = set()  # their rows are written by their own transaction
        self._written: Future[None] | None = None  # the last write that was sent; all before it are done
        self._loop = asyncio.get_running_loop()
        self._flush_due = False
        self._failure: BaseException | None = None

    # ── What the engine tells ──────────────────────────────────────────────────────────────────────

    def started(self, step: StepRecord) -> None:
        self._note(step)

    def logged(self, step: StepRecord) -> None:
        self._note(step)

    def ended(self, step: StepRecord) -> None:
        self._ended[step.node, step.iteration] = step
        self._note(step)

    async def commit(
        self, step: StepRecord, commands: Sequence[Command], carried: Mapping[str, JSON]
    ) -> None:
        """Store the result of an effectful node together with its commands."""
        self._raise_failure()
        child_id = _child_of(step, commands)
        place = step.node, step.iteration
        changed, ended = self._take()
        changed[place] = ended[place] = step
        try:
            self._refuse_too_large(step, self._encode)
            change = self._change(changed, ended)
            await self._write(_store, change, step, commands, carried, child_id)
        except (CommandRefused, ValueRefused) as error:
            step.background_run = None
            del changed[place], ended[place]
            self._changed, self._ended = {**changed, **self._changed}, {**ended, **self._ended}
            raise CommandRefused(str(error)) from error

    async def transact(
        self, step: StepRecord, work: Callable[[], Sequence[Command]], carried: Mapping[str, JSON]
    ) -> None:
        """Run a node and store its result on a thread, in one transaction under the fencing token.

        Once cancelled it leaves nothing, except where the commit has begun: then the result counts.
        """
        self._flush()
        place = step.node, step.iteration
        self._transacting.add(place)
        decided = threading.Lock()  # taken by the commit or by giving up, whichever comes first
        try:
            # What waits for the writer may hold this step as running: stored later, it would stay so.
            if self._written is not None:
                await asyncio.wait([asyncio.wrap_future(self._written)])
            self._raise_failure()
            doing = asyncio.ensure_future(self._call(partial(self._transact, step, work, carried, decided)))
            try:
                await asyncio.shield(doing)
            except asyncio.CancelledError:
                if decided.acquire(blocking=False):
                    doing.cancel()
                    raise
                await doing
        finally:
            self._transacting.discard(place)

    # ── What the run's end needs ───────────────────────────────────────────────────────────────────

    async def finish(self, status: str, reason: str = "", error: JSON = None) -> None:
        """Store what waits and end the run, in one transaction; its journal goes."""
        change = self._change(*self._take())
        await self._write(finish, change, status, reason, shown_error(error, self._encode.masker))
        self._missing += len(self._changed)  # what was put off just now
        if self._missing:
            logger.error("The trace of run %s lacks %s changes of steps.", self.run.pk, self._missing)

    async def hand_back(self) -> None:
        """Store what waits and put the run back into the queue; this claim does not count.

        Steps that were cancelled for it stay as they are, under way: they run again, as a next attempt.
        """
        changed, ended = self._take()
        kept = {place: step for place, step in changed.items() if step.status != models.Status.CANCELLED}
        await self._write(hand_back, self._change(kept, ended))

    # ── On the thread of a node ────────────────────────────────────────────────────────────────────

    def _transact(
        self,
        step: StepRecord,
        work: Callable[[], Sequence[Command]],
        carried: Mapping[str, JSON],
        decided: threading.Lock,
    ) -> None:
        with writer.turn():
            commands = work()
            if transaction.get_rollback():
                raise TransactionBroken(
                    "The node went on after a database error that had spoilt its transaction. Wrap what may"
                    " fail in its own transaction.atomic()."
                )
            child_id = _child_of(step, commands)
            try:
                self._refuse_too_large(step, encode := Encoder(self._encode.masker))
                place = step.node, step.iteration
                change = self._change({place: step}, {place: step}, encode)
                _store(self.run, change, step, commands, carried, child_id)
            except (CommandRefused, ValueRefused) as error:
                step.background_run = None
                raise CommandRefused(str(error)) from error
            if not decided.acquire(blocking=False):
                raise _GivenUp

    # ── Inside ─────────────────────────────────────────────────────────────────────────────────────

    def _note(self, step: StepRecord) -> None:
        place = step.node, step.iteration
        if place in self._transacting or not (self._shows or self._journals):
            return
        self._changed[place] = step
        if not self._flush_due:
            self._flush_due = True
            self._loop.call_later(FLUSH_SECONDS, self._flush)

    def _take(self) -> tuple[dict[Place, StepRecord], dict[Place, StepRecord]]:
        taken = self._changed, self._ended
        self._changed, self._ended = {}, {}
        return taken

    def _flush(self) -> None:
        self._flush_due = False
        if not self._changed or self._failure is not None:
            return
        try:
            change = self._change(*self._take())
        except Exception as error:
            self._failure = error
            return
        if not change.steps and not change.entries:
            return
        self._written = writer.call(_store, self.run, change)
        self._written.add_done_callback(partial(self._flushed, change))

    def _flushed(self, change: Change, done: Future[None]) -> None:
        """On the writer's thread. Without a result to be journaled it was for people only."""
        error = done.exception()
        if isinstance(error, StaleRun) or (error is not None and change.entries):
            self._failure = error
        elif not self._loop.is_closed():
            if isinstance(error, Exception):
                change.failure = error
            self._loop.call_soon_threadsafe(self._note_trace, change)

    def _note_trace(self, change: Change) -> None:
        """After a write: steps that were not stored go with the next one, or are given up."""
        if change.failure is None:
            self._tries = 0 if change.steps else self._tries
            return
        self._tries += 1
        if self._tries >= TRIES:
            if not self._missing:
                logger.error("Steps of run %s cannot be stored.", self.run.pk, exc_info=change.failure)
            self._missing += len(change.records)
            return
        for place, record in change.records.items():
            if place not in self._changed:
                self._note(record)

    def _raise_failure(self) -> None:
        """What a flush could not store must not be lost in silence: the run stops here."""
        if self._failure is not None:
            raise self._failure

    def _change(
        self,
        changed: dict[Place, StepRecord],
        ended: dict[Place, StepRecord],
        encode: Encoder | None = None,
    ) -> Change:
        change, encode = Change(), encode or self._encode
        if self._shows:
            change.records = changed
            change.steps = [self._row(place, step, encode) for place, step in changed.items()]
        if self._journals:
            entries = (
                self._rows.entry(step, encode)
                for step in ended.values()
                if step.status != models.Status.CANCELLED
            )
            # A value too large to keep came from an effect-free node, which runs again.
            change.entries = [entry for entry in entries if len(entry[-1]) <= settings.MAX_JOURNAL_BYTES]
        return change

    def _row(self, place: Place, step: StepRecord, encode: Encoder) -> Row:
        attempts = step.attempts + self._attempts.get(place, 0)
        try:
            return self._rows.step(step, encode, attempts)
        except Exception:
            logger.exception("What step %s of run %s worked on cannot be shown.", place, self.run.pk)
            return self._rows.bare(step, attempts)

    def _refuse_too_large(self, step: StepRecord, encode: Encoder) -> None:
        size = sum(len(encode(payload).data) for payload in step.outputs.values())
        if size > settings.MAX_JOURNAL_BYTES:
            raise CommandRefused(
                f"payload_too_large: the node's output has {size:,} bytes; a run can keep"
                f" {settings.MAX_JOURNAL_BYTES:,} of one node to continue after a crash."
                " Let the node return less, e.g. a reference to where the data lies."
            )

    async def _write(self, work: Callable[..., None], change: Change, *args: Any) -> None:
        """Have it stored. Shielded: a run that is being stopped still records what it has done."""
        self._raise_failure()
        self._written = writer.call(work, self.run, change, *args)
        await asyncio.shield(asyncio.wrap_future(self._written))
        self._note_trace(change)


def _child_of(step: StepRecord, commands: Sequence[Command]) -> UUID | None:
    """The id of the background run that the commands start, noted in the step; None if they start none."""
    if not any(isinstance(command, Submit) for command in commands):
        return None
    child_id = new_id()
    step.background_run = str(child_id)
    return child_id


# ── Jobs of the writer ─────────────────────────────────────────────────────────────────────────────


def _store(
    run: models.Run,
    change: Change,
    step: StepRecord | None = None,
    commands: Sequence[Command] = (),
    carried: Mapping[str, JSON] | None = None,
    child_id: UUID | None = None,
) -> None:
    seq = _raise_seq(run, len(change.steps), has_result=bool(change.entries))
    if change.steps:
        _store_steps(change, seq)
        news.publish_on_commit(run.root_id, run.pk, seq, run.workflow_id)
    if change.entries:
        STORE_ENTRIES.run_ready(change.entries)
    if step is not None:
        stored_commands.store(run, step, commands, carried or {}, child_id)


def _store_steps(change: Change, seq: int) -> None:
    """Store the steps with the last seqs up to ``seq``, or note why not: the transaction goes on without."""
    uuid, count = forms().uuid, len(change.steps)
    keys = zip(range(seq - count + 1, seq + 1), map(uuid, new_ids(count)), strict=True)
    change.failure = None  # a job may be done twice
    with _without_if_failing(change):
        STORE_STEPS.run_ready([key + row for key, row in zip(keys, change.steps, strict=True)])


@contextmanager
def _without_if_failing(change: Change) -> Iterator[None]:
    """A database error in here undoes its statement and is noted, unless it ended the transaction."""
    try:
        if connection.vendor == "sqlite":  # there a failing statement is undone by itself
            yield
        else:
            with transaction.atomic():
                yield
    except DatabaseError as error:
        if connection.vendor == "sqlite" and not connection.connection.in_transaction:
            raise
        change.failure = error


def _raise_seq(run: models.Run, count: int, *, has_result: bool = False) -> int:
    """The run's ``seq`` after raising it by ``count``; the first statement of each transaction."""
    seq = models.next_seq(run.pk, run.fence, count, has_result=has_result)
    if seq is None:
        raise StaleRun(f"Run {run.pk} was claimed by another worker or has ended; this one stops.")
    return seq


def finish(run: models.Run, change: Change, status: str, reason: str, error: JSON) -> None:
    _store(run, change)
    with _without_if_failing(change):
        _end_open_steps(run, reason)
    seq = _raise_seq(run, 1)
    models.Run.objects.filter(pk=run.pk).update(
        status=status,
        reason=reason,
        error=error,
        ended=timezone.now(),
        worker="",
        fence=F("fence") + 1,  # what the sink of a crashed execution still flushes is refused
    )
    models.JournalEntry.objects.filter(run=run.pk).delete()
    if status != models.Status.SUCCEEDED:
        submit.cancel_called(run)
    news.publish_on_commit(run.root_id, run.pk, seq, run.workflow_id, ended=True)


def _end_open_steps(run: models.Run, reason: str) -> None:
    """A step that was under way when its run was ended from outside ends with it."""
    for row in models.Step.objects.filter(run=run.pk, status=models.Status.RUNNING):
        row.seq = _raise_seq(run, 1)
        row.status, row.ended = models.Status.FAILED, timezone.now()
        row.error = {"message": "The run ended while this step was under way.", "type": reason or "ended"}
        row.save(update_fields=["seq", "status", "ended", "error"])


def hand_back(run: models.Run, change: Change) -> None:
    _store(run, change)
    seq = _raise_seq(run, 1)
    models.Run.objects.filter(pk=run.pk).update(
        status=models.Status.QUEUED, worker="", claims=Greatest(F("claims") - 1, 0)
    )
    news.publish_on_commit(run.root_id, run.pk, seq, run.workflow_id)
