"""Times a pydantic-graph of ten async steps; prints µs per node as JSON. Argument: the payload's file."""

import asyncio
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from pydantic_graph import Graph, GraphBuilder, StepContext

NODES = 10
RUNS = 200
PAYLOAD = json.loads(Path(sys.argv[1]).read_text())


async def add_one(context: StepContext[None, None, dict]) -> dict:
    return {**context.inputs, "n": context.inputs["n"] + 1}


def chain() -> Graph[Any, Any, Any, Any]:
    builder = GraphBuilder(input_type=dict, output_type=dict)
    steps = [builder.step(add_one, node_id=f"n{index}") for index in range(NODES)]
    for source, target in zip([builder.start_node, *steps], [*steps, builder.end_node], strict=True):
        builder.add(builder.edge_from(source).to(target))
    return builder.build()


async def main() -> None:
    graph, times = chain(), []
    for _ in range(RUNS + RUNS // 5):  # the first ones warm up
        began = time.perf_counter()
        ended = await graph.run(inputs=PAYLOAD, infer_name=False)
        times.append(time.perf_counter() - began)
        assert ended["n"] == NODES
    print(json.dumps({"pydantic_graph": statistics.median(times[-RUNS:]) / NODES * 1e6}))


asyncio.run(main())
