"""The one place where rows become the JSON that the API and the live connection send."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Q, QuerySet

from flowstudio import models
from flowstudio.engine import values
from flowstudio.engine.values import JSON
from flowstudio.runs.masking import Masker
from flowstudio.runs.times import iso

WITHHELD = "The message may hold parts of the payload. You need the role “payloads” to read it."
RUNS_AT_ONCE = 200  # SQLite refuses conditions of more than a thousand parts


def runs_for_reading(runs: QuerySet[models.Run] | None = None) -> QuerySet[models.Run]:
    """Runs with what :func:`run_json` needs, without their payloads."""
    queryset = models.Run.objects.all() if runs is None else runs
    return queryset.select_related("version", "event").defer(
        "start_payload", "pins", "inherited", "answer", "event__properties"
    )


def run_json(run: models.Run, *, payloads: bool) -> dict[str, Any]:
    """A run; without the role ``payloads``, its error without the message."""
    return {
        "id": str(run.pk),
        "workflow": str(run.workflow_id),
        "version": run.version.number if run.version is not None else None,
        "kind": run.kind,
        "is_test": run.is_test,
        "status": run.status,
        "reason": run.reason,
        "event": {"id": str(run.event_id), "type": run.event.type},
        "parent": _text(run.parent_id),
        "parent_node": run.parent_node,
        "parent_iteration": run.parent_iteration,
        "call": run.call,
        "root": str(run.root_id),
        "start_node": run.start_node,
        "queued": iso(run.queued),
        "started": iso(run.started),
        "ended": iso(run.ended),
        "recording": run.recording,
        "error": run.error if payloads else _without_message(run.error),
        "snapshot": run.snapshot_id,
    }


def run_short_json(run: models.Run) -> dict[str, Any]:
    return {
        "id": str(run.pk),
        "status": run.status,
        "kind": run.kind,
        "is_test": run.is_test,
        "queued": iso(run.queued),
        "ended": iso(run.ended),
    }


def event_json(
    event: models.Event, runs: Iterable[models.Run] | None = None, *, whole: bool = True
) -> dict[str, Any]:
    """An event with the runs it started; ``whole``: with its properties, else with their summary.

    Secrets in the properties are masked, as in a trace; ``masked`` names their paths, where there are any.
    """
    started = event.runs.all() if runs is None else runs
    found = {
        "id": str(event.pk),
        "event_id": event.event_id,
        "type": event.type,
        "source": event.source,
        "subject": event.subject,
        "time": iso(event.time),
        "received": iso(event.received),
        "size": event.size,
        "is_test": event.is_test,
        "run": _text(event.run_id),
        "runs": [run_short_json(run) for run in started],
        "depth": event.depth,
    }
    encoded = bytes(event.properties)
    properties, masked = Masker().payload(orjson.loads(encoded), encoded)
    paths = {"masked": masked} if masked else {}
    if whole:
        return {**found, "properties": properties, **paths}
    summary = values.summarise(properties, values.encode(properties) if masked else encoded)
    return {**found, "properties": {**summary, "size": len(encoded), **paths}}


def steps_after(
    run_ids: Iterable[UUID], positions: Mapping[UUID, int], limit: int | None = None
) -> list[models.Step]:
    """The steps of each run that changed after its position, in order of their changes, without payloads."""
    found: list[models.Step] = []
    ordered = sorted(run_ids)
    for first in range(0, len(ordered), RUNS_AT_ONCE):
        if limit is not None and len(found) >= limit:
            break
        wanted = Q(pk__in=[])
        for run_id in ordered[first : first + RUNS_AT_ONCE]:
            wanted |= Q(run=run_id, seq__gt=positions.get(run_id, 0))
        steps = models.Step.objects.filter(wanted).order_by("run", "seq").defer("input", "outputs")
        found += steps if limit is None else steps[: limit - len(found)]
    return found


def step_json(step: models.Step, summaries_only: bool = True, *, payloads: bool = True) -> dict[str, Any]:
    """A step; without the role ``payloads``, nothing of what it worked on: no payload, no
    log, no message."""
    found = {
        "id": str(step.pk),
        "seq": step.seq,
        "run": str(step.run_id),
        "node": step.node,
        "plugin": step.plugin,
        "iteration": step.iteration,
        "attempts": step.attempts,
        "status": step.status,
        "queued": iso(step.queued),
        "started": iso(step.started),
        "ended": iso(step.ended),
        "error": step.error if payloads else _without_message(step.error),
        "log": step.log or [] if payloads else [],
        "background_run": _text(step.background_run_id),
        "recorded": step.summary is not None,
    }
    summary: dict[str, Any] | None = step.summary
    if summary is None or not payloads:
        return {**found, "input": None, "outputs": dict.fromkeys(step.ports)}
    if summaries_only:
        return {**found, "input": summary["input"], "outputs": summary["outputs"]}
    outputs: dict[str, JSON] = {} if step.outputs is None else orjson.loads(bytes(step.outputs))
    given: JSON = None if step.input is None else orjson.loads(bytes(step.input))
    return {
        **found,
        "input": _whole(given, summary["input"]),
        "outputs": {port: _whole(outputs.get(port), of) for port, of in summary["outputs"].items()},
    }


def _without_message(error: Any) -> Any:
    return error and {**error, "message": WITHHELD}


def _whole(value: JSON, summary: dict[str, Any] | None) -> dict[str, Any] | None:
    """A kept payload. One that was cut is the beginning of its JSON text."""
    if summary is None:
        return None
    masked = {"masked": summary["masked"]} if "masked" in summary else {}
    return {"value": value, "size": summary["size"], "cut": bool(summary.get("cut")), **masked}


def _text(row_id: UUID | None) -> str | None:
    return None if row_id is None else str(row_id)
