"""Claim a run, execute it with the engine, end it. The same for foreground and background runs.

A claim raises the run's fencing token: whoever held it before can write nothing any more. A background
run goes on where its journal ends; a foreground run whose process died has nobody waiting for it and
no journal, so it ends as interrupted.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import orjson
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from flowstudio import models
from flowstudio.conf import settings
from flowstudio.engine import values
from flowstudio.engine.errors import GraphInvalid, RunTimedOut, StaleRun, StepBudgetExceeded
from flowstudio.engine.plan import Plan
from flowstudio.engine.plugins import Event, RunInfo
from flowstudio.engine.processes import Job, Performed, perform
from flowstudio.engine.runner import execute
from flowstudio.engine.trace import Given, Outcome
from flowstudio.engine.values import JSON
from flowstudio.runs import boot, events, graphs, journal, news
from flowstudio.runs.journal import Change, DatabaseSink, Place
from flowstudio.runs.masking import Masker
from flowstudio.runs.processes import in_process

logger = logging.getLogger(__name__)

T = TypeVar("T")
Call = Callable[[Callable[[], T]], Awaitable[T]]


@dataclass(frozen=True, slots=True)
class Claimable:
    """A run that may be claimed if its fencing token is still this one; None: if it is queued."""

    run: UUID
    fence: int | None
    is_called: bool = False  # its caller holds a slot for it


def pick_up(worker: str, active: Collection[UUID], limit: int) -> list[Claimable]:
    """Runs that nobody executes: queued, or running with a holder that is dead (or that is this worker,
    which knows nothing of it). Foreground runs first, somebody waits for them; then the oldest.

    At most ``limit``, and all that were called: they need no slot.
    """
    open_runs = models.Run.objects.filter(status__in=(models.Status.QUEUED, models.Status.RUNNING))
    free = _free(open_runs.filter(call=0), worker, active)
    called = _free(open_runs.filter(call__gt=0), worker, active)
    return [*islice(free, limit), *(replace(each, is_called=True) for each in called)]


def _free(runs: QuerySet[models.Run], worker: str, active: Collection[UUID]) -> Iterator[Claimable]:
    folder = boot_folder()
    rows = runs.order_by("-kind", "queued", "id").values_list("pk", "fence", "status", "worker")
    alive: dict[str, bool] = {worker: False, "": False}
    for pk, fence, status, holder in rows.iterator(chunk_size=1000):
        if pk in active:
            continue
        if status == models.Status.RUNNING:
            if holder not in alive:
                alive[holder] = boot.is_alive(folder, holder)
            if alive[holder]:
                continue
        yield Claimable(pk, fence)


def lost(worker: str, active: Collection[UUID]) -> list[UUID]:
    """Which of the runs that ``worker`` executes are no longer its own: cancelled, or claimed by another."""
    held = models.Run.objects.filter(pk__in=active, worker=worker, status=models.Status.RUNNING)
    mine = set(held.values_list("pk", flat=True))
    return [run_id for run_id in active if run_id not in mine]


def boot_folder() -> Path:
    return Path(settings.DATA_DIR) / "boot"


def claim(run_id: UUID, worker: str, fence: int | None = None) -> models.Run | None:
    """Take a run (a job of the writer); None if it is not to be had.

    Without ``fence``: only if it is queued. With: only if nobody claimed it since.
    """
    claimable = models.Run.objects.filter(pk=run_id)
    if fence is None:
        claimable = claimable.filter(status=models.Status.QUEUED)
    else:
        claimable = claimable.filter(status__in=(models.Status.QUEUED, models.Status.RUNNING), fence=fence)
    changed = claimable.update(
        fence=F("fence") + 1,
        claims=F("claims") + 1,
        seq=F("seq") + 1,
        status=models.Status.RUNNING,
        worker=worker,
        started=Coalesce("started", timezone.now()),
    )
    if not changed:
        return None
    run = models.Run.objects.select_related("event", "workflow").defer("workflow__graph").get(pk=run_id)
    news.publish_on_commit(run.root_id, run.pk, run.seq, run.workflow_id)
    if (reason := _must_end(run)) is not None:
        journal.finish(run, Change(), models.Status.FAILED, reason, _error(_ENDS[reason], reason))
        return None
    return run


_ENDS = {
    models.Reason.INTERRUPTED: "The process that ran this foreground run ended before the run did."
    " It is not repeated by itself; send the event again if its work is still wanted.",
    models.Reason.POISONED: "The process that ran this run died again and again at the same place."
    " Look at the step under way when it died, and run it again once that is repaired.",
}


def _must_end(run: models.Run) -> models.Reason | None:
    if run.kind == models.Kind.FOREGROUND and run.fence > 1:
        return models.Reason.INTERRUPTED
    return models.Reason.POISONED if run.claims > settings.MAX_CLAIMS else None


def _error(message: str, type: str, node: str = "") -> dict[str, str]:
    return {"message": message, "type": type, "node": node}


@dataclass(frozen=True, slots=True)
class _Prepared:
    """All that the engine needs of a run, read from its rows."""

    plan: Plan
    event: Event
    payload: JSON
    given: Mapping[Place, Given]
    pins: Mapping[str, Given]
    inherited: Mapping[str, JSON]
    attempts: Mapping[Place, int]
    masker: Masker


async def run_claimed(
    run: models.Run,
    *,
    call: Call[Any],
    read: Call[Any] | None = None,
    services: Mapping[str, Any] | None = None,
    handing_back: Callable[[], bool] = lambda: False,
) -> None:
    """Execute a claimed run to its end and record it.

    ``call`` runs a node's plain ``run`` on a thread with Django's connections managed, ``read`` (the same
    if not given) what reads rows. Cancelled while ``handing_back()`` holds, a background run goes back
    into the queue.
    """
    try:
        prepared = await (read or call)(lambda: _prepare(run))
        sink = DatabaseSink(run, prepared.attempts, call, prepared.masker)
    except GraphInvalid as error:
        await _end(DatabaseSink(run), models.Status.FAILED, models.Reason.ERROR, _graph_error(error))
        return
    except Exception as error:
        await _crashed(run, error)
        return
    try:
        await _execute(run, prepared, sink, call, services)
    except StaleRun as stale:
        logger.info("%s", stale)
    except asyncio.CancelledError:
        if handing_back():
            await _let_go(sink)
        raise
    except Exception as error:
        await _crashed(run, error, prepared.masker)


async def _execute(
    run: models.Run,
    prepared: _Prepared,
    sink: DatabaseSink,
    call: Call[Any],
    services: Mapping[str, Any] | None,
) -> None:
    outcome = await execute(
        prepared.plan,
        prepared.event,
        run=RunInfo(
            id=str(run.pk),
            kind=run.kind,
            workflow=run.workflow.name,
            workflow_id=str(run.workflow_id),
            is_test=run.is_test,
            started=run.started,
            is_called=run.call > 0,
        ),
        payload=prepared.payload,
        sink=sink,
        services=services,
        given=prepared.given,
        pins=prepared.pins,
        inherited=prepared.inherited,
        begins_here=run.kind == models.Kind.BACKGROUND and not run.call,
        call=call,
        perform=_perform,
        max_steps=settings.MAX_STEPS,
        max_seconds=_seconds_left(run),
    )
    if outcome.error is not None and outcome.error["type"] == RunTimedOut.__name__:
        message = f"The run took longer than {_max_seconds(run):,g} seconds and was stopped."
        await _end(sink, models.Status.FAILED, models.Reason.TIMEOUT, _error(message, "timeout"))
    else:
        await sink.finish(outcome.status, _reason(outcome), outcome.error)


async def _perform(job: Job) -> Performed:
    return await in_process(perform, job)


def _reason(outcome: Outcome) -> str:
    if outcome.error is None:
        return ""
    over_budget = outcome.error["type"] == StepBudgetExceeded.__name__
    return models.Reason.LIMIT if over_budget else models.Reason.ERROR


def _seconds_left(run: models.Run) -> float:
    assert run.started is not None
    return max(0.0, _max_seconds(run) - (timezone.now() - run.started).total_seconds())


def _max_seconds(run: models.Run) -> float:
    """The limit of the installation, or the workflow's own where that is smaller."""
    own = run.workflow.settings.get("max_seconds")
    return float(settings.MAX_RUN_SECONDS if own is None else min(own, settings.MAX_RUN_SECONDS))


async def _end(sink: DatabaseSink, status: str, reason: str, error: JSON) -> None:
    with suppress(StaleRun):
        await sink.finish(status, reason, error)


async def _crashed(run: models.Run, error: Exception, masker: Masker | None = None) -> None:
    """A bug of ours or a failing database, not of the graph: say so, and keep the traceback in the log.

    By a new sink: the old one may hold what cannot be stored.
    """
    logger.error("Run %s crashed.", run.pk, exc_info=error)
    message = f"FlowStudio could not go on with this run: {type(error).__name__}: {error}"
    sink = DatabaseSink(run, masker=masker)
    await _end(sink, models.Status.FAILED, models.Reason.CRASH, _error(message, "crash"))


async def _let_go(sink: DatabaseSink) -> None:
    with suppress(StaleRun):
        if sink.run.kind == models.Kind.BACKGROUND:
            await sink.hand_back()
        else:
            reason = models.Reason.INTERRUPTED
            await sink.finish(models.Status.FAILED, reason, _error(_ENDS[reason], reason))


def _graph_error(error: GraphInvalid) -> dict[str, str]:
    node = next((problem.node for problem in error.problems if problem.node), "")
    return _error(f"The graph of this run cannot run here: {error}", "graph_invalid", node or "")


# ── Reading a run's rows ───────────────────────────────────────────────────────────────────────────


def _prepare(run: models.Run) -> _Prepared:
    properties = values.loads(bytes(run.event.properties))
    unfinished = models.Step.objects.filter(run=run, status=models.Status.RUNNING)
    return _Prepared(
        plan=graphs.plan_of(run.snapshot_id, run.start_node, run.until_node or None),
        event=events.engine_event(run.event, properties),
        payload=properties if run.start_payload is None else values.loads(bytes(run.start_payload)),
        given=_restored(run),
        pins=_pinned(run),
        inherited={} if run.inherited is None else values.loads(bytes(run.inherited)),
        attempts={
            (node, iteration): attempts
            for node, iteration, attempts in unfinished.values_list("node", "iteration", "attempts")
        },
        masker=_masker(run),
    )


def _masker(run: models.Run) -> Masker:
    """Knows the secrets of all that the run begins with, and of what it found before it was taken up."""
    masker = Masker()
    results = models.JournalEntry.objects.filter(run=run).values_list("value", flat=True)
    for data in (run.event.properties, run.start_payload, run.inherited, run.pins, *results):
        if data is not None:
            masker.note(bytes(data))
    return masker


def _pinned(run: models.Run) -> dict[str, Given]:
    if run.pins is None:
        return {}
    pins = values.loads(bytes(run.pins))
    return {node: Given(outputs=outputs, record=True) for node, outputs in pins.items()}


def _restored(run: models.Run) -> dict[Place, Given]:
    return {
        (entry.node, entry.iteration): Given(**orjson.loads(bytes(entry.value)))
        for entry in models.JournalEntry.objects.filter(run=run)
    }
