"""Events at the door: each is stored together with the runs it starts, in one transaction.

``accept`` belongs into the writer (or a transaction of the caller's); ``emit`` is for host projects.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from flowstudio import models
from flowstudio.conf import settings
from flowstudio.engine import values
from flowstudio.engine.errors import FlowStudioError
from flowstudio.engine.plugins import Event
from flowstudio.engine.values import JSON
from flowstudio.runs import graphs, hints, in_force, news
from flowstudio.runs.statements import Insert
from flowstudio.runs.times import iso

STORE_EVENTS = Insert(models.Event)
STORE_RUNS = Insert(models.Run)


class EventRefused(FlowStudioError):
    """An event that is not taken; ``code`` names the rule, the message says what to do."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event as its sender gave it. Without an id it is always new."""

    type: str
    properties: JSON
    id: str | None = None
    source: str = ""
    subject: str | None = None
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    event: models.Event
    runs: Sequence[models.Run]
    duplicate: bool = False


def emit(type: str, properties: JSON, **fields: Any) -> Accepted:
    """Store an event and the runs it starts, in the caller's transaction: a rollback leaves nothing.

    ``fields``: ``id``, ``source``, ``subject``, ``time`` of the event. Starts every enabled workflow
    whose trigger matches; none of them runs inside the caller's request.
    """
    with transaction.atomic():
        return accept(NewEvent(type=type, properties=properties, **fields))


def accept(
    new: NewEvent,
    *,
    user: Any = None,
    token: models.ApiToken | None = None,
    is_test: bool = False,
    parent_run: models.Run | None = None,
) -> Accepted:
    """Store ``new`` and a queued run per matching trigger, in the current transaction.

    Starts the workflows on which ``user`` has *run*, without a user all. A test event is recorded and
    starts nothing. The same id from the same sender and source starts nothing twice.
    """
    event, known = store(
        new, scope=_scope(user, token, parent_run), user=user, is_test=is_test, parent=parent_run
    )
    if known:
        started = event.runs.filter(parent__isnull=True)  # a branch goes on with the same event
        return Accepted(event, list(started), duplicate=True)
    runs = [] if is_test else _start_runs(event, engine_event(event, new.properties), user)
    return Accepted(event, runs)


def store(
    new: NewEvent, *, scope: str, user: Any = None, is_test: bool = False, parent: models.Run | None = None
) -> tuple[models.Event, bool]:
    """The event's row, and whether it was there already. Starts nothing."""
    depth, chain = _depth_below(parent)
    properties = values.dumps(new.properties)
    event = models.Event(
        type=_required("type", new.type, 200),
        source=_short("source", new.source, 500),
        subject=_short("subject", new.subject or "", 500),
        time=new.time or timezone.now(),
        properties=properties,
        size=len(properties),
        scope=scope,
        user=user if user is not None and user.pk is not None else None,
        is_test=is_test,
        run=parent,
        depth=depth,
        chain=chain,
    )
    if new.id is None:
        event.event_id = str(event.id)
        STORE_EVENTS.run([event])
        return event, False
    event.event_id = _required("id", new.id, 200)
    same = models.Event.objects.filter(scope=scope, source=event.source, event_id=event.event_id)
    if (known := same.first()) is not None:
        return known, True
    try:
        with transaction.atomic():  # another process may store the same one at this moment
            STORE_EVENTS.run([event])
    except IntegrityError:
        return same.get(), True
    return event, False


def engine_event(event: models.Event, properties: JSON) -> Event:
    """The event as nodes and expressions see it."""
    return Event(
        id=event.event_id,
        type=event.type,
        source=event.source,
        subject=event.subject or None,
        time=iso(event.time) or "",
        properties=properties,
    )


def _start_runs(event: models.Event, seen: Event, user: Any) -> list[models.Run]:
    runs = [run for workflow in in_force.workflows(user) for run in _runs_of(workflow, event, seen)]
    if runs:
        STORE_RUNS.run(runs)
    for run in runs:
        announce(run)
    return runs


def _runs_of(workflow: models.Workflow, event: models.Event, seen: Event) -> Iterator[models.Run]:
    version = workflow.published
    assert version is not None
    for trigger in graphs.triggers_of(version.snapshot_id):
        if trigger.matches(seen):
            yield new_run(
                workflow=workflow,
                version=version,
                snapshot_id=version.snapshot_id,
                event=event,
                start_node=trigger.node.id,
                recording=workflow.settings.get("recording", models.Recording.ALL),
                created_by=event.user,
            )


def new_run(**fields: Any) -> models.Run:
    """A run of its own tree, not stored yet."""
    run = models.Run(**fields)
    run.root_id = run.id
    return run


def announce(run: models.Run) -> None:
    """After the commit: the runner starts the stored ``run``, and watchers hear of it."""
    hints.wake_on_commit(run.pk)
    news.publish_on_commit(run.root_id, run.pk, run.seq, run.workflow_id)


def _scope(user: Any, token: models.ApiToken | None, parent: models.Run | None) -> str:
    """Whose ids an event's id is one of: two senders may use the same ids."""
    if parent is not None:
        return f"run:{parent.pk}"
    if token is not None:
        return f"token:{token.pk}"
    return f"user:{user.pk}" if user is not None else ""


def _depth_below(parent: models.Run | None) -> tuple[int, list[str]]:
    if parent is None:
        return 0, []
    depth, chain = parent.event.depth + 1, [*parent.event.chain, parent.workflow.name]
    if depth > settings.MAX_EVENT_DEPTH:
        raise EventRefused(
            "too_deep",
            f"This event would be number {depth} in a chain of events that start one another"
            f" (the limit is {settings.MAX_EVENT_DEPTH}): {' → '.join(chain)}."
            " Let one of these workflows not react to the other's event.",
        )
    return depth, chain


def _required(name: str, text: str, limit: int) -> str:
    if not text:
        raise EventRefused("invalid", f"An event needs a {name}.")
    return _short(name, text, limit)


def _short(name: str, text: str, limit: int) -> str:
    if len(text) > limit:
        raise EventRefused(
            "invalid", f"The event's {name} has {len(text)} characters; at most {limit} are kept."
        )
    return text
