"""What plugin authors test with: run one plugin, or a small graph, without database or server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from flowstudio.engine.graph import Graph
from flowstudio.engine.plan import compile_plan
from flowstudio.engine.plugins import Command, Event, Plugin, RunInfo, Trigger
from flowstudio.engine.registry import Registry
from flowstudio.engine.runner import Given, execute
from flowstudio.engine.stores import MemoryStore
from flowstudio.engine.trace import Outcome, StepRecord
from flowstudio.engine.values import JSON

__all__ = ["ListSink", "MemoryStore", "RunResult", "arun_graph", "arun_plugin", "run_graph", "run_plugin"]

T = TypeVar("T")

TEST_EVENT = Event(id="test-event", type="test", time="2026-01-01T00:00:00Z", properties={})
TEST_RUN = RunInfo(id="test-run", is_test=True)


@dataclass(slots=True)
class RunResult:
    """What running a plugin once came to: ``error`` is its message, or None."""

    outputs: dict[str, JSON]
    commands: list[Command]
    log: list[str]
    error: str | None
    error_type: str | None = None


@dataclass(slots=True)
class ListSink:
    """Keeps steps and commands in lists; the runner's conversation partner in tests."""

    steps: list[StepRecord] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    carried: dict[str, JSON] = field(default_factory=dict)

    def started(self, step: StepRecord) -> None:
        """Nothing to keep: the step arrives again when it has ended."""

    def logged(self, step: StepRecord) -> None:
        """Nothing to keep: the step arrives again when it has ended."""

    def ended(self, step: StepRecord) -> None:
        self.steps.append(step)

    async def commit(
        self, step: StepRecord, commands: Sequence[Command], carried: Mapping[str, JSON]
    ) -> None:
        self.steps.append(step)
        self.commands += commands
        self.carried.update(carried)

    async def transact(
        self, step: StepRecord, work: Callable[[], Sequence[Command]], carried: Mapping[str, JSON]
    ) -> None:
        await self.commit(step, await asyncio.to_thread(work), carried)


def run_plugin(plugin: Any, config: Mapping[str, Any], payload: JSON = None, **options: Any) -> RunResult:
    """Run one plugin (or ``@node`` function) once; works in plain and in async tests.

    ``options``: ``event``, ``services``, ``begins_here``, and ``arrivals`` (a list of (node name, payload))
    for a plugin that merges. A plugin that changes its payload fails. One with state has an empty store;
    to keep one, hand in ``services={"store": lambda context: store}`` with a ``MemoryStore``.
    """
    return _now(arun_plugin(plugin, config, payload, **options))


async def arun_plugin(
    plugin: Any,
    config: Mapping[str, Any],
    payload: JSON = None,
    *,
    event: Event = TEST_EVENT,
    services: Mapping[str, Any] | None = None,
    begins_here: bool = False,
    arrivals: Sequence[tuple[str, JSON]] = (),
) -> RunResult:
    """:func:`run_plugin` on the running event loop."""
    declared = getattr(plugin, "flowstudio_plugin", plugin)
    registry = _registry_of({declared.id or "tested": declared, "source": _Source})
    tested = {"id": "tested", "plugin": declared.id or "tested", "name": "Tested", "config": dict(config)}
    sources = [
        {"id": f"source{index}", "plugin": "source", "name": name} for index, (name, _) in enumerate(arrivals)
    ]
    nodes: list[dict[str, Any]] = [tested, {"id": "begin", "plugin": "source", "name": "Begin"}, *sources]
    edges = [("begin", source["id"]) for source in sources] + [(source["id"], "tested") for source in sources]
    graph = Graph.from_document({"format": "flowstudio/1", "nodes": nodes, "edges": _edges(edges)})
    given = {(f"source{index}", ""): Given({"payload": sent}) for index, (_, sent) in enumerate(arrivals)}
    sink, store = ListSink(), MemoryStore()
    await execute(
        compile_plan(graph, registry, start="begin" if arrivals else "tested"),
        event,
        run=TEST_RUN,
        payload=payload,
        sink=sink,
        services={"store": lambda context: store, **(services or {})},
        given=given,
        begins_here=begins_here,
    )
    step = next(step for step in sink.steps if step.node == "tested")
    error = step.error or {}
    outputs = {} if step.error else step.outputs
    log = [line["message"] for line in step.log]
    return RunResult(outputs, sink.commands, log, error.get("message"), error.get("type"))


def run_graph(document: Any, event: Event = TEST_EVENT, registry: Registry | None = None) -> list[StepRecord]:
    """The steps of a graph's run for an event, from its first trigger (or else its first node)."""
    return _now(arun_graph(document, event, registry))


async def arun_graph(
    document: Any, event: Event = TEST_EVENT, registry: Registry | None = None, **options: Any
) -> list[StepRecord]:
    """:func:`run_graph` on the running event loop; ``options`` go to ``execute``."""
    sink = ListSink()
    await run_to_outcome(document, event, registry, sink, **options)
    return sink.steps


async def run_to_outcome(
    document: Any, event: Event, registry: Registry | None, sink: ListSink, **options: Any
) -> Outcome:
    """Run a graph and say how it ended; its steps are in the sink."""
    graph = Graph.from_document(document)
    known = registry or Registry()
    start = options.pop("start", None) or _first_node(graph, known)
    plan = compile_plan(graph, known, start=start, until=options.pop("until", None))
    options = {"run": TEST_RUN, "payload": event.properties, **options}
    return await execute(plan, event, sink=sink, **options)


def _first_node(graph: Graph, registry: Registry) -> str:
    for node in graph.nodes:
        plugin = registry.get(node.plugin)
        if plugin is not None and issubclass(plugin, Trigger):
            return node.id
    return graph.nodes[0].id


class _Source(Plugin):
    """Passes its payload on, so that a tested node has something before it."""

    name, group, effects = "Source", "Test", False
    passes_payload: ClassVar[bool] = True

    def run(self, payload: JSON) -> tuple[str, JSON]:
        return "payload", payload


def _registry_of(plugins: Mapping[str, type[Plugin]]) -> Registry:
    registry = Registry()
    for identifier, plugin in plugins.items():
        registry.add(plugin, identifier)
    for broken in registry.broken:
        raise TypeError(broken.message)
    return registry


def _edges(pairs: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [
        {
            "id": f"e{index}",
            "source": source,
            "source_port": "payload",
            "target": target,
            "target_port": "payload",
        }
        for index, (source, target) in enumerate(pairs)
    ]


def _now(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run to the end; beside a loop that already runs (an async test), on a thread of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, coroutine).result()
