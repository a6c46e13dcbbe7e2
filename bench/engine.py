"""Measures the engine per node beside its peers: each a process of its own, in turn, in several rounds."""

import statistics
import sys
from collections import defaultdict
from pathlib import Path

from bench import install
from bench.processes import FOLDER, printed
from bench.report import Column, Figures, Row, Table

ROOT = Path(__file__).parent.parent
PAYLOAD = Path(__file__).parent / "payload.json"
ROUNDS = 5

TABLE = Table(
    name="engine",
    title="The engine, µs per node",
    method=f"""\
{ROUNDS} rounds; in each, FlowStudio and its peers are started one after the other, each in a process of
its own, with the same payload of 1 kB. Every process warms up first and gives the median of many runs;
the table shows the median and the best of the rounds. Unless a row says otherwise, a node makes a new
payload with one number raised by one, a run is a chain of ten nodes, and its whole time, begin and end
included, is divided by ten.

*Taken down* are steps that are serialised, masked, summarised and ready to store. *Stored* is with the
product's own sink, writer and SQLite settings (WAL) on a file; there a chain of ten nodes is taken off
one of 1,010, so that the begin and end of the run, which are stored as well, do not count as nodes.

Node-RED runs inside its own runtime, without editor. It is given what is in its favour: 1,000 messages
under way at once where the row does not say *alone*, and the time of the same chain without its ten
nodes is taken off. *Synchronous* is its setting `runtimeSyncDelivery`. LangGraph is `ainvoke` of a
compiled `StateGraph`, with a new thread per run where it keeps checkpoints; pydantic-graph is `run` of
a graph of steps. All versions are pinned in
`bench/peers`.
""",
    rows=[
        Row("plain_await", "ten async functions, one awaited after the other", "the floor"),
        Row(
            "none",
            "**FlowStudio**, nothing recorded",
            "≤ 2 µs, less than Node-RED's change",
            most=2,
            below="node_red_change",
        ),
        Row("none_passed_on", "**FlowStudio**, nothing recorded, payload passed on", "≤ 2 µs", most=2),
        Row("node_red_change", "Node-RED, change: a number set", "beside"),
        Row("node_red_change_alone", "Node-RED, change, one message alone", "beside"),
        Row("node_red_sync_change", "Node-RED, change, synchronous", "beside"),
        Row("node_red_sync_change_alone", "Node-RED, change, synchronous, alone", "beside"),
        Row("node_red_function", "Node-RED, function", "beside"),
        Row("pydantic_graph", "pydantic-graph", "beside"),
        Row("langgraph", "LangGraph", "beside"),
        Row("if", "**FlowStudio**, If with an expression", "none set"),
        Row("node_red_switch", "Node-RED, switch on a number", "beside"),
        Row("edit", "**FlowStudio**, Edit payload: a number set", "none set"),
        Row("edit_template", "**FlowStudio**, Edit payload: a number computed", "none set"),
        Row("node_red_change_msg", "Node-RED, change: a number copied", "beside"),
        Row("status", "**FlowStudio**, status taken down", "≤ 10 µs", most=10),
        Row("all", "**FlowStudio**, all taken down", "≤ 10 µs", most=10),
        Row("all_passed_on", "**FlowStudio**, all taken down, payload passed on", "≤ 10 µs", most=10),
        Row("status_stored", "**FlowStudio**, status stored", "none set"),
        Row("all_stored", "**FlowStudio**, all stored", "none set"),
        Row("langgraph_memory", "LangGraph, checkpoints in memory", "beside"),
        Row("langgraph_sqlite", "LangGraph, checkpoints in SQLite", "beside"),
        Row("journaled", "**FlowStudio**, background run, journaled", "none set"),
        Row("journaled_all", "**FlowStudio**, background run, journaled, all stored", "none set"),
        Row("effectful", "**FlowStudio**, effectful, journaled, a commit each", "≤ 60 µs", most=60),
        Row("effectful_64", "**FlowStudio**, effectful, journaled, 64 runs at once", "≤ 60 µs", most=60),
        Row("effectful_all", "**FlowStudio**, effectful, journaled, all stored", "none set"),
    ],
    columns=[
        Column("median", statistics.median),
        Column("best", min),
        Column("÷ nothing recorded", statistics.median, is_ratio=True),
    ],
    base="none",
)


def measure() -> Figures:
    install.peers()
    figures: Figures = defaultdict(list)
    for number in range(ROUNDS):
        print(f"engine: round {number + 1} of {ROUNDS}", flush=True)
        for command, cwd in _sides():
            for row, microseconds in printed(command, cwd).items():
                figures[row].append(microseconds)
    return figures


def _sides() -> list[tuple[list[str | Path], Path]]:
    peers = install.PINS
    return [
        ([sys.executable, "-m", "bench.ours"], ROOT),
        ([install.node(), peers / "run_node_red.cjs", PAYLOAD, FOLDER], install.HOME),
        ([install.node(), peers / "run_node_red.cjs", PAYLOAD, FOLDER, "sync"], install.HOME),
        ([install.PYTHON, peers / "run_langgraph.py", PAYLOAD, FOLDER], install.HOME),
        ([install.PYTHON, peers / "run_pydantic_graph.py", PAYLOAD], install.HOME),
    ]
