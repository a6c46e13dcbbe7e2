"""Times graphs or loops of growing size; prints µs per node or item as JSON, a list over the sizes each.

Run by `growth.py` and `loops.py` in a process of its own. Argument: `growth` or `loops`.
"""

import bench.fresh_database  # noqa: F401, I001  (first: sets Django up)

import asyncio
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from bench import graphs
from bench.growth import SIZES
from bench.ours import INFO, ORDER, Dropped, TakenDown
from flowstudio.engine.graph import Graph
from flowstudio.engine.runner import execute
from flowstudio.engine.values import JSON

NODES_PER_SIZE = 100_000  # in all the runs of one size


async def seconds(graph: Graph, payload: JSON, recording: str, times: int) -> float:
    """The best of many runs."""
    plan, best = graphs.plan(graph), float("inf")
    for _ in range(times):
        sink: Any = Dropped() if recording == "none" else TakenDown(recording)
        began = time.perf_counter()
        outcome = await execute(
            plan,
            ORDER,
            run=INFO,
            payload=payload,
            sink=sink,
            record=recording != "none",
            max_steps=10**9,
        )
        best = min(best, time.perf_counter() - began)
        assert outcome.status == "succeeded", outcome
    return best


async def series(draw: Callable[[int], Graph], recording: str = "none") -> list[float]:
    found = []
    for size in SIZES:
        times = max(5, NODES_PER_SIZE // size // 5)
        found.append(await seconds(draw(size), graphs.PAYLOAD, recording, times) / size * 1e6)
    return found


async def items(recording: str = "none") -> list[float]:
    found = []
    for size in SIZES:
        payload = [{"n": n} for n in range(size)]
        times = max(5, NODES_PER_SIZE // size // 10)
        found.append(await seconds(graphs.loop(), payload, recording, times) / size * 1e6)
    return found


async def growth() -> dict[str, list[float]]:
    return {
        "chain": await series(lambda size: graphs.chain(size, "pass")),
        "chain_all": await series(lambda size: graphs.chain(size, "pass"), "all"),
        "fan": await series(graphs.fan),
    }


async def loops() -> dict[str, list[float]]:
    return {
        "for_each": await items(),
        "for_each_all": await items("all"),
    }


PARTS = {"growth": growth, "loops": loops}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(PARTS[sys.argv[1]]())))
