"""Call workflow: store a run of another workflow below its caller, wait for its end, hand over its answer.

A called run is a row like any other, so it survives what its caller survives. Which attempt of the calling
node called it is part of its identity: a node that begins again after a crash finds the run that it called
before, and a retry calls a new one. It runs in its caller's slot: counted by itself, callers that fill all
slots would wait for ever.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from flowstudio import models
from flowstudio.conf import settings
from flowstudio.engine import values
from flowstudio.engine.errors import NodeFailed, StaleRun
from flowstudio.engine.plugins import Context
from flowstudio.engine.values import JSON
from flowstudio.runs import graphs, news, submit, writer

logger = logging.getLogger(__name__)


class CannotCall(NodeFailed):
    """The called workflow is not there, or may not be called from here."""


class TooDeep(NodeFailed):
    """Workflows call one another further down than is allowed."""


class CalledRunFailed(NodeFailed):
    """The called run did not succeed; the message says why."""


class Place(NamedTuple):
    """An attempt of a node in a run: it calls once."""

    run: UUID
    node: str
    iteration: str
    attempt: int

    @property
    def called(self) -> models.RunQuerySet:
        """The run that was called from here."""
        return models.Run.objects.filter(
            parent=self.run, parent_node=self.node, parent_iteration=self.iteration, call=self.attempt
        )


class Calls:
    """The service ``workflows`` of one runner. Lives on its loop."""

    def __init__(
        self,
        worker: str,
        begin: Callable[[UUID], None],
        read: Callable[[Callable[[], Any]], Awaitable[Any]],
        is_draining: Callable[[], bool],
    ) -> None:
        self._worker, self._begin, self._read, self._is_draining = worker, begin, read, is_draining
        self._loop = asyncio.get_running_loop()
        self._awaited: dict[UUID, asyncio.Event] = {}
        self._unsubscribe = news.subscribe(self._hear)
        self._polling = asyncio.create_task(self._poll())

    async def call(self, context: Context, workflow: str, payload: JSON) -> JSON:
        """The body of what the workflow's Respond answers, or None; raises NodeFailed.

        Cancelled, it cancels the called run; not where the caller goes on later, here or elsewhere.
        """
        place = Place(UUID(context.run.id), context.node, context.iteration, context.attempt)
        try:
            run = await asyncio.wrap_future(writer.call(_store, place, workflow, payload))
            self._begin(run.pk)
            return _answer(await self._end_of(run.pk))
        except asyncio.CancelledError:
            if not self._is_draining():
                writer.call(_give_up, place, self._worker)
            raise

    async def aclose(self) -> None:
        self._unsubscribe()
        self._polling.cancel()
        with suppress(asyncio.CancelledError):
            await self._polling

    async def _end_of(self, run_id: UUID) -> models.Run:
        run: models.Run
        ended = self._awaited.setdefault(run_id, asyncio.Event())
        try:
            while (run := await self._read(partial(_read, run_id))).status not in models.ENDED:
                await ended.wait()
                ended.clear()
        finally:
            self._awaited.pop(run_id, None)
        return run

    def _hear(self, item: news.News) -> None:
        """On the thread that committed."""
        if item.ended and item.run in self._awaited:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._tell, item.run)

    def _tell(self, run_id: UUID) -> None:
        if (ended := self._awaited.get(run_id)) is not None:
            ended.set()

    async def _poll(self) -> None:
        """Another process may execute a called run, and its news do not reach this one."""
        while True:
            await asyncio.sleep(settings.PICK_UP_SECONDS)
            try:
                if self._awaited:
                    for run_id in await self._read(partial(_not_open, list(self._awaited))):
                        self._tell(run_id)
            except Exception:
                logger.exception("Called runs could not be looked up; it is tried again.")


def _read(run_id: UUID) -> models.Run:
    runs = models.Run.objects.select_related("workflow").defer(
        "start_payload", "inherited", "workflow__graph"
    )
    if (run := runs.filter(pk=run_id).first()) is None:
        raise CalledRunFailed("The called run was deleted.")
    return run


def _not_open(run_ids: Sequence[UUID]) -> set[UUID]:
    still_open = models.Run.objects.filter(pk__in=run_ids).exclude(status__in=models.ENDED)
    return {*run_ids} - {*still_open.values_list("pk", flat=True)}


def _answer(run: models.Run) -> JSON:
    if run.status == models.Status.SUCCEEDED:
        return None if run.answer is None else values.loads(bytes(run.answer))["body"]
    if run.error is None:
        raise CalledRunFailed(f"“{run.workflow.name}” was cancelled.")
    raise CalledRunFailed(f"“{run.workflow.name}” failed: {run.error['message']}")


# ── Jobs of the writer ─────────────────────────────────────────────────────────────────────────────


def _store(place: Place, workflow_id: str, payload: JSON) -> models.Run:
    """The run that was called from this place; stored, if there is none yet."""
    if (known := place.called.first()) is not None:
        return known
    caller = models.Run.objects.select_related("event", "workflow").select_for_update(of=("self",))
    run = _new_run(caller.get(pk=place.run), place, workflow_id, payload)
    run.event.save(force_insert=True)
    run.save(force_insert=True)
    news.publish_on_commit(run.root_id, run.pk, run.seq, run.workflow_id)
    return run


def _new_run(caller: models.Run, place: Place, workflow_id: str, payload: JSON) -> models.Run:
    if caller.status in models.ENDED:
        raise StaleRun(f"Run {caller.pk} has ended; it calls nothing any more.")
    workflow, version, trigger = _callable(caller, place.node, workflow_id)
    _refuse_too_deep(caller, workflow)
    run = models.Run(
        workflow=workflow,
        version=version,
        snapshot_id=version.snapshot_id,
        kind=caller.kind,
        is_test=caller.is_test,
        recording=models.Recording.ALL
        if caller.is_test
        else workflow.settings.get("recording", models.Recording.ALL),
        created_by_id=caller.created_by_id,
        root_id=caller.root_id,
        parent_id=caller.pk,
        parent_node=place.node,
        parent_iteration=place.iteration,
        call=place.attempt,
        start_node=trigger,
    )
    run.event = _event_of(caller, run, payload)
    return run


def _callable(caller: models.Run, node: str, workflow_id: str) -> tuple[models.Workflow, models.Version, str]:
    """The workflow, its version in force, and the trigger at which a call begins."""
    if not _is_chosen(caller, node, workflow_id):
        raise CannotCall(
            "Choose the workflow in the form: which ones may be called is checked there and when the"
            " workflow is published, so an expression cannot name it."
        )
    workflow = None
    with suppress(ValueError):
        workflow = _workflows_for(caller).filter(pk=UUID(workflow_id)).first()
    if workflow is None:
        raise CannotCall("The workflow that this node calls is not there, or may not be called from here.")
    if workflow.published is None:
        raise CannotCall(f"“{workflow.name}” is not published yet; publish it, then it can be called.")
    triggers = graphs.triggers_of(workflow.published.snapshot_id)
    if not triggers:
        raise CannotCall(f"“{workflow.name}” has no trigger that is switched on, so a call begins nowhere.")
    return workflow, workflow.published, triggers[0].node.id


def _is_chosen(caller: models.Run, node: str, workflow_id: str) -> bool:
    nodes = graphs.graph_of(caller.snapshot_id).nodes
    return any(each.id == node and each.config.get("workflow") == workflow_id for each in nodes)


def _workflows_for(caller: models.Run) -> models.WorkflowQuerySet:
    """A published caller was checked when it was published; a test may run a draft that nobody checked."""
    workflows = models.Workflow.objects.select_related("published").defer("graph")
    if caller.version_id is None and caller.created_by is not None:
        return workflows.for_user(caller.created_by, models.Role.RUN)
    return workflows.filter(deleted__isnull=True)


def _refuse_too_deep(caller: models.Run, workflow: models.Workflow) -> None:
    names, depth = [workflow.name], 1
    above: UUID | None = caller.pk
    while above is not None:
        name, call, above = models.Run.objects.values_list("workflow__name", "call", "parent").get(pk=above)
        if call or above is None:  # else a branch of the workflow above
            names.append(name)
        depth += bool(call)
    if depth > settings.MAX_CALL_DEPTH:
        raise TooDeep(
            f"Workflows may call one another {settings.MAX_CALL_DEPTH} deep; this call would be number"
            f" {depth}: {' → '.join(reversed(names))}. Let one of them end the circle."
        )


def _event_of(caller: models.Run, run: models.Run, payload: JSON) -> models.Event:
    """The caller's event with what was handed over as its properties: of the rest, those who see the
    called workflow only are shown nothing."""
    original, properties = caller.event, values.dumps(payload)
    return models.Event(
        event_id=original.event_id,
        type=original.type,
        source=original.source,
        subject=original.subject,
        time=original.time,
        properties=properties,
        size=len(properties),
        scope=f"{models.DERIVED_SCOPE}{run.pk}",
        is_test=caller.is_test,
        run=caller,
        depth=original.depth,
        chain=[*original.chain, caller.workflow.name],
    )


def _give_up(place: Place, worker: str) -> None:
    """The node timed out. Where its run is another worker's by now, that one waits for the called run."""
    if models.Run.objects.filter(pk=place.run, status=models.Status.RUNNING, worker=worker).exists():
        for run in place.called.exclude(status__in=models.ENDED):
            submit.cancel(run)
