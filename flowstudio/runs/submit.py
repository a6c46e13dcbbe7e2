"""What people do with runs: fire a test event on a draft, and cancel a run with all that came of it.

Both belong into the writer.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import F
from django.utils import timezone

from flowstudio import models
from flowstudio.engine import values
from flowstudio.engine.graph import Graph
from flowstudio.engine.plan import compile_plan
from flowstudio.engine.plugins import Event
from flowstudio.engine.values import JSON
from flowstudio.runs import events, graphs, hints, masking, news, plugins
from flowstudio.runs.events import EventRefused, NewEvent


def start_test(
    workflow: models.Workflow,
    *,
    graph: Graph,
    event: NewEvent,
    start: str | None = None,
    until: str | None = None,
    pins: Mapping[str, Mapping[str, JSON]] | None = None,
    user: Any = None,
) -> models.Run:
    """Store a test event and its one run of ``graph``, which may be an unsaved draft.

    The run begins at ``start``, or at the first trigger that takes the event. A test always records
    everything, in its background branches too: a person watches them.
    """
    _refuse_stand_ins("event's properties", event.properties)
    _refuse_stand_ins("pins", pins)
    snapshot = graphs.snapshot(graph)
    new = NewEvent(event.type, event.properties, None, event.source, event.subject, event.time)
    row, _ = events.store(new, scope="test", user=user, is_test=True)
    start = start or _first_trigger(graph, events.engine_event(row, event.properties))
    compile_plan(graph, plugins.registry(), start=start, until=until)
    run = events.new_run(
        workflow=workflow,
        version=None,
        snapshot=snapshot,
        event=row,
        is_test=True,
        recording=models.Recording.ALL,
        created_by=user,
        start_node=start,
        until_node=until or "",
        pins=values.dumps(pins) if pins else None,
    )
    run.save(force_insert=True)
    events.announce(run)
    return run


def _refuse_stand_ins(name: str, value: JSON) -> None:
    """What was taken from a past event or a trace may be masked: the true value has to be typed in."""
    if paths := masking.stand_ins(value):
        where = ", ".join(masking.shown_path(path) for path in paths[:5]) or "the value itself"
        raise EventRefused(
            "masked",
            f"The {name} hold a masked value ({masking.MASK}) at {where}."
            " Put the true one, or another, in its place.",
        )


def _first_trigger(graph: Graph, event: Event) -> str:
    candidates = graphs.triggers(graph, plugins.registry())
    if not candidates:
        raise EventRefused(
            "no_trigger", "This graph has no trigger. Add a Start node, or choose where to begin."
        )
    for trigger in candidates:
        if trigger.matches(event):
            return trigger.node.id
    names = ", ".join(f"“{trigger.node.name}”" for trigger in candidates)
    raise EventRefused(
        "no_match",
        f"No trigger of this graph takes an event of type “{event.type}” (asked: {names})."
        " Change the event's type or the trigger's settings.",
    )


def cancel(run: models.Run) -> models.Run:
    """End ``run`` and every run below it that has not ended. The rows change at once, so that nothing a
    worker still does is recorded; the workers are told to stop."""
    now = timezone.now()
    for each in [run, *_below(run)]:
        _cancel_one(each, now)
    run.refresh_from_db()
    return run


def cancel_called(run: models.Run) -> None:
    """End the called runs for which ``run``, which has ended, waits no more."""
    for each in models.Run.objects.filter(parent=run.pk, call__gt=0).exclude(status__in=models.ENDED):
        cancel(each)


def _below(run: models.Run) -> list[models.Run]:
    children: dict[Any, list[models.Run]] = {}
    for each in models.Run.objects.filter(root=run.root_id).exclude(pk=run.pk):
        children.setdefault(each.parent_id, []).append(each)
    found: list[models.Run] = []
    reached = [run.pk]
    while reached:
        below = children.get(reached.pop(), [])
        found += below
        reached += [each.pk for each in below]
    return found


def _cancel_one(run: models.Run, now: Any) -> None:
    steps = list(
        models.Step.objects.filter(run=run, status=models.Status.RUNNING).values_list("pk", flat=True)
    )
    changed = (
        models.Run.objects.filter(pk=run.pk)
        .exclude(status__in=models.ENDED)
        .update(
            status=models.Status.CANCELLED,
            reason=models.Reason.CANCELLED,
            ended=now,
            fence=F("fence") + 1,  # whatever a worker still sends is refused from here on
            seq=F("seq") + len(steps) + 1,
        )
    )
    if not changed:
        return
    seq = models.Run.objects.values_list("seq", flat=True).get(pk=run.pk)
    for number, step in enumerate(steps, start=seq - len(steps)):
        models.Step.objects.filter(pk=step).update(status=models.Status.CANCELLED, ended=now, seq=number)
    models.JournalEntry.objects.filter(run=run).delete()
    hints.abort_on_commit(run.pk)
    news.publish_on_commit(run.root_id, run.pk, seq, run.workflow_id, ended=True)
