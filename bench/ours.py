"""Times FlowStudio's engine and what takes its runs down; prints µs per node as JSON.

Run by `engine.py` in a process of its own, with a fresh data folder in FLOWSTUDIO_DATA.
"""

import bench.fresh_database  # noqa: F401, I001  (first: sets Django up)

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

from django.utils import timezone

from bench import graphs
from bench.graphs import PAYLOAD
from flowstudio import models
from flowstudio.engine.plan import Plan
from flowstudio.engine.plugins import Event, RunInfo
from flowstudio.engine.runner import execute
from flowstudio.engine.trace import StepRecord
from flowstudio.runs import branches, writer
from flowstudio.runs import graphs as stored_graphs
from flowstudio.runs.journal import DatabaseSink
from flowstudio.runs.records import Encoder, Rows
from flowstudio.runs.statements import forms

NODES = 10
FURTHER = 1000
ORDER = Event(id="1", type="order", properties=PAYLOAD)
INFO = RunInfo(id="bench", started=timezone.now())
RUNS = {recording: models.Run(recording=recording) for recording in ("status", "all")}


class Dropped:
    """A sink that keeps nothing."""

    def started(self, step: StepRecord) -> None: ...
    def logged(self, step: StepRecord) -> None: ...
    def ended(self, step: StepRecord) -> None: ...


class TakenDown(Dropped):
    """Makes the rows that would be stored: serialised, masked, summarised."""

    def __init__(self, recording: str) -> None:
        self._rows, self._encode = Rows(RUNS[recording], forms()), Encoder()
        self.rows: list[Any] = []

    def ended(self, step: StepRecord) -> None:
        self.rows.append(self._rows.step(step, self._encode, 1))


async def add_one(payload: dict[str, Any]) -> dict[str, Any]:
    return {**payload, "n": payload["n"] + 1}


async def plain_await() -> None:
    payload = PAYLOAD
    for _ in range(NODES):
        payload = await add_one(payload)
    assert payload["n"] == NODES


async def run(plan: Plan, sink: Any, *, record: bool) -> None:
    outcome = await execute(plan, ORDER, run=INFO, payload=PAYLOAD, sink=sink, record=record, max_steps=10**9)
    assert (outcome.status, outcome.steps) == ("succeeded", len(plan.nodes)), outcome


async def per_node(work: Callable[[], Awaitable[None]], nodes: int = NODES, times: int = 2000) -> float:
    """The median of many runs, after as many that only warm up, a fifth."""
    measured = []
    for _ in range(times + times // 5):
        began = time.perf_counter()
        await work()
        measured.append(time.perf_counter() - began)
    return statistics.median(measured[-times:]) / nodes * 1e6


async def in_memory() -> dict[str, float]:
    chain = graphs.plan(graphs.chain(NODES))
    passed = graphs.plan(graphs.chain(NODES, "pass"))
    decided = graphs.plan(graphs.chain(NODES, "if", {"condition": "payload.order.total > 100"}, port="true"))
    edited = graphs.plan(graphs.chain(NODES, "edit_payload", {"set": {"total": 180}}))
    computed = graphs.plan(
        graphs.chain(NODES, "edit_payload", {"set": {"total": "{{ payload.order.total * 1.2 }}"}})
    )
    dropped = Dropped()
    return {
        "plain_await": await per_node(plain_await),
        "none": await per_node(lambda: run(chain, dropped, record=False)),
        "none_passed_on": await per_node(lambda: run(passed, dropped, record=False)),
        "if": await per_node(lambda: run(decided, dropped, record=False)),
        "edit": await per_node(lambda: run(edited, dropped, record=False)),
        "edit_template": await per_node(lambda: run(computed, dropped, record=False)),
        "status": await per_node(lambda: run(chain, TakenDown("status"), record=True)),
        "all": await per_node(lambda: run(chain, TakenDown("all"), record=True)),
        "all_passed_on": await per_node(lambda: run(passed, TakenDown("all"), record=True)),
    }


# ── Stored on SQLite ───────────────────────────────────────────────────────────────────────────────


def claimed(kind: str, recording: str) -> models.Run:
    workflow, _ = models.Workflow.objects.get_or_create(name="Bench")
    snapshot = stored_graphs.snapshot(graphs.chain(1))
    now = timezone.now()
    event = models.Event.objects.create(type="order", event_id=str(now), time=now, properties=b"null", size=4)
    new = models.Run(
        workflow=workflow, snapshot=snapshot, event=event, kind=kind, recording=recording, start_node="n0"
    )
    new.root = new
    new.save(force_insert=True)
    run = branches.claim(new.pk, "bench")
    assert run is not None
    return run


async def stored(plan: Plan, kind: str, recording: str) -> float:
    """Seconds of one run until its end is committed."""
    run_of = await asyncio.wrap_future(writer.call(claimed, kind, recording))
    sink = DatabaseSink(run_of)
    began = time.perf_counter()
    await run(plan, sink, record=True)
    await sink.finish("succeeded")
    return time.perf_counter() - began


async def per_further_node(plugin: str, kind: str, recording: str, times: int = 7) -> float:
    """What each of 1,000 nodes adds: the run's begin and end are taken off."""
    few = graphs.plan(graphs.chain(NODES, plugin))
    many = graphs.plan(graphs.chain(NODES + FURTHER, plugin))
    measured = []
    for _ in range(times + 2):
        base = await stored(few, kind, recording)
        measured.append(await stored(many, kind, recording) - base)
    return statistics.median(measured[-times:]) / FURTHER * 1e6


async def per_node_of_many_runs(plugin: str, at_once: int = 64, further: int = 50, times: int = 3) -> float:
    """What each further node adds where many runs are under way: their commits travel together."""
    few = graphs.plan(graphs.chain(NODES, plugin))
    many = graphs.plan(graphs.chain(NODES + further, plugin))

    async def together(plan: Plan) -> float:
        began = time.perf_counter()
        await asyncio.gather(*(stored(plan, "background", "none") for _ in range(at_once)))
        return time.perf_counter() - began

    measured = []
    for _ in range(times + 1):
        base = await together(few)
        measured.append(await together(many) - base)
    return statistics.median(measured[-times:]) / (at_once * further) * 1e6


async def on_sqlite() -> dict[str, float]:
    return {
        "status_stored": await per_further_node("addone", "foreground", "status"),
        "all_stored": await per_further_node("addone", "foreground", "all"),
        "journaled": await per_further_node("addone", "background", "none"),
        "journaled_all": await per_further_node("addone", "background", "all"),
        "effectful": await per_further_node("act", "background", "none", times=5),
        "effectful_all": await per_further_node("act", "background", "all", times=5),
        "effectful_64": await per_node_of_many_runs("act"),
    }


def main() -> None:
    figures = asyncio.run(in_memory())
    figures.update(asyncio.run(on_sqlite()))
    writer.stop()
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
