"""The same graph and event give the same trace, in order, whatever the seed of Python's hashes."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.studio import ROOT

SEEDS = range(20)
SCRIPT = """
import asyncio, json
from tests.drawing import graph
from tests.engine.test_against_reference import Case, Sink, run

def play(turns, fires="ab", **config):
    return {"ports": ["a", "b"], "fires": list(fires), "says": "object", "turns": turns, **config}

each = {"items": "[1, 2, 3, 4]", "at_once": 3, "on_failed_item": "go_on"}
fails = {5: ["Busy"], 12: ["Busy"], 19: ["Busy"]}
nodes = [("n0", "start")]
nodes += [(f"f{i}", "turns" if i % 3 else "inline", play(i % 4, fails=fails.get(i, []))) for i in range(24)]
nodes += [(f"m{i}", "inline", play(0, fires="ba")) for i in range(6)]
nodes += [("join", "join"), ("mend", "pass"), ("each", "for_each", each)]
nodes += [("in1", "turns", play(2)), ("in2", "turns", play(0)), ("in3", "pass")]
nodes += [("again", "repeat_until", {"until": "index >= 2", "limit": 5}), ("deep", "turns", play(1))]
edges = [f"n0 > f{i}" for i in range(24)] + [f"f{i}.{'ab'[i % 2]} > m{i % 6}" for i in range(24)]
edges += [f"m{i}.{port} > join" for i in range(6) for port in "ab"] + ["f5.error > mend", "f19.error > mend"]
edges += ["join > each", "in1.a > in3", "in2.b > in3", "in3 > again"]
inside = {"in1": "each", "in2": "each", "in3": "each", "again": "each", "deep": "again"}
drawn = graph(*nodes, edges=edges, **{node: {"parent": loop} for node, loop in inside.items()})
sink = Sink()
outcome = asyncio.run(run(Case(drawn, {"b": 1, "a": 2}), sink))
trace = [(s.node, s.iteration, s.status, s.input, s.outputs, s.error, s.attempts) for s in sink.steps]
assert len(trace) == 62, len(trace)
print(json.dumps([trace, outcome.status, outcome.error]))
"""


def trace_with(seed):
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_twenty_seeds_of_hashes_give_one_trace():
    with ThreadPoolExecutor(2) as two_at_a_time:
        traces = set(two_at_a_time.map(trace_with, SEEDS))

    assert len(traces) == 1


def test_seeds_do_change_the_order_of_sets_here():
    """Otherwise the test above could not fail."""
    script = "print(list({f'n{i}' for i in range(9)}))"
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in (0, 1)
    }

    assert len(printed) == 2
