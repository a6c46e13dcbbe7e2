"""One long run whose memory is read on the way; prints megabytes at each moment as JSON.

Run by `memory.py` in a process of its own.
"""

import bench.fresh_database  # noqa: F401, I001  (first: sets Django up)

import asyncio
import json
import os

from bench import graphs
from bench.memory import MOMENTS, PASSES
from bench.ours import INFO, ORDER, Dropped
from bench.start import resident_megabytes
from flowstudio.engine.runner import execute
from flowstudio.plugin import Plugin

READ_AT = {round(PASSES * moment) for moment in MOMENTS}
megabytes: list[float] = []


class Measure(Plugin):
    """Counts the payload up, and notes the memory at the moments to be read."""

    name, group, effects = "Measure", "Bench", False

    def run(self, payload):
        number = payload["n"] + 1
        if number in READ_AT:
            megabytes.append(resident_megabytes(os.getpid()))
        return "payload", {**payload, "n": number}


async def main() -> None:
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
    print(json.dumps({"repeat_until": megabytes}))


if __name__ == "__main__":
    asyncio.run(main())
