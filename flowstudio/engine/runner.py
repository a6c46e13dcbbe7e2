"""Executes a plan: takes the payloads along the edges, one step per node, and yields steps and commands.

It knows no database, no socket and no Django. What is seen of a run leaves through the sink; what a run
does to the world outside happens in plugins and in the sink's ``commit``.

How it goes round: every node has a count of edges that are not yet *resolved* (delivered or skipped). The
count falls when a node before it ends; at nought the node is ready if something was delivered, and is
itself skipped if nothing was. Ready nodes that only compute run at once, in array order; the others run as
tasks, and the loop sleeps until one of them ends.
"""

from __future__ import annotations

import asyncio
import traceback
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from heapq import heappop, heappush
from typing import Any, Final, TypeVar

from flowstudio.engine import values
from flowstudio.engine.errors import CommandRefused, FlowStudioError, StaleRun
from flowstudio.engine.plan import ERROR_PORT, Plan, PlanNode, scope_of
from flowstudio.engine.plugins import Answer, Arrival, Command, Context, Emit, Event, RunInfo, Submit
from flowstudio.engine.trace import Given, Outcome, Sink, StepRecord
from flowstudio.engine.values import JSON

__all__ = ["Given", "Outcome", "execute"]

T = TypeVar("T")
Call = Callable[[Callable[[], Any]], Awaitable[Any]]

NO_GIVEN: Final[Mapping[tuple[str, str], Given]] = {}
NOTHING: Final[Mapping[str, JSON]] = {}
BREATH: Final = 500
"""Inline steps between two moments at which other tasks of the loop get their turn."""


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
) -> Outcome:
    """Run a plan for an event from its start node, which is given ``payload``; see the engine's docs.

    ``given`` holds results that stand in for nodes, by (node, iteration). ``inherited`` are values that
    ``node("Name")`` reads from ancestors. ``begins_here``: this is the background run that the start node
    submitted. ``call`` runs a plain ``run`` on a thread. A cancelled task cancels its nodes.
    """
    execution = _Execution(plan, event, run, sink, services, given, inherited, call or asyncio.to_thread)
    return await execution.run_from_start(payload, begins_here, max_steps)


class _Failure(Exception):
    """A result of a plugin that cannot be taken; becomes an error of type PluginError."""


class _Execution:
    """One run under way."""

    def __init__(
        self,
        plan: Plan,
        event: Event,
        run: RunInfo,
        sink: Sink,
        services: Mapping[str, Any] | None,
        given: Mapping[tuple[str, str], Given],
        inherited: Mapping[str, JSON],
        call: Call,
    ) -> None:
        self.plan, self.event, self.run, self.sink = plan, event, run, sink
        self.services, self.given, self.call = services, given, call
        self.now = run.started or datetime.now(UTC)
        self.sent: dict[str, JSON] = dict(inherited)  # node name → what node("Name") reads
        self.scope = scope_of(event, run, self.now, None, self.sent) if plan.needs_scope else {}
        self.unresolved = [node.incoming for node in plan.nodes]
        self.arrived: list[list[tuple[int, JSON]]] = [[] for _ in plan.nodes]
        self.ready: list[int] = []
        self.begun = [False] * len(plan.nodes)
        self.tasks: set[asyncio.Task[None]] = set()
        self.finished: deque[asyncio.Task[None]] = deque()
        self.wake = asyncio.Event()
        self.steps = 0
        self.error: dict[str, Any] | None = None

    async def run_from_start(self, payload: JSON, begins_here: bool, max_steps: int) -> Outcome:
        self.begins_here, self.max_steps = begins_here, max_steps
        self.start_payload = payload
        self.begun[self.plan.start] = True
        heappush(self.ready, self.plan.start)
        try:
            while True:
                await self._run_ready()
                if not self.tasks:
                    break
                await self._next_finished()
        finally:
            await self._cancel_tasks()
        status = "failed" if self.error else "succeeded"
        return Outcome(status, self.steps, self.error)

    async def _run_ready(self) -> None:
        while self.ready:
            if self.steps >= self.max_steps:
                self._give_up()
                return
            self.steps += 1
            self._begin(self.plan.nodes[heappop(self.ready)])
            if self.steps % BREATH == 0:
                await asyncio.sleep(0)

    async def _next_finished(self) -> None:
        await self.wake.wait()
        self.wake.clear()
        while self.finished:
            task = self.finished.popleft()
            self.tasks.discard(task)
            task.result()  # StaleRun, or a bug of ours: leaves execute

    async def _cancel_tasks(self) -> None:
        for task in self.tasks:
            task.cancel()
        if self.tasks:
            await asyncio.gather(*self.tasks, return_exceptions=True)

    def _give_up(self) -> None:
        node = self.plan.nodes[self.ready[0]]
        self.error = {
            "message": f"The run took {self.max_steps:,} steps, which is all its budget allows.",
            "type": "StepBudgetExceeded",
            "node": node.name,
        }
        self.ready.clear()
        for task in self.tasks:
            task.cancel()

    # ── One node ────────────────────────────────────────────────────────────────────────────────────

    def _begin(self, node: PlanNode) -> None:
        payload = self._input(node)
        step = StepRecord(node.id, node.plugin.id, started=datetime.now(UTC), input=payload)
        step.queued = step.started
        given = self.given.get((node.id, ""))
        if given is not None:
            self._use_given(node, step, given)
        elif node.settings.disabled:
            outputs = [] if node.first_port is None else [(node.first_port, payload)]
            self._end_inline(node, step, outputs)
        elif node.inline:
            self._run_inline(node, step, payload)
        else:
            task = asyncio.get_running_loop().create_task(self._run_task(node, step, payload))
            self.tasks.add(task)
            task.add_done_callback(self._task_done)

    def _task_done(self, task: asyncio.Task[None]) -> None:
        self.finished.append(task)
        self.wake.set()

    def _run_inline(self, node: PlanNode, step: StepRecord, payload: JSON) -> None:
        try:
            plugin, argument = self._prepare(node, step, payload)
            outputs, commands = _outputs_of(node, payload, plugin.run(argument))
            if commands:
                raise _Failure(f"{_by(node)} returned a command, so it must declare effects = True.")
        except Exception as error:
            outputs = self._failed(node, step, payload, error)
        self._end_inline(node, step, outputs)

    def _end_inline(self, node: PlanNode, step: StepRecord, outputs: list[tuple[str, JSON]]) -> None:
        self._close(step, outputs)
        self.sink.ended(step)
        self._deliver(node, step)

    async def _run_task(self, node: PlanNode, step: StepRecord, payload: JSON) -> None:
        effects = node.plugin.effects
        commands: Sequence[Command] = ()
        if effects:
            self.sink.started(step)
        try:
            try:
                plugin, argument = self._prepare(node, step, payload)
                if node.is_async:
                    result: Any = await plugin.run(argument)
                else:
                    result = await self.call(lambda: plugin.run(argument))
                outputs, commands = _outputs_of(node, payload, result)
            except Exception as error:
                outputs = self._failed(node, step, payload, error)
            self._close(step, outputs)
            if effects:
                await self._commit(node, step, payload, commands)
            else:
                self.sink.ended(step)
        except asyncio.CancelledError:
            step.status, step.ended = "cancelled", datetime.now(UTC)
            self.sink.ended(step)
            raise
        self._deliver(node, step)

    async def _commit(
        self, node: PlanNode, step: StepRecord, payload: JSON, commands: Sequence[Command]
    ) -> None:
        carried: dict[str, JSON] = {}
        if any(isinstance(command, Submit) for command in commands):
            names = self.plan.references(node.id)
            carried = {name: self.sent[name] for name in names if name in self.sent}
        try:
            await self.sink.commit(step, commands, carried)
        except CommandRefused as refusal:
            self._close(step, self._failed(node, step, payload, refusal))
            await self.sink.commit(step, (), {})

    def _prepare(self, node: PlanNode, step: StepRecord, payload: JSON) -> tuple[Any, Any]:
        """The plugin's object and what its ``run`` is given."""
        begins_here = self.begins_here and node.index == self.plan.start
        if node.config.shared is not None:
            config = node.config.shared
        elif begins_here:
            config = node.config.unevaluated()
        else:
            self.scope["payload"] = payload
            config = node.config.evaluate(self.scope)
        context = Context(
            self.event,
            self.run,
            _Log(step),
            self.now,
            f"{self.run.id}:{node.id}:",
            begins_here,
            self.services,
        )
        argument = self._arrivals(node) if node.plugin.wants_arrivals else payload
        return node.plugin(config, context), argument

    def _input(self, node: PlanNode) -> JSON:
        arrived = self.arrived[node.index]
        if len(arrived) == 1:
            return arrived[0][1]
        if not arrived:
            return self.start_payload
        arrived.sort(key=lambda arrival: arrival[0])
        return _merge([payload for _, payload in arrived])

    def _arrivals(self, node: PlanNode) -> list[Arrival]:
        names = self.plan.nodes
        return [
            Arrival(names[self.plan.edge_source[edge]].name, sent) for edge, sent in self.arrived[node.index]
        ]

    def _use_given(self, node: PlanNode, step: StepRecord, given: Given) -> None:
        step.outputs, step.error = dict(given.outputs), given.error
        step.background_run = given.background_run
        step.status, step.ended = "failed" if given.error else "succeeded", step.started
        if given.error and not given.outputs:
            self.error = self.error or given.error
        if given.record:
            self.sink.ended(step)
        self._deliver(node, step)

    # ── Its end ─────────────────────────────────────────────────────────────────────────────────────

    def _close(self, step: StepRecord, outputs: list[tuple[str, JSON]]) -> None:
        step.outputs = dict(outputs)
        step.status = "failed" if step.error else "succeeded"
        step.ended = datetime.now(UTC)

    def _failed(
        self, node: PlanNode, step: StepRecord, payload: JSON, error: Exception
    ) -> list[tuple[str, JSON]]:
        """Note the error and say what fires instead: the error port, the input, or nothing."""
        if isinstance(error, StaleRun):
            raise error
        value = _error_value(node, error)
        if not isinstance(error, FlowStudioError | _Failure):
            trace = "".join(traceback.format_exception(error, limit=-5))
            _Log(step).error(trace)
        step.error = value
        if node.handles_errors:
            return [(ERROR_PORT, {**value, "payload": payload})]
        if node.settings.on_error == "continue" and node.first_port is not None:
            return [(node.first_port, payload)]
        self.error = self.error or value
        return []

    def _deliver(self, node: PlanNode, step: StepRecord) -> None:
        """Resolve the edges behind a node that ended: those of its fired ports deliver, the rest skip."""
        outputs = step.outputs
        if outputs:
            self.sent[node.name] = next(iter(outputs.values()))
        handed_over = node.plugin.background_port if step.background_run is not None else None
        for port, edges in node.ports.items():
            if port in outputs and port != handed_over:
                payload = outputs[port]
                for edge in edges:
                    self._resolve(edge, True, payload)
            else:
                for edge in edges:
                    self._resolve(edge, False, None)

    def _resolve(self, edge: int, delivered: bool, payload: JSON) -> None:
        waiting = [(edge, delivered, payload)]
        while waiting:
            edge, delivered, payload = waiting.pop()
            target = self.plan.edge_target[edge]
            self.unresolved[target] -= 1
            if self.begun[target]:
                continue
            if delivered:
                self.arrived[target].append((edge, payload))
            node = self.plan.nodes[target]
            if self.arrived[target] and (self.unresolved[target] == 0 or node.first_arrival):
                self.begun[target] = True
                heappush(self.ready, target)
            elif self.unresolved[target] == 0:
                self.begun[target] = True
                waiting += [(number, False, None) for edges in node.ports.values() for number in edges]


class _Log:
    """The step's log as a plugin sees it."""

    __slots__ = ("_step",)

    def __init__(self, step: StepRecord) -> None:
        self._step = step

    def debug(self, message: str) -> None:
        self._add("debug", message)

    def info(self, message: str) -> None:
        self._add("info", message)

    def warning(self, message: str) -> None:
        self._add("warning", message)

    def error(self, message: str) -> None:
        self._add("error", message)

    def _add(self, level: str, message: str) -> None:
        time = datetime.now(UTC).isoformat()
        self._step.log.append({"time": time, "level": level, "message": str(message)})


def _outputs_of(node: PlanNode, payload: JSON, result: Any) -> tuple[list[tuple[str, JSON]], list[Command]]:
    """What a plugin returned, checked: outputs by port, and commands."""
    items = [result] if isinstance(result, tuple) else result
    if items is None:
        return [], []
    if not isinstance(items, list):
        raise _Failure(
            f"{_by(node)} returned {type(result).__name__}; return (port, payload), a list or None."
        )
    outputs: dict[str, JSON] = {}
    commands: list[Command] = []
    for item in items:
        if isinstance(item, Submit | Emit | Answer):
            commands.append(item)
            continue
        if not (isinstance(item, tuple) and len(item) == 2):
            raise _Failure(
                f"{_by(node)} returned {item!r} in its list; each must be (port, payload) or a command."
            )
        port, sent = item
        if port not in node.ports or port == ERROR_PORT:
            known = ", ".join(name for name in node.ports if name != ERROR_PORT)
            raise _Failure(f"{_by(node)} fired the port {port!r}, which it does not have ({known}).")
        if port in outputs:
            raise _Failure(f"{_by(node)} fired the port {port!r} twice.")
        if sent is not payload:
            _check_json(node, port, sent)
        outputs[port] = sent
    return list(outputs.items()), commands


def _check_json(node: PlanNode, port: str, sent: Any) -> None:
    try:
        values.check(sent)
    except values.ValueRefused as error:
        raise _Failure(f"{_by(node)} fired the port {port!r} with what is not JSON. {error}") from None


def _by(node: PlanNode) -> str:
    return f"The plugin {node.plugin.name or node.plugin.__name__}"


def _error_value(node: PlanNode, error: Exception) -> dict[str, Any]:
    kind = "PluginError" if isinstance(error, _Failure) else type(error).__name__
    return {"message": str(error) or kind, "type": kind, "node": node.name}


def _merge(payloads: list[JSON]) -> JSON:
    """Objects become one, later keys winning; anything else becomes a list."""
    if all(type(payload) is dict for payload in payloads):
        merged: dict[str, JSON] = {}
        for payload in payloads:
            merged.update(payload)
        return merged
    return payloads
