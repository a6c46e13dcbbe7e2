"""Faults to plant in the engine, one at a time: each is a small change of its text that breaks one rule.

Run as a program it plants every fault in a private copy of the module, in a process forked for it, runs the
hand table and a fixed set of random graphs against it, and prints a line of JSON for each: what caught it.
"""

import contextlib
import importlib.abc
import importlib.util
import io
import json
import os
import signal
import sys
from pathlib import Path
from typing import NamedTuple

from hypothesis import Phase, given, settings

from tests.engine import test_against_reference

ENGINE = "flowstudio.engine."
COPIED = [
    *(ENGINE + name for name in ("plan", "results", "frontier", "attempts", "walk", "runner", "graph")),
    *("plugins.flow.for_each", "plugins.flow.repeat_until", "flowstudio.testing"),
    *("tests.drawing", "tests.engine.plugins", "tests.engine.actors"),
    *("tests.engine.test_against_reference", "tests.engine.test_hand_table"),
]
"""What is loaded anew for each fault: the modules that may hold one, and those that hold on to them."""
GRAPHS = 40
SECONDS = 10


class Fault(NamedTuple):
    name: str
    module: str
    old: str  # occurs once in the module
    new: str


def _of(module, *faults):
    return [Fault(name, module, old, new) for name, old, new in faults]


FAULTS = [
    *_of(
        ENGINE + "frontier",
        ("edges of a port that did not fire stay unresolved", "                self._skip(edges)\n", ""),
        (
            "skipping ends at the first node behind",
            "                waiting += [edge for _, behind in self._nodes[target].wired for edge in behind]",
            "                pass",
        ),
        (
            "a node to which nothing was delivered runs",
            "            if self._arrived[target]:\n",
            "            if True:\n",
        ),
        (
            "a node behind a delivered and a skipped edge is skipped",
            "            if self._arrived[target]:\n",
            "            if False:\n",
        ),
        ("payloads merge in order of arrival", "        arrived.sort(key=_edge_number)\n", ""),
        (
            "payloads merge from the last edge to the first",
            "(key=_edge_number)",
            "(key=_edge_number, reverse=True)",
        ),
        (
            "a node runs at its first payload, and later ones are lost",
            "if unresolved[target] == 0 or ",
            "if True or ",
        ),
        (
            "first-to-arrive runs again at a late arrival",
            "                if begun[target]:  # it took the first arrival\n",
            "                if False:\n",
        ),
        ("first-to-arrive waits for all", " or self._nodes[target].first_arrival", ""),
        ("what was handed over is delivered in the foreground too", " or port == handed_over", ""),
        (
            "a second payload is delivered twice",
            "all_arrived[target].append((edge, payload))",
            "all_arrived[target].extend([(edge, payload)] * 2)",
        ),
        (
            "arrivals bear the name of their receiver",
            "self._nodes[self._plan.edge_source[edge]].name",
            "node.name",
        ),
    ),
    *_of(
        ENGINE + "results",
        ("a port may fire twice", "    if port in outputs:\n", "    if False:\n"),
        (
            "objects that meet become a list",
            "    if not all(type(payload) is dict for payload in payloads):",
            "    if payloads:",
        ),
        (
            "of objects that meet the first edge wins",
            "        whole.update(payload)",
            "        whole = {**payload, **whole}",
        ),
        (
            "a disabled node swallows its payload",
            "return dict.fromkeys(node.fires[:1], payload)",
            "return {}",
        ),
        ("a disabled node fires all its ports", "node.fires[:1]", "node.fires"),
        ("every error has one type", '"type": kind, "node"', '"type": "NodeFailed", "node"'),
    ),
    *_of(
        ENGINE + "walk",
        (
            "ready nodes run in the order of hashes",
            "nodes[heappop(ready)]",
            "nodes[ready.pop(ready.index(min(ready, key=lambda n: hash(nodes[n].id))))]",
        ),
        (
            "the value at an error port lacks the payload",
            '{**step.error, "payload": step.input}',
            "{**step.error}",
        ),
        (
            "a handled failure fails the run all the same",
            "        if node.handles_errors:",
            "        self.error = self.error or step.error\n        if node.handles_errors:",
        ),
        (
            "a failure does not fail the run",
            "        self.error = self.error or step.error\n        return {}",
            "        return {}",
        ),
        (
            "a failure stops the nodes that are ready beside it",
            "or step.error\n        return {}",
            "or step.error\n        self.frontier.ready.clear()\n        return {}",
        ),
        (
            "continuing goes before the error port",
            "        if node.handles_errors:",
            '        if node.handles_errors and node.settings.on_error == "fail":',
        ),
        ("nothing continues after an error", 'if node.settings.on_error == "continue":', "if False:"),
        ("disabled nodes run", "            if node.disabled:\n", "            if False:\n"),
        ("the budget is a step too large", "state.steps >= state.max_steps", "state.steps > state.max_steps"),
        ("steps in bodies do not count", "state.steps += 1", "state.steps += not self.is_body"),
        (
            "a cancelled run leaves its tasks behind",
            "            if self.tasks:\n                await self._cancel_tasks()\n",
            "            pass\n",
        ),
        (
            "the iteration path begins with the innermost loop",
            'f"{outer.iteration}.{index}" if',
            'f"{index}.{outer.iteration}" if',
        ),
        (
            "names of a body leak out of it",
            "sent = {name: outer.sent[name] for name in plan.reads if name in outer.sent}",
            "sent = outer.sent",
        ),
        (
            "a body does not see what is outside",
            "for name in plan.reads if name in outer.sent}",
            "for name in ()}",
        ),
        (
            "index counts from 1 in the body",
            "        sent |= {self._node.name: entry, ",
            '        entry["index"] += 1\n        sent |= {self._node.name: entry, ',
        ),
        (
            "the ends of a pass count in the order of their ending",
            "in sorted(self.ends) for payload",
            "in self.ends for payload",
        ),
        (
            "the ports of an end count in the order of their firing",
            "sorted(outputs, key=lambda p: order.get(p, 0))",
            "outputs",
        ),
        (
            "a failing pass counts as a good one",
            "BodyResult(values, merged, self.error)",
            "BodyResult(values, merged, None)",
        ),
        (
            "an empty body gives nothing",
            "return BodyResult([payload], payload, None)",
            "return BodyResult([], None, None)",
        ),
    ),
    *_of(
        ENGINE + "runner",
        ("pins are ignored", " or self.pins.get(node.id)", ""),
        ("a failed run is called succeeded", '"failed" if walk.error else', '"succeeded" if walk.error else'),
    ),
    *_of(
        ENGINE + "attempts",
        ("a try too few", "step.attempts < retry.attempts", "step.attempts + 1 < retry.attempts"),
        ("a try too many", "step.attempts < retry.attempts", "step.attempts <= retry.attempts"),
        ("every error is tried again", " and (not retry.errors or type(error).__name__ in retry.errors)", ""),
        ("no limit of time", "asyncio.timeout(node.settings.timeout)", "asyncio.timeout(None)"),
        (
            "a time-out is not named one",
            "return _timed_out(node) if limit.expired() else error",
            "return error",
        ),
        ("attempts are not counted", "        step.attempts += 1\n", "        pass\n"),
    ),
    *_of(
        ENGINE + "plan",
        (
            "until does not end the run",
            "            found &= reach((goals[level],), edges, backwards=True)\n",
            "",
        ),
        ("a body begins at one of its first nodes only", "if count == 0)", "if count == 0)[:1]"),
        ("a wired error port is not seen", "bool(outgoing.get(ERROR_PORT))", "False"),
    ),
    *_of(
        "plugins.flow.for_each",
        (
            "results of For each in the order of completion",
            "for index in sorted(done)]",
            "for index in done]",
        ),
        (
            "an item that failed does not keep further ones from beginning",
            '== "stop":\n                    waiting_is_over()',
            '== "stop":\n                    pass',
        ),
    ),
    *_of(
        "plugins.flow.repeat_until",
        ("a round too many", "range(self.config.limit)", "range(self.config.limit + 1)"),
        (
            "every round is given the first payload",
            "self.context.body(payload, index)\n",
            "self.context.body(first := payload if not index else first, index)\n",
        ),
    ),
]


class Planted(importlib.abc.Loader, importlib.abc.MetaPathFinder):
    """Loads one module with a fault in its text."""

    def __init__(self, fault):
        self.fault = fault
        self.file = importlib.util.find_spec(fault.module).origin
        self.source = Path(self.file).read_text()
        count = self.source.count(fault.old)
        assert count == 1, f"The text to be changed occurs {count} times in {fault.module}: {fault.old!r}"

    def find_spec(self, name, path, target=None):
        return importlib.util.spec_from_loader(name, self) if name == self.fault.module else None

    def exec_module(self, module):
        changed = self.source.replace(self.fault.old, self.fault.new)
        module.__file__ = self.file
        exec(compile(changed, f"{self.fault.module} with a fault", "exec"), module.__dict__)


def forget(modules):
    """As if they had not been imported; a package keeps its modules as attributes, too."""
    for name in modules:
        module = sys.modules.pop(name, None)
        package, _, attribute = name.rpartition(".")
        if module is not None and hasattr(sys.modules.get(package), attribute):
            delattr(sys.modules[package], attribute)


def random_graphs():
    """The same ones every time, not run: of many the largest, which have most to go wrong."""
    drawn = []

    def collect(case):
        drawn.append(case)

    fixed = settings(
        test_against_reference.quick,
        derandomize=True,
        database=None,
        max_examples=5 * GRAPHS,
        phases=[Phase.generate],
    )
    fixed(given(test_against_reference.cases())(collect))()
    return sorted(drawn, key=lambda case: len(case.graph.nodes) + len(case.graph.edges))[-GRAPHS:]


def caught_by(drawn, patience):
    """Which of the tests see that something is wrong: a row of the hand table, a random graph, or both."""
    hand = importlib.import_module("tests.engine.test_hand_table")
    random_ones = importlib.import_module("tests.engine.test_against_reference")
    random_ones.PATIENCE = patience
    found = []
    for row in hand.TABLE:
        if fails(hand.check, row):
            found.append(f"by hand: {row.rule}")
            break
    for number, case in enumerate(drawn):
        if fails(random_ones.compare, case):
            found.append(f"random graph {number}")
        elif fails(random_ones.compare_with_a_budget, case, 1 + number % 9):
            found.append(f"random graph {number} with a budget")
        elif fails(random_ones.compare_cancelled, case, number % 13):
            found.append(f"random graph {number}, cancelled")
        else:
            continue
        break
    return found


def fails(check, *arguments):
    try:
        check(*arguments)
    except Exception:
        return True
    return False


class Endless(BaseException):
    """A fault kept the engine busy for ever."""


def _give_up(*_):
    raise Endless


def plant(fault, drawn):
    """What became of a fault, as a value to print."""
    forget(COPIED)
    if fault is not None:
        try:
            sys.meta_path.insert(0, Planted(fault))
        except AssertionError as error:
            return {"fault": fault.name, "cannot_be_planted": str(error)}
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(SECONDS if fault else 60)
    try:
        found = caught_by(drawn, patience=2 if fault else 20)
    except Endless:
        found = ["it does not end"]
    signal.alarm(0)
    return {"fault": fault and fault.name, "caught_by": found}


def main():
    drawn = random_graphs()
    for fault in (None, *FAULTS):
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            with contextlib.redirect_stderr(io.StringIO()):
                told = plant(fault, drawn)
            print(json.dumps(told), flush=True)
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
