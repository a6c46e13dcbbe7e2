"""Many runs, or one long one, whose memory is read on the way; prints megabytes at each moment as JSON.

Run by `memory.py` and `long_loop.py` in a process of its own. Argument: `memory` or `long_loop`.
"""

import bench.fresh_database  # noqa: F401, I001  (first: sets Django up)

import asyncio
import json
import os
import sys

from bench import graphs
from bench.memory import MOMENTS, PASSES
from bench.ours import INFO, NODES, ORDER, Dropped, run
from bench.start import resident_megabytes
from flowstudio.engine.runner import execute
from flowstudio.plugin import Plugin

READ_AT = {round(PASSES * moment) for moment in MOMENTS}
megabytes: list[float] = []


def note(number: int) -> None:
    if number in READ_AT:
        megabytes.append(resident_megabytes(os.getpid()))


class Measure(Plugin):
    """Counts the payload up, and notes the memory at the moments to be read."""

    name, group, effects = "Measure", "Bench", False

    def run(self, payload):
        number = payload["n"] + 1
        note(number)
        return "payload", {**payload, "n": number}


async def memory() -> None:
    plan, sink = graphs.plan(graphs.chain(NODES)), Dropped()
    for number in range(1, PASSES + 1):
        await run(plan, sink, record=False)
        note(number)


async def long_loop() -> None:
    graphs.registry().add(Measure, "measure")
    repeat = {"until": f"payload.n == {PASSES}", "limit": PASSES}
    nodes = [
        {"id": "n0", "plugin": "repeat_until", "config": repeat},
        {"id": "inside", "plugin": "measure", "parent": "n0"},
    ]
    outcome = await execute(
        graphs.plan(graphs.drawn(nodes, [])),
        ORDER,
        run=INFO,
        payload=graphs.PAYLOAD,
        sink=Dropped(),
        record=False,
        max_steps=10**9,
    )
    assert outcome.status == "succeeded", outcome


PARTS = {"memory": ("runs", memory), "long_loop": ("repeat_until", long_loop)}


if __name__ == "__main__":
    row, work = PARTS[sys.argv[1]]
    asyncio.run(work())
    print(json.dumps({row: megabytes}))
