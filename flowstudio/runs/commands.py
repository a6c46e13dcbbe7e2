"""The commands of a step, stored in the transaction of its result.

Run in background: the child is a queued run on the same snapshot. Its event is the run's own, unless a
type or properties were given: then an event of its own is stored, which starts no workflow. With a type
it is a separate event with a new id; with properties only it keeps the original's type and id, so that
expressions behind the node see the original event with other properties, and it is not listed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never
from uuid import UUID

from flowstudio import models
from flowstudio.engine import values
from flowstudio.engine.errors import CommandRefused, StaleRun
from flowstudio.engine.plan import reach
from flowstudio.engine.plugins import Answer, Command, Emit, Submit
from flowstudio.engine.trace import StepRecord
from flowstudio.engine.values import JSON
from flowstudio.runs import events, graphs
from flowstudio.runs.events import NewEvent


def store(
    run: models.Run,
    step: StepRecord,
    commands: Sequence[Command],
    carried: Mapping[str, JSON],
    child_id: UUID | None,
) -> None:
    """Store each command, or raise CommandRefused (and the caller's transaction leaves nothing)."""
    for number, command in enumerate(commands):
        try:
            match command:
                case Submit():
                    assert child_id is not None
                    _submit(run, step, command, carried, child_id)
                case Emit():
                    _emit(run, step, command, number)
                case Answer():
                    _answer(run, command)
                case _:
                    assert_never(command)
        except (CommandRefused, StaleRun):
            raise
        except Exception as error:
            raise CommandRefused(f"{_named(command)} could not be stored: {error}") from error


def _named(command: Command) -> str:
    if isinstance(command, Submit):
        return "The background run"
    return "The event" if isinstance(command, Emit) else "The answer"


def _submit(
    run: models.Run, step: StepRecord, command: Submit, carried: Mapping[str, JSON], child_id: UUID
) -> None:
    if run.kind == models.Kind.BACKGROUND and run.start_node == step.node:
        raise CommandRefused(
            "A background run that begins at this node cannot begin another one here: it would never end."
            " The plugin must look at context.begins_here and go on instead."
        )
    child = models.Run(
        id=child_id,
        workflow_id=run.workflow_id,
        version_id=run.version_id,
        snapshot_id=run.snapshot_id,
        event=_event_of_child(run, command, child_id),
        kind=models.Kind.BACKGROUND,
        is_test=run.is_test,
        recording=models.Recording.ALL if run.is_test else command.recording,
        created_by_id=run.created_by_id,
        root_id=run.root_id,
        parent_id=run.pk,
        parent_node=step.node,
        parent_iteration=step.iteration,
        start_node=step.node,
        start_payload=values.dumps(command.payload),
        until_node=_until_of_child(run, step.node),
        pins=run.pins,
        inherited=values.dumps(dict(carried)) if carried else None,
    )
    child.save(force_insert=True)
    events.announce(child)


def _until_of_child(run: models.Run, start: str) -> str:
    """A test's “until” reaches into the branch it lies in, and does not stop the others."""
    if not run.until_node:
        return ""
    behind = reach((start,), graphs.graph_of(run.snapshot_id).edges)
    return run.until_node if run.until_node in behind else ""


def _event_of_child(run: models.Run, command: Submit, child_id: UUID) -> models.Event:
    original = run.event
    if not command.event_type and not command.has_event_properties:
        return original
    properties = (
        values.dumps(command.event_properties) if command.has_event_properties else original.properties
    )
    event = models.Event(
        type=command.event_type or original.type,
        source=original.source,
        subject=original.subject,
        properties=properties,
        size=len(properties),
        scope=f"{'branch:' if command.event_type else models.DERIVED_SCOPE}{child_id}",
        user_id=original.user_id,
        is_test=run.is_test,
        run=run,
        depth=original.depth,
        chain=original.chain,
    )
    if command.event_type:
        event.event_id = str(event.id)
    else:
        event.event_id, event.time = original.event_id, original.time
    event.save(force_insert=True)
    return event


def _emit(run: models.Run, step: StepRecord, command: Emit, number: int) -> None:
    new = NewEvent(
        type=command.event_type,
        properties=command.properties,
        id=f"{step.node}:{step.iteration}:{number}",
        source=f"flowstudio:run:{run.pk}",
    )
    events.accept(new, is_test=run.is_test, parent_run=run)


def _answer(run: models.Run, command: Answer) -> None:
    answer = {"status": command.status, "headers": dict(command.headers or {}), "body": command.body}
    unanswered = models.Run.objects.filter(pk=run.pk, answer__isnull=True)  # a caller is answered once
    unanswered.update(answer=values.dumps(answer))
