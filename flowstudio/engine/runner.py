"""Executes a plan: takes payloads along the edges, runs each node once, and tells the sink of every step.

It knows no database, no socket and no Django. What is seen of a run leaves through the sink; what a run
does to the world outside happens in plugins and in the sink's ``commit``.

How it goes round: every node has a count of edges that are not *resolved* yet (delivered or skipped). The
count falls when a node before it ends; at nought the node is ready if something was delivered, and is itself
skipped if nothing was. Ready nodes that only compute run at once, in array order; the others run as tasks,
and the loop sleeps until one of them ends.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from heapq import heappop, heappush
from typing import Any, Final, TypeAlias

from flowstudio.engine import results
from flowstudio.engine.errors import CommandRefused, StaleRun, StepBudgetExceeded
from flowstudio.engine.plan import ERROR_PORT, Plan, PlanNode, scope_of
from flowstudio.engine.plugins import Arrival, Command, Context, Event, RunInfo, Submit
from flowstudio.engine.results import Outputs
from flowstudio.engine.steplog import NO_LOG, StepLog
from flowstudio.engine.trace import Given, Outcome, Sink, StepRecord
from flowstudio.engine.values import JSON

__all__ = ["Given", "Outcome", "execute"]

Call: TypeAlias = Callable[[Callable[[], Any]], Awaitable[Any]]

NO_GIVEN: Final[Mapping[tuple[str, str], Given]] = {}
NOTHING: Final[Mapping[str, JSON]] = {}
BREATH: Final = 500
"""Inline steps between two moments at which the loop's other tasks get their turn."""


async def execute(
    plan: Plan,
    event: Event,
    *,
    run: RunInfo,
    payload: JSON,
    sink: Sink,
    services: Mapping[str, Any] | None = None,
    given: Mapping[tuple[str, str], Given] = NO_GIVEN,
    inherited: Mapping[str, JSON] = NOTHING,
    begins_here: bool = False,
    call: Call | None = None,
    max_steps: int = 100_000,
    record: bool = True,
) -> Outcome:
    """Run a plan for an event from its start node, which is given ``payload``.

    ``given`` holds results that stand in for nodes, by (node, iteration); ``inherited`` what
    ``node("Name")`` reads from ancestors. ``begins_here``: this is the background run that the start node
    submitted. ``call`` runs a plain ``run`` on a thread. ``record=False``: nobody wants the steps of
    effect-free nodes, except where they fail. A cancelled task cancels its nodes.
    """
    execution = _Execution(plan, event, run, sink, services, call or asyncio.to_thread, record)
    execution.given = given
    execution.sent.update(inherited)
    return await execution.run_from_start(payload, begins_here, max_steps)


class _Execution:
    """One run under way. Lists are indexed by node."""

    def __init__(
        self,
        plan: Plan,
        event: Event,
        run: RunInfo,
        sink: Sink,
        services: Mapping[str, Any] | None,
        call: Call,
        record: bool,
    ) -> None:
        self.plan, self.event, self.run, self.sink = plan, event, run, sink
        self.services, self.call, self.record = services, call, record
        self.given = NO_GIVEN
        self.is_test = run.is_test  # plugins are handed copies, and watched
        self.key = f"{run.id}:"
        self.needs_scope = plan.needs_scope
        self.now = run.started or datetime.now(UTC)
        self.sent: dict[str, JSON] = {}  # node name → what node("Name") reads
        self.scope = scope_of(event, run, self.now, None, self.sent) if plan.needs_scope else {}
        self.unresolved = [node.incoming for node in plan.nodes]
        self.arrived: list[list[tuple[int, JSON]]] = [[] for _ in plan.nodes]
        self.begun = [False] * len(plan.nodes)
        self.ready: list[int] = []  # a heap: array order decides
        self.tasks: set[asyncio.Task[None]] = set()
        self.finished: deque[asyncio.Task[None]] = deque()
        self.wake = asyncio.Event()
        self.loop = asyncio.get_running_loop()
        self.steps = 0
        self.error: dict[str, Any] | None = None

    async def run_from_start(self, payload: JSON, begins_here: bool, max_steps: int) -> Outcome:
        self.begins_here, self.max_steps, self.start_payload = begins_here, max_steps, payload
        self.begun[self.plan.start] = True
        self.ready.append(self.plan.start)
        try:
            await self._run_ready()
            while self.tasks:
                await self._next_finished()
                await self._run_ready()
        except StepBudgetExceeded as error:
            self.error = results.error_value(self.plan.nodes[self.ready[0]], error)
        finally:
            await self._cancel_tasks()
        return Outcome("failed" if self.error else "succeeded", self.steps, self.error)

    async def _run_ready(self) -> None:
        nodes, ready = self.plan.nodes, self.ready
        while ready:
            if self.steps >= self.max_steps:
                raise StepBudgetExceeded(f"The run took {self.max_steps:,} steps, all that it is allowed.")
            self.steps += 1
            self._begin(nodes[heappop(ready)])
            if self.steps % BREATH == 0:
                await asyncio.sleep(0)

    async def _next_finished(self) -> None:
        await self.wake.wait()
        self.wake.clear()
        while self.finished:
            task = self.finished.popleft()
            self.tasks.discard(task)
            task.result()  # StaleRun, or what the sink raised: leaves execute

    async def _cancel_tasks(self) -> None:
        for task in self.tasks:
            task.cancel()
        if self.tasks:
            await asyncio.gather(*self.tasks, return_exceptions=True)

    # ── One node ────────────────────────────────────────────────────────────────────────────────────

    def _begin(self, node: PlanNode) -> None:
        arrived = self.arrived[node.index]
        payload = arrived[0][1] if len(arrived) == 1 else self._merged(arrived)
        if self.given and (given := self.given.get((node.id, ""))) is not None:
            self._use_given(node, payload, given)
        elif node.inline or node.disabled:
            self._run_inline(node, payload)
        else:
            task = self.loop.create_task(self._run_task(node, self._step(node, payload)))
            self.tasks.add(task)
            task.add_done_callback(self._task_done)

    def _task_done(self, task: asyncio.Task[None]) -> None:
        self.finished.append(task)
        self.wake.set()

    def _run_inline(self, node: PlanNode, payload: JSON) -> None:
        step = self._step(node, payload) if self.record else None
        outputs: Outputs
        commands: Sequence[Command] = ()
        try:
            if node.disabled:
                outputs = results.passed_on(node, payload)
            elif self.is_test:
                with results.Untouched(node, self._shared(node, payload)) as copy:
                    plugin = self._prepare(node, step, self._seen(node, copy))
                    outputs, commands = results.read(node, copy, plugin.run(self._argument(node, copy)))
            else:
                argument = payload
                if node.wants_arrivals:
                    argument = self._argument(node, self._shared(node, payload))
                result = self._prepare(node, step, payload).run(argument)
                outputs, commands = results.read(node, payload, result)
            if commands:
                raise results.command_refused(node)
        except BaseException as error:  # SystemExit would end the event loop with every run on it
            step = step or self._step(node, payload)
            outputs = self._failed(node, step, error)
        if step is not None:
            self._end(step, outputs)
            self.sink.ended(step)
        self._deliver(node, outputs, None)

    async def _run_task(self, node: PlanNode, step: StepRecord) -> None:
        if node.plugin.effects:
            self.sink.started(step)
        outputs: Outputs
        commands: Sequence[Command] = ()
        try:
            outputs, commands = await self._run_and_read(node, step)
        except asyncio.CancelledError as error:
            if _is_cancelled():
                step.status, step.ended = "cancelled", datetime.now(UTC)
                self.sink.ended(step)
                raise
            outputs = self._failed(node, step, error)  # the plugin cancelled a task of its own
        except BaseException as error:  # whatever a plugin raises fails its branch, and no more
            outputs = self._failed(node, step, error)
        self._end(step, outputs)
        if node.plugin.effects:
            await self._commit(node, step, commands)
        else:
            self.sink.ended(step)
        handed_over = node.plugin.background_port if step.background_run is not None else None
        self._deliver(node, step.outputs, handed_over)

    async def _run_and_read(self, node: PlanNode, step: StepRecord) -> tuple[Outputs, list[Command]]:
        shared = self._shared(node, step.input)
        if not self.is_test:
            outputs, commands = results.read(node, shared, await self._called(node, step, shared))
        else:
            with results.Untouched(node, shared) as copy:
                outputs, commands = results.read(node, copy, await self._called(node, step, copy))
        if commands and not node.plugin.effects:
            raise results.command_refused(node)
        return outputs, commands

    async def _called(self, node: PlanNode, step: StepRecord, shared: JSON) -> Any:
        plugin = self._prepare(node, step, self._seen(node, shared))
        argument = self._argument(node, shared)
        if node.is_async:
            return await plugin.run(argument)
        return await self.call(lambda: _on_thread(plugin, argument))

    async def _commit(self, node: PlanNode, step: StepRecord, commands: Sequence[Command]) -> None:
        carried: dict[str, JSON] = {}
        if any(isinstance(command, Submit) for command in commands):
            names = self.plan.references(node.id)
            carried = {name: self.sent[name] for name in names if name in self.sent}
        try:
            await self.sink.commit(step, commands, carried)
        except CommandRefused as refusal:
            step.background_run = None
            self._end(step, self._failed(node, step, refusal))
            await self.sink.commit(step, (), {})

    def _prepare(self, node: PlanNode, step: StepRecord | None, payload: JSON) -> Any:
        """The plugin's object, with its config evaluated for this payload."""
        begins_here = self.begins_here and node.index == self.plan.start
        config = node.config.shared
        if config is None:
            self.scope["payload"] = payload
            config = node.config.unevaluated() if begins_here else node.config.evaluate(self.scope)
        context = Context(
            self.event,
            self.run,
            NO_LOG if step is None else StepLog(step, None if node.inline else self.loop, self.sink),
            self.now,
            node.id,
            "",
            begins_here,
            self.services,
        )
        return node.plugin(config, context)

    def _merged(self, arrived: list[tuple[int, JSON]]) -> JSON:
        if not arrived:
            return self.start_payload
        arrived.sort(key=_edge_number)
        return results.merged([payload for _, payload in arrived])

    def _shared(self, node: PlanNode, payload: JSON) -> JSON:
        """The part of what ``run`` is given that other nodes hold too."""
        arrived = self.arrived[node.index]
        return [sent for _, sent in arrived] if node.wants_arrivals and arrived else payload

    def _seen(self, node: PlanNode, shared: JSON) -> JSON:
        """The payload as expressions see it, made of the same part."""
        if not (node.wants_arrivals and self.arrived[node.index]):
            return shared
        return shared[0] if len(shared) == 1 else results.merged(shared)

    def _argument(self, node: PlanNode, shared: JSON) -> Any:
        """What ``run`` is given: the payload, or the arrivals one by one."""
        if not node.wants_arrivals:
            return shared
        if not self.arrived[node.index]:  # the run begins here
            return [Arrival(node.name, shared)]
        senders = [self.plan.nodes[self.plan.edge_source[edge]].name for edge, _ in self.arrived[node.index]]
        return [Arrival(*pair) for pair in zip(senders, shared, strict=True)]

    def _use_given(self, node: PlanNode, payload: JSON, given: Given) -> None:
        if given.error is not None and not given.outputs:
            self.error = self.error or given.error
        if given.record:
            step = self._step(node, payload)
            step.error, step.background_run = given.error, given.background_run
            self._end(step, given.outputs)
            self.sink.ended(step)
        handed_over = node.plugin.background_port if given.background_run is not None else None
        self._deliver(node, given.outputs, handed_over)

    # ── Its end ─────────────────────────────────────────────────────────────────────────────────────

    def _step(self, node: PlanNode, payload: JSON) -> StepRecord:
        now = datetime.now(UTC)
        return StepRecord(node.id, node.plugin.id, queued=now, started=now, input=payload)

    def _end(self, step: StepRecord, outputs: Mapping[str, JSON]) -> None:
        step.outputs = dict(outputs)
        step.status = "succeeded" if step.error is None else "failed"
        step.ended = datetime.now(UTC)

    def _failed(self, node: PlanNode, step: StepRecord, error: BaseException) -> Outputs:
        """Note the error, and say what fires instead: the error port, the input, or nothing."""
        if isinstance(error, StaleRun):
            raise error
        step.error = results.error_value(node, error)
        if trace := results.trace_of(error):
            StepLog(step, None, self.sink).error(trace)
        if node.handles_errors:
            return {ERROR_PORT: {**step.error, "payload": step.input}}
        if node.settings.on_error == "continue":
            return results.passed_on(node, step.input)
        self.error = self.error or step.error
        return {}

    def _deliver(self, node: PlanNode, outputs: Mapping[str, JSON], handed_over: str | None) -> None:
        """Resolve the edges behind a node that ended: those of its fired ports deliver, the others skip."""
        begun, unresolved = self.begun, self.unresolved
        if self.needs_scope and outputs:
            self.sent[node.name] = next(iter(outputs.values()))
        for port, edges in node.wired:
            if port not in outputs or port == handed_over:
                self._skip(edges)
                continue
            payload = outputs[port]
            for edge, target in edges:
                if begun[target]:  # it took the first arrival
                    continue
                self.arrived[target].append((edge, payload))
                unresolved[target] -= 1
                if unresolved[target] == 0 or self.plan.nodes[target].first_arrival:
                    begun[target] = True
                    heappush(self.ready, target)

    def _skip(self, edges: Sequence[tuple[int, int]]) -> None:
        """Resolve edges without a payload, and what only they lead to; a loop, for chains may be long."""
        waiting = list(edges)
        while waiting:
            _, target = waiting.pop()
            if self.begun[target]:
                continue
            self.unresolved[target] -= 1
            if self.unresolved[target] > 0:
                continue
            self.begun[target] = True
            if self.arrived[target]:
                heappush(self.ready, target)
            else:
                waiting += [edge for _, behind in self.plan.nodes[target].wired for edge in behind]


def _on_thread(plugin: Any, argument: Any) -> Any:
    """Call a plain ``run``. What means something else to a coroutine cannot pass through its future."""
    try:
        return plugin.run(argument)
    except (StopIteration, GeneratorExit) as error:
        raise RuntimeError(f"{type(error).__name__} left run().") from error


def _edge_number(arrival: tuple[int, JSON]) -> int:
    return arrival[0]


def _is_cancelled() -> bool:
    """Whether somebody cancelled this task, and not the plugin one of its own."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
