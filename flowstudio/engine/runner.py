"""Executes a plan for an event: takes payloads along the edges and tells the sink of every step.

It knows no database, no socket and no Django. What is seen of a run leaves through the sink; what a run
does to the world outside happens in plugins and in the sink's ``commit``. A run is a walk over its plan
(``walk``), which asks what is ready (``frontier``) and tries nodes that do not end at once (``attempts``).
"""

from __future__ import annotations

import asyncio
import logging
from collections import ChainMap
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from flowstudio.engine import processes
from flowstudio.engine.errors import RunTimedOut, StepBudgetExceeded
from flowstudio.engine.plan import Plan, PlanNode, scope_of
from flowstudio.engine.plugins import Event, RunInfo
from flowstudio.engine.processes import Job, Performed
from flowstudio.engine.trace import Given, Outcome, Sink, StepRecord
from flowstudio.engine.values import JSON
from flowstudio.engine.walk import Walk

__all__ = ["Given", "Outcome", "execute"]

logger = logging.getLogger(__name__)

Call: TypeAlias = Callable[[Callable[[], Any]], Awaitable[Any]]
Perform: TypeAlias = Callable[[Job], Awaitable[Performed]]

NO_GIVEN: Final[Mapping[tuple[str, str], Given]] = {}
NO_PINS: Final[Mapping[str, Given]] = {}
NOTHING: Final[Mapping[str, JSON]] = {}


async def execute(
    plan: Plan,
    event: Event,
    *,
    run: RunInfo,
    payload: JSON,
    sink: Sink,
    services: Mapping[str, Any] | None = None,
    given: Mapping[tuple[str, str], Given] = NO_GIVEN,
    pins: Mapping[str, Given] = NO_PINS,
    inherited: Mapping[str, JSON] = NOTHING,
    begins_here: bool = False,
    call: Call | None = None,
    perform: Perform = processes.in_process,
    max_steps: int = 100_000,
    max_seconds: float | None = None,
    record: bool = True,
) -> Outcome:
    """Run a plan for an event from its start node, which is given ``payload``.

    ``given`` holds results that stand in for nodes, by (node, iteration); ``pins`` stand in for a node in
    every iteration. ``inherited`` is what ``node("Name")`` reads from ancestors. ``begins_here``: this is
    the background run that the start node submitted. ``call`` runs a plain ``run`` on a thread, ``perform``
    one in a process. ``record=False``: nobody wants the steps of effect-free nodes, except where they fail.
    A cancelled task cancels its nodes. Raises StaleRun, and what the sink's ``commit`` raised unexpectedly.
    """
    state = RunState(event, run, sink, services, call or asyncio.to_thread, perform)
    state.given, state.pins, state.stands_in = given, pins, bool(given or pins)
    state.record, state.max_steps = record, max_steps
    scope = scope_of(event, run, state.now, None, {}) if plan.needs_scope else {}
    walk = Walk(state, plan, payload, dict(inherited), scope, begins_here=begins_here)
    try:
        if max_seconds is None:
            await walk.go()
        else:
            await _within(max_seconds, walk)
    except StepBudgetExceeded:
        assert state.stopped is not None
        walk.error = state.stopped
    return Outcome("failed" if walk.error else "succeeded", state.steps, walk.error)


async def _within(max_seconds: float, walk: Walk) -> None:
    limit = asyncio.timeout(max_seconds)
    try:
        async with limit:
            await walk.go()
    except TimeoutError:
        if not limit.expired():
            raise
        message = "The run reached its time limit and was stopped."
        walk.error = {"message": message, "type": RunTimedOut.__name__, "node": ""}


class RunState:
    """What all walks of one run share."""

    def __init__(
        self,
        event: Event,
        run: RunInfo,
        sink: Sink,
        services: Mapping[str, Any] | None,
        call: Call,
        perform: Perform,
    ) -> None:
        self.services: Mapping[str, Any]
        self.event, self.run, self.sink = event, run, sink
        self.call, self.perform = call, perform
        own = {"on_thread": call}
        self.services = own if services is None else ChainMap(own, services)  # type: ignore[arg-type]
        self.is_test = run.is_test  # plugins are handed copies, and watched
        self.now = run.started or datetime.now(UTC)
        self.loop = asyncio.get_running_loop()
        self.given, self.pins, self.stands_in = NO_GIVEN, NO_PINS, False
        self.record, self.steps, self.max_steps = True, 0, 100_000
        self.fatal: BaseException | None = None
        self.stopped: dict[str, Any] | None = None
        self._recorder_failed = False

    def over_budget(self, node: PlanNode) -> StepBudgetExceeded:
        """End the run: every walk of it stops at the next step it would take."""
        error = StepBudgetExceeded(f"The run took {self.max_steps:,} steps, all that it is allowed.")
        if self.stopped is None:
            self.stopped = {"message": str(error), "type": type(error).__name__, "node": node.name}
        self.fatal = error
        return error

    def given_for(self, node: PlanNode, iteration: str) -> Given | None:
        return self.given.get((node.id, iteration)) or self.pins.get(node.id)

    def tell(self, told: Callable[[StepRecord], None], step: StepRecord) -> None:
        """Tell the sink of a step. A recorder that fails changes nothing of the run."""
        try:
            told(step)
        except Exception:
            if not self._recorder_failed:
                logger.exception("A step could not be recorded; run %s goes on.", self.run.id)
            self._recorder_failed = True
