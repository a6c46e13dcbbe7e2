"""Trying a node: retries, time-outs, processes and transactions."""

import asyncio
import os

import pytest

from flowstudio.engine import attempts
from flowstudio.engine.plan import compile_plan
from flowstudio.engine.plugins import Event, RunInfo
from flowstudio.engine.runner import execute
from flowstudio.plugin import NodeFailed, Plugin
from flowstudio.testing import ListSink
from tests.drawing import graph
from tests.engine import plugins


class Unlucky(Plugin):
    """Fails until its third attempt."""

    name, group = "Unlucky", "Test"

    def run(self, payload):
        if self.context.attempt < 3:
            raise NodeFailed(f"attempt {self.context.attempt}")
        return "payload", self.context.attempt


class Never(Plugin):
    """Does not end by itself."""

    name, group = "Never", "Test"

    async def run(self, payload):
        await asyncio.Event().wait()


class Elsewhere(Plugin):
    """Says in which process it runs, or ends it."""

    name, group, effects, process = "Elsewhere", "Test", False, True

    def run(self, payload):
        self.context.log.info("computing")
        if payload == "die":
            os._exit(3)
        if payload == "fail":
            raise ValueError("no")
        while payload == "spin":
            pass
        return "payload", os.getpid()


class Writes(Plugin):
    """Writes in a transaction."""

    name, group, transaction = "Writes", "Test", True

    def run(self, payload):
        if payload is None:
            raise NodeFailed("nothing to write")
        return "payload", {"written": payload}


REGISTRY = plugins.registry(unlucky=Unlucky, never=Never, elsewhere=Elsewhere, writes=Writes)


def run(plugin, payload=None, **settings):
    sink = ListSink()
    plan = compile_plan(graph(("a", plugin), a={"settings": settings}), REGISTRY, start="a")
    event = Event(id="e", type="t", properties={})
    outcome = asyncio.run(execute(plan, event, run=RunInfo(id="r"), payload=payload, sink=sink))
    return outcome, sink.steps[-1]


def test_a_failing_node_is_tried_again_and_its_log_says_why():
    outcome, step = run("unlucky", retry={"attempts": 3, "delay": 0.0})

    assert (outcome.status, step.attempts, step.outputs) == ("succeeded", 3, {"payload": 3})
    assert [line["message"][:26] for line in step.log] == [
        "Attempt 1 failed: attempt ",
        "Attempt 2 failed: attempt ",
    ]


def test_it_fails_once_no_attempt_is_left():
    outcome, step = run("unlucky", retry={"attempts": 2, "delay": 0.0})

    assert (outcome.error["message"], step.attempts) == ("attempt 2", 2)


def test_the_steepest_back_off_ends_at_the_longest_pause():
    drawn = graph(
        ("a", "unlucky"), a={"settings": {"retry": {"attempts": 100, "backoff": 1e10, "jitter": 0.0}}}
    )
    [node] = compile_plan(drawn, REGISTRY, start="a").nodes

    assert [attempts._pause(node, number) for number in (1, 2, 99)] == [1.0, 3600.0, 3600.0]


def test_only_the_named_errors_are_tried_again():
    _, step = run("unlucky", retry={"attempts": 3, "delay": 0.0, "errors": ["NodeTimedOut"]})

    assert (step.status, step.attempts) == ("failed", 1)


def test_each_attempt_may_take_its_time_and_no_longer():
    outcome, step = run("never", timeout=0.01, retry={"attempts": 2, "delay": 0.0})

    assert (outcome.error["type"], step.attempts) == ("NodeTimedOut", 2)


def test_a_run_may_take_its_time_and_no_longer():
    sink = ListSink()
    plan = compile_plan(graph(("a", "never")), REGISTRY, start="a")
    event = Event(id="e", type="t", properties={})

    outcome = asyncio.run(
        execute(plan, event, run=RunInfo(id="r"), payload=None, sink=sink, max_seconds=0.01)
    )

    assert (outcome.error["type"], sink.steps[0].status) == ("RunTimedOut", "cancelled")


def test_heavy_work_runs_in_another_process_with_its_log():
    _, step = run("elsewhere")

    assert step.outputs["payload"] != os.getpid()
    assert [line["message"] for line in step.log] == ["computing"]


@pytest.mark.parametrize(("payload", "kind"), [("die", "ProcessDied"), ("fail", "ValueError")])
def test_what_goes_wrong_there_fails_its_node_only(payload, kind):
    outcome, _ = run("elsewhere", payload)

    assert outcome.error["type"] == kind


def test_a_process_that_takes_too_long_is_killed():
    outcome, _ = run("elsewhere", "spin", timeout=2.0)

    assert outcome.error["type"] == "NodeTimedOut"


def test_a_transactional_node_is_stored_with_what_it_wrote():
    assert run("writes", 7)[1].outputs == {"payload": {"written": 7}}
    assert run("writes", None)[0].error["message"] == "nothing to write"


def test_a_recorder_that_fails_changes_nothing():
    class Broken(ListSink):
        def started(self, step):
            raise OSError("disk full")

        def logged(self, step):
            raise OSError("disk full")

        def ended(self, step):
            raise OSError("disk full")

    plan = compile_plan(graph(("a", "pass"), ("b", "act"), edges=["a > b"]), REGISTRY, start="a")
    event = Event(id="e", type="t", properties={})

    outcome = asyncio.run(execute(plan, event, run=RunInfo(id="r"), payload=1, sink=Broken()))

    assert outcome.status == "succeeded"
