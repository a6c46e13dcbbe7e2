"""Times a LangGraph of ten async nodes, alone and with its checkpointers; prints µs per node as JSON.

Arguments: the payload's file and a folder for the database.
"""

import asyncio
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any, TypedDict

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph

NODES = 10
PAYLOAD = json.loads(Path(sys.argv[1]).read_text())


class State(TypedDict):
    payload: dict[str, Any]


async def add_one(state: State) -> State:
    payload = state["payload"]
    return {"payload": {**payload, "n": payload["n"] + 1}}


def chain(checkpointer: Any = None) -> Any:
    builder = StateGraph(State)
    names = [f"n{index}" for index in range(NODES)]
    for name in names:
        builder.add_node(name, add_one)
    for source, target in zip([START, *names], [*names, END], strict=True):
        builder.add_edge(source, target)
    return builder.compile(checkpointer=checkpointer)


async def per_node(graph: Any, runs: int) -> float:
    times = []
    for number in range(runs + runs // 5 + 1):  # the first ones warm up
        config = {"configurable": {"thread_id": str(number)}}
        began = time.perf_counter()
        ended = await graph.ainvoke({"payload": PAYLOAD}, config)
        times.append(time.perf_counter() - began)
        assert ended["payload"]["n"] == NODES
    return statistics.median(times[-runs:]) / NODES * 1e6


async def main() -> None:
    figures = {
        "langgraph": await per_node(chain(), 100),
        "langgraph_memory": await per_node(chain(InMemorySaver()), 50),
    }
    async with AsyncSqliteSaver.from_conn_string(f"{sys.argv[2]}/langgraph.sqlite3") as saver:
        figures["langgraph_sqlite"] = await per_node(chain(saver), 30)
    print(json.dumps(figures))


asyncio.run(main())
