"""One walk over a plan: the whole run, or one pass through a loop's body.

Ready nodes that only compute run at once, in array order; the others run as tasks, and the walk sleeps
until one of them ends.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from heapq import heappop
from typing import TYPE_CHECKING, Any, Final

from flowstudio.engine import attempts, results
from flowstudio.engine.errors import StaleRun
from flowstudio.engine.frontier import Frontier
from flowstudio.engine.plan import ERROR_PORT, Plan, PlanNode
from flowstudio.engine.plugins import BodyResult, Command, Context
from flowstudio.engine.results import Outputs
from flowstudio.engine.steplog import NO_LOG, StepLog
from flowstudio.engine.trace import Given, StepRecord
from flowstudio.engine.values import JSON

if TYPE_CHECKING:
    from flowstudio.engine.runner import RunState

BREATH: Final = 500
"""Inline steps between two moments at which the loop's other tasks get their turn."""


class Walk:
    """Goes over a plan once. ``error`` is the first failure that nobody handled."""

    def __init__(
        self,
        state: RunState,
        plan: Plan,
        payload: JSON,
        sent: dict[str, JSON],
        scope: dict[str, JSON],
        *,
        iteration: str = "",
        begins_here: bool = False,
        is_body: bool = False,
    ) -> None:
        self.state, self.plan, self.iteration = state, plan, iteration
        self.begins_here, self.is_body = begins_here, is_body
        self.frontier = Frontier(plan, payload)
        self.sent = sent  # node name → what node("Name") reads
        self.scope = {**scope, "nodes": sent} if plan.needs_scope else scope
        self.keeps_outputs = plan.needs_scope or is_body
        self.error: dict[str, Any] | None = None
        self.ends: dict[int, list[JSON]] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.finished: deque[asyncio.Task[None]] = deque()
        self.wake: asyncio.Event | None = None

    async def go(self) -> None:
        """Walk to the end; raises what ends the whole run."""
        try:
            await self._run_ready()
            while self.tasks:
                await self._next_finished()
                await self._run_ready()
        finally:
            if self.tasks:
                await self._cancel_tasks()

    def result(self) -> BodyResult:
        """What a pass through a body came to."""
        values = [payload for index in sorted(self.ends) for payload in self.ends[index]]
        merged = results.merged(values) if len(values) > 1 else values[0] if values else None
        return BodyResult(values, merged, self.error)

    async def _run_ready(self) -> None:
        state, nodes, ready = self.state, self.plan.nodes, self.frontier.ready
        is_bare = not (state.record or state.is_test or state.stands_in)
        while ready:
            node = nodes[heappop(ready)]
            if state.steps >= state.max_steps:
                raise state.over_budget(node)
            state.steps += 1
            if is_bare and node.is_plain:
                self._run_bare(node)
            else:
                self._begin(node)
            if state.steps % BREATH == 0:
                await asyncio.sleep(0)

    async def _next_finished(self) -> None:
        assert self.wake is not None
        await self.wake.wait()
        self.wake.clear()
        while self.finished:
            task = self.finished.popleft()
            self.tasks.discard(task)
            task.result()  # what ends the whole run leaves here

    async def _cancel_tasks(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    # ── One node ────────────────────────────────────────────────────────────────────────────────────

    def _begin(self, node: PlanNode) -> None:
        payload = self.frontier.payload(node)
        if self.state.stands_in and (given := self.state.given_for(node, self.iteration)) is not None:
            self._use_given(node, payload, given)
        elif node.inline or node.disabled:
            self._run_inline(node, payload)
        else:
            task = self.state.loop.create_task(self._run_task(node, self._step(node, payload)))
            self.wake = self.wake or asyncio.Event()
            self.tasks.add(task)
            task.add_done_callback(self._task_done)

    def _task_done(self, task: asyncio.Task[None]) -> None:
        assert self.wake is not None
        self.finished.append(task)
        self.wake.set()

    def _run_bare(self, node: PlanNode) -> None:
        """The shortest way of the most frequent case: nobody records, and nothing has to be evaluated."""
        state, payload = self.state, self.frontier.payload(node)
        begins_here = self.begins_here and node.index == self.plan.entries[0]
        try:
            context = Context(
                state.event,
                state.run,
                NO_LOG,
                state.now,
                node.id,
                self.iteration,
                begins_here,
                state.services,
            )
            outputs, commands = results.read(
                node, payload, node.plugin(node.config.shared, context).run(payload)
            )
            if commands:
                raise results.command_refused(node)
        except BaseException as error:  # SystemExit would end the event loop with every run on it
            step = self._step(node, payload)
            outputs = dict(self.failed(node, step, error))
            self.end(step, outputs)
            state.tell(state.sink.ended, step)
        if self.keeps_outputs:
            self._deliver(node, outputs)
        else:
            self.frontier.resolve(node, outputs)

    def _run_inline(self, node: PlanNode, payload: JSON) -> None:
        step = self._step(node, payload) if self.state.record else None
        outputs: Outputs
        commands: Sequence[Command] = ()
        try:
            if node.disabled:
                outputs = results.passed_on(node, payload)
            elif self.state.is_test:
                shared = self.frontier.shared(node, payload)
                with results.Untouched(node, shared) as copy:
                    plugin = self.prepare(node, step, self.frontier.seen(node, copy))
                    result = plugin.run(self.frontier.argument(node, copy))
                    outputs, commands = results.read(node, copy, result)
            else:
                argument = payload
                if node.wants_arrivals:
                    argument = self.frontier.argument(node, self.frontier.shared(node, payload))
                result = self.prepare(node, step, payload).run(argument)
                outputs, commands = results.read(node, payload, result)
            if commands:
                raise results.command_refused(node)
        except BaseException as error:  # SystemExit would end the event loop with every run on it
            step = step or self._step(node, payload)
            outputs = self.failed(node, step, error)
        if step is not None:
            self.end(step, outputs)
            self.state.tell(self.state.sink.ended, step)
        self._deliver(node, outputs)

    async def _run_task(self, node: PlanNode, step: StepRecord) -> None:
        if node.plugin.effects or node.body is not None:
            self.state.tell(self.state.sink.started, step)
        await attempts.settle(self, node, step)
        handed_over = node.plugin.background_port if step.background_run is not None else None
        self._deliver(node, step.outputs, handed_over)

    def prepare(self, node: PlanNode, step: StepRecord | None, payload: JSON) -> Any:
        """The plugin's object, with its config evaluated for this payload."""
        state, config = self.state, node.config.shared
        begins_here = self.begins_here and node.index == self.plan.entries[0]
        if config is None:
            self.scope["payload"] = payload
            config = node.config.unevaluated() if begins_here else node.config.evaluate(self.scope)
        if step is None:
            context = Context(
                state.event,
                state.run,
                NO_LOG,
                state.now,
                node.id,
                self.iteration,
                begins_here,
                state.services,
            )
        else:
            context = Context(
                state.event,
                state.run,
                StepLog(step, None if node.inline else state.loop, state.sink),
                state.now,
                node.id,
                self.iteration,
                begins_here,
                state.services,
                None if node.body is None else Body(self, node),
                step.attempts,
            )
        return node.plugin(config, context)

    def carried(self, node: PlanNode) -> dict[str, JSON]:
        """What the nodes behind this one read through ``node("Name")``, for a background run."""
        names = self.plan.references(node.id)
        return {name: self.sent[name] for name in names if name in self.sent}

    def _use_given(self, node: PlanNode, payload: JSON, given: Given) -> None:
        if given.error is not None and not given.outputs:
            self.error = self.error or given.error
        if given.record:
            step = self._step(node, payload)
            step.error, step.background_run = given.error, given.background_run
            self.end(step, given.outputs)
            self.state.tell(self.state.sink.ended, step)
        handed_over = node.plugin.background_port if given.background_run is not None else None
        self._deliver(node, given.outputs, handed_over)

    # ── Its end ─────────────────────────────────────────────────────────────────────────────────────

    def _step(self, node: PlanNode, payload: JSON) -> StepRecord:
        now = datetime.now(UTC)
        return StepRecord(node.id, node.plugin.id, self.iteration, queued=now, started=now, input=payload)

    def end(self, step: StepRecord, outputs: Mapping[str, JSON]) -> None:
        """Fill in what a step came to."""
        step.outputs = dict(outputs)
        step.status = "succeeded" if step.error is None else "failed"
        step.ended = datetime.now(UTC)

    def failed(self, node: PlanNode, step: StepRecord, error: BaseException) -> Outputs:
        """Note the error, and say what fires instead: the error port, the input, or nothing."""
        if isinstance(error, StaleRun):
            raise error
        step.error = results.error_value(node, error)
        if trace := results.trace_of(error):
            StepLog(step, None, self.state.sink).error(trace)
        if node.handles_errors:
            return {ERROR_PORT: {**step.error, "payload": step.input}}
        if node.settings.on_error == "continue":
            return results.passed_on(node, step.input)
        self.error = self.error or step.error
        return {}

    def _deliver(self, node: PlanNode, outputs: Mapping[str, JSON], handed_over: str | None = None) -> None:
        if self.plan.needs_scope and outputs:
            self.sent[node.name] = next(iter(outputs.values()))
        if self.is_body and node.is_end and outputs:
            order = {name: number for number, name in enumerate(node.fires)}
            self.ends[node.index] = [outputs[port] for port in sorted(outputs, key=lambda p: order.get(p, 0))]
        self.frontier.resolve(node, outputs, handed_over)


class Body:
    """What a loop is handed: passes through its body, and the fields that it evaluates itself."""

    __slots__ = ("_node", "_walk")

    def __init__(self, walk: Walk, node: PlanNode) -> None:
        self._walk, self._node = walk, node

    async def body(self, payload: JSON, index: int) -> BodyResult:
        """Walk the body once. Its failures are in the result; what ends the whole run is raised."""
        outer, plan = self._walk, self._node.body
        assert plan is not None
        if not plan.nodes:
            return BodyResult([payload], payload, None)
        entry = {"item": payload, "index": index}
        sent = {name: outer.sent[name] for name in plan.reads if name in outer.sent}
        sent |= {self._node.name: entry, "": entry}
        path = f"{outer.iteration}.{index}" if outer.iteration else str(index)
        walk = Walk(outer.state, plan, payload, sent, outer.scope, iteration=path, is_body=True)
        await walk.go()
        return walk.result()

    def evaluate(self, name: str, payload: JSON, index: int) -> JSON:
        """A field of ``evaluated_later``, with the loop's entry as its body sees it."""
        entry = {"item": payload, "index": index}
        nodes = {**self._walk.sent, self._node.name: entry, "": entry}
        return self._node.config.evaluate_later(
            name, {**self._walk.scope, "payload": payload, "nodes": nodes}
        )
