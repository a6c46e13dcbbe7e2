"""Tries a node until it has a result or no attempt is left, each within its time, and stores the result."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from flowstudio.engine import results
from flowstudio.engine.errors import CommandRefused, NodeTimedOut, StaleRun
from flowstudio.engine.plan import PlanNode
from flowstudio.engine.plugins import Command, Submit
from flowstudio.engine.processes import Job, result_of
from flowstudio.engine.results import Outputs
from flowstudio.engine.steplog import StepLog
from flowstudio.engine.trace import StepRecord
from flowstudio.engine.values import JSON

if TYPE_CHECKING:
    from flowstudio.engine.walk import Walk

LONGEST_PAUSE: Final = 3600.0


async def settle(walk: Walk, node: PlanNode, step: StepRecord) -> None:
    """Give a step its result and store it; raises what ends the whole run, and CancelledError."""
    while (error := await _attempt(walk, node, step)) is not None:
        if not _is_tried_again(node, step, error):
            step.background_run = None
            walk.end(step, walk.failed(node, step, error))
            await _store(walk, node, step, ())
            return
        pause = _pause(node, step.attempts)
        what = results.error_value(node, error)["message"]
        log = StepLog(step, walk.state.loop, walk.state.sink)
        log.warning(f"Attempt {step.attempts} failed: {what} The next one begins in {pause:.1f} s.")
        try:
            await asyncio.sleep(pause)
        except asyncio.CancelledError:
            _cancelled(walk, step)
            raise
        step.attempts += 1


def _is_tried_again(node: PlanNode, step: StepRecord, error: BaseException) -> bool:
    retry = node.settings.retry
    return step.attempts < retry.attempts and (not retry.errors or type(error).__name__ in retry.errors)


def _pause(node: PlanNode, attempt: int) -> float:
    retry = node.settings.retry
    try:
        pause = min(retry.delay * retry.backoff ** (attempt - 1), LONGEST_PAUSE)
    except OverflowError:
        pause = LONGEST_PAUSE
    return float(pause * (1 + retry.jitter * random.random()))


async def _attempt(walk: Walk, node: PlanNode, step: StepRecord) -> BaseException | None:
    """Run the node once and store its result; what it failed with, or None."""
    limit = asyncio.timeout(node.settings.timeout)
    try:
        async with limit:
            if node.plugin.transaction:
                await _in_transaction(walk, node, step)
                return None
            outputs, commands = await _run_and_read(walk, node, step)
        walk.end(step, outputs)
        await _store(walk, node, step, commands)
    except asyncio.CancelledError as error:
        if _is_cancelled():
            if step.ended is None:
                _cancelled(walk, step)
            raise
        return error  # the plugin cancelled a task of its own
    except TimeoutError as error:
        _raise_fatal(walk)
        return _timed_out(node) if limit.expired() else error
    except BaseException as error:  # whatever a plugin raises fails its branch, and no more
        _raise_fatal(walk)
        step.status, step.ended, step.outputs = "running", None, {}
        return error
    return None


def _raise_fatal(walk: Walk) -> None:
    """A failure that ends the run is no failure of the node in which it came to light."""
    if walk.state.fatal is not None:
        raise walk.state.fatal


def _timed_out(node: PlanNode) -> NodeTimedOut:
    return NodeTimedOut(f"“{node.name}” did not end within {node.settings.timeout:g} seconds.")


async def _run_and_read(walk: Walk, node: PlanNode, step: StepRecord) -> tuple[Outputs, list[Command]]:
    shared = walk.frontier.shared(node, step.input)
    if not walk.state.is_test:
        outputs, commands = results.read(node, shared, await _called(walk, node, step, shared))
    else:
        with results.Untouched(node, shared) as copy:
            outputs, commands = results.read(node, copy, await _called(walk, node, step, copy))
    if commands and not node.plugin.effects:
        raise results.command_refused(node)
    return outputs, commands


async def _called(walk: Walk, node: PlanNode, step: StepRecord, shared: JSON) -> Any:
    plugin = walk.prepare(node, step, walk.frontier.seen(node, shared))
    argument = walk.frontier.argument(node, shared)
    if node.is_async:
        return await plugin.run(argument)
    if node.plugin.process:
        return result_of(await walk.state.perform(Job.of(plugin, argument)), plugin.context)
    return await walk.state.call(lambda: _on_thread(plugin, argument))


async def _in_transaction(walk: Walk, node: PlanNode, step: StepRecord) -> None:
    """Run the node and store its result in one transaction of the sink's.

    The thread fills in a copy of the step: it cannot be stopped, and what was given up must not change the
    step any more.
    """
    shared = walk.frontier.shared(node, step.input)
    plugin = walk.prepare(node, step, walk.frontier.seen(node, shared))
    filled = replace(step)

    def work() -> Sequence[Command]:
        with results.Untouched(node, shared) as copy:
            result = _on_thread(plugin, walk.frontier.argument(node, copy))
            outputs, commands = results.read(node, copy, result)
        walk.end(filled, outputs)
        return commands

    try:
        carried = walk.carried(node) if node.plugin.background_port else {}
        await walk.state.sink.transact(filled, work, carried)
    except StaleRun as error:
        walk.state.fatal = error
        raise
    step.outputs, step.status, step.ended = filled.outputs, filled.status, filled.ended
    step.background_run = filled.background_run


async def _store(walk: Walk, node: PlanNode, step: StepRecord, commands: Sequence[Command]) -> None:
    if not node.plugin.effects:
        walk.state.tell(walk.state.sink.ended, step)
        return
    submits = any(isinstance(command, Submit) for command in commands)
    failed = step.error is not None
    try:
        await walk.state.sink.commit(step, commands, walk.carried(node) if submits else {})
    except CommandRefused as error:
        step.background_run = None
        if failed:  # not even the failure can be stored
            walk.state.fatal = error
        raise
    except asyncio.CancelledError:
        raise
    except BaseException as error:
        walk.state.fatal = error
        raise


def _cancelled(walk: Walk, step: StepRecord) -> None:
    step.status, step.ended = "cancelled", datetime.now(UTC)
    walk.state.tell(walk.state.sink.ended, step)


def _on_thread(plugin: Any, argument: Any) -> Any:
    """Call a plain ``run``. What means something else to a coroutine cannot pass through its future."""
    try:
        return plugin.run(argument)
    except (StopIteration, GeneratorExit) as error:
        raise RuntimeError(f"{type(error).__name__} left run().") from error


def _is_cancelled() -> bool:
    """Whether somebody cancelled this task, and not the plugin one of its own."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
