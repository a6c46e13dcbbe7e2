"""Work grows with the size of a graph and no faster, and memory not with a run: counted, not timed."""

import asyncio
import sys
import tracemalloc
from pathlib import Path

import pytest

from flowstudio import engine
from flowstudio.engine.plan import compile_plan
from flowstudio.engine.plugins import RunInfo
from flowstudio.engine.runner import execute
from flowstudio.testing import ListSink
from tests.drawing import graph
from tests.engine.plugins import ORDER, registry

ENGINE = str(Path(engine.__file__).parent)
MOST_MORE = 1.05
"""A few per cent more calls per node is what a deeper heap may cost; a second pass over it is not."""


def chain(length, plugin="pass"):
    edges = [f"n{number} > n{number + 1}" for number in range(length - 1)]
    return graph(*((f"n{number}", plugin) for number in range(length)), edges=edges)


def fan(width):
    middle = [f"m{number}" for number in range(width)]
    edges = [f"n0 > {name}" for name in middle] + [f"{name} > end" for name in middle]
    return graph(("n0", "pass"), *((name, "pass") for name in middle), ("end", "join"), edges=edges)


def plan_of(drawn):
    return compile_plan(drawn, registry(), start="n0")


async def run(plan, *, record=False, sink=None):
    return await execute(
        plan,
        ORDER,
        run=RunInfo("r"),
        payload={"n": 1},
        sink=sink or ListSink(),
        record=record,
        max_steps=10**9,
    )


def lines_of_the_engine(work):
    """How many lines of the engine's modules are run: loops inside a function count as well."""
    count = 0

    def on_line(frame, event, argument):
        nonlocal count
        count += event == "line"
        return on_line

    def on_call(frame, event, argument):
        return on_line if frame.f_code.co_filename.startswith(ENGINE) else None

    before = sys.gettrace()
    sys.settrace(on_call)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def peak(work):
    """The most bytes held at once, beyond what was there before."""
    work()  # caches fill
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("record", [False, True], ids=["none", "all"])
@pytest.mark.parametrize("draw", [chain, fan])
def test_a_run_of_ten_times_the_nodes_is_ten_times_the_work(draw, record):
    def work(size):
        plan = plan_of(draw(size))
        return lines_of_the_engine(lambda: asyncio.run(run(plan, record=record))) / size

    assert work(2000) <= MOST_MORE * work(200)


@pytest.mark.parametrize("draw", [chain, fan])
def test_compiling_ten_times_the_nodes_is_ten_times_the_work(draw):
    def work(size):
        drawn = draw(size)
        return lines_of_the_engine(lambda: plan_of(drawn)) / size

    assert work(2000) <= MOST_MORE * work(200)


def test_what_is_counted_is_seen_to_grow_where_it_does():
    def quadratic(size):
        source = compile(
            "for outer in range(size):\n    for inner in range(size):\n        pass", f"{ENGINE}/x.py", "exec"
        )
        return lines_of_the_engine(lambda: exec(source, {"size": size})) / size

    assert quadratic(200) > 5 * quadratic(20)


def test_runs_that_record_nothing_leave_nothing_in_memory():
    plan = plan_of(chain(20))

    async def runs(count):
        for _ in range(count):
            await run(plan)

    few, many = (peak(lambda count=count: asyncio.run(runs(count))) for count in (20, 400))

    assert many <= 1.1 * few
