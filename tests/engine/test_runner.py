"""The rules by which a graph runs, told by small graphs and the steps that they leave."""

import asyncio
import os
import subprocess
import sys
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowstudio.engine import values
from flowstudio.engine.errors import CommandRefused, StaleRun
from flowstudio.engine.graph import Graph
from flowstudio.engine.plan import compile_plan
from flowstudio.engine.plugins import Emit, RunInfo, Submit
from flowstudio.engine.runner import Given, execute
from flowstudio.plugin import Expression, NodeConfig
from flowstudio.testing import ListSink
from tests.drawing import graph
from tests.engine.plugins import ORDER, Pass, Wait, registry

RUN = RunInfo(id="run-1")


async def run(drawn, payload=None, *, start="start", until=None, plugins=None, sink=None, **options):
    """The outcome of a run, and its sink."""
    sink = sink or ListSink()
    plan = compile_plan(drawn, plugins or registry(), start=start, until=until)
    options = {"run": RUN, "payload": ORDER.properties if payload is None else payload, **options}
    return await execute(plan, ORDER, sink=sink, **options), sink


async def steps(drawn, payload=None, **options):
    """``node: fired`` of each step in order."""
    _, sink = await run(drawn, payload, **options)
    return [(step.node, step.outputs) for step in sink.steps]


async def names(drawn, payload=None, **options):
    return [node for node, _ in await steps(drawn, payload, **options)]


def inputs(sink):
    return {step.node: step.input for step in sink.steps}


class TestOrder:
    async def test_a_payload_goes_from_node_to_node(self):
        drawn = graph(("start", "start"), ("a", "pass"), ("b", "pass"), edges=["start > a", "a > b"])

        assert await steps(drawn, {"n": 1}) == [
            ("start", {"payload": {"n": 1}}),
            ("a", {"payload": {"n": 1}}),
            ("b", {"payload": {"n": 1}}),
        ]

    async def test_nodes_that_are_ready_together_run_in_array_order(self):
        drawn = graph(
            ("d", "pass"),
            ("b", "pass"),
            ("start", "start"),
            ("a", "pass"),
            edges=["start > a", "start > b", "start > d"],
        )

        assert await names(drawn) == ["start", "d", "b", "a"]

    async def test_ten_stacked_diamonds_are_41_steps(self):
        nodes, edges = [("n0", "pass")], []
        for floor in range(10):
            top, left, right, bottom = f"n{floor}", f"l{floor}", f"r{floor}", f"n{floor + 1}"
            nodes += [(left, "pass"), (right, "pass"), (f"m{floor}", "pass"), (bottom, "pass")]
            edges += [f"{top} > {left}", f"{top} > {right}", f"{left} > m{floor}", f"{right} > m{floor}"]
            edges += [f"m{floor} > {bottom}"]

        outcome, _ = await run(graph(*nodes, edges=edges), {"n": 1}, start="n0")

        assert outcome.steps == 41

    async def test_an_until_node_is_the_last(self):
        drawn = graph(
            ("start", "start"),
            ("a", "pass"),
            ("b", "pass"),
            ("c", "pass"),
            edges=["start > a", "a > b", "start > c"],
        )

        assert await names(drawn, until="a") == ["start", "a"]

    def test_no_order_depends_on_hashing(self):
        script = (
            "import asyncio\n"
            "from tests.drawing import graph\n"
            "from tests.engine.test_runner import steps\n"
            "nodes = [(f'n{i}', 'pass') for i in range(20)]\n"
            "edges = [f'start > n{i}' for i in range(20)] + [f'n{i} > join' for i in range(20)]\n"
            "drawn = graph(('start', 'start'), *nodes, ('join', 'join'), edges=edges)\n"
            "print(asyncio.run(steps(drawn, {'b': 1, 'a': 2})))\n"
        )

        traces = {
            subprocess.run(
                [sys.executable, "-c", script],
                env={**os.environ, "PYTHONHASHSEED": seed},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for seed in ("0", "1", "2")
        }

        assert len(traces) == 1


class TestPorts:
    async def test_edges_of_a_port_that_did_not_fire_are_skipped_and_so_is_what_only_they_lead_to(self):
        drawn = graph(
            ("start", "start"),
            ("if", "if", {"condition": "payload.total > 100"}),
            ("yes", "pass"),
            ("no", "pass"),
            ("after_no", "pass"),
            edges=["start > if", "if.true > yes", "if.false > no", "no > after_no"],
        )

        assert await names(drawn, {"total": 150}) == ["start", "if", "yes"]
        assert await names(drawn, {"total": 50}) == ["start", "if", "no", "after_no"]

    async def test_a_node_behind_a_skipped_and_a_delivered_edge_runs(self):
        drawn = graph(
            ("start", "start"),
            ("if", "if", {"condition": "true"}),
            ("yes", "pass"),
            ("no", "pass"),
            ("end", "pass"),
            edges=["start > if", "if.true > yes", "if.false > no", "yes > end", "no > end"],
        )

        assert await names(drawn) == ["start", "if", "yes", "end"]

    async def test_several_ports_may_fire_and_none(self):
        def fire(*ports):
            return graph(
                ("start", "start"),
                ("fire", "fire", {"ports": ["a", "b"], "fires": list(ports)}),
                ("x", "pass"),
                ("y", "pass"),
                edges=["start > fire", "fire.a > x", "fire.b > y"],
            )

        assert await names(fire("b", "a")) == ["start", "fire", "x", "y"]
        assert await names(fire()) == ["start", "fire"]

    async def test_a_very_long_skipped_chain_costs_no_stack(self):
        length = 1500
        drawn = graph(
            ("start", "start"),
            ("fire", "fire", {"ports": ["a"]}),
            *[(f"n{i}", "pass") for i in range(length)],
            edges=["start > fire", "fire.a > n0", *(f"n{i} > n{i + 1}" for i in range(length - 1))],
        )

        assert await names(drawn) == ["start", "fire"]


class TestMerging:
    def draw(self, *values):
        return graph(
            ("start", "start"),
            *[(f"m{i}", "make", {"value": value}) for i, value in enumerate(values)],
            ("end", "pass"),
            edges=[f"start > m{i}" for i in range(len(values))] + [f"m{i} > end" for i in range(len(values))],
        )

    async def test_objects_merge_in_array_order_of_the_edges(self):
        _, sink = await run(self.draw({"a": 1, "b": 1}, {"b": 2, "c": 2}))

        assert inputs(sink)["end"] == {"a": 1, "b": 2, "c": 2}

    async def test_anything_else_becomes_a_list(self):
        _, sink = await run(self.draw({"a": 1}, [2], "x"))

        assert inputs(sink)["end"] == [{"a": 1}, [2], "x"]

    async def test_one_payload_stays_as_it_is(self):
        _, sink = await run(self.draw([1]))

        assert inputs(sink)["end"] == [1]

    async def test_merging_changes_neither_payload(self):
        _, sink = await run(self.draw({"a": 1}, {"a": 2}))

        assert sink.steps[1].outputs == {"payload": {"a": 1}}

    async def test_arrivals_are_handed_over_one_by_one_to_a_plugin_that_wants_them(self):
        drawn = graph(
            ("start", "start"),
            ("b", "make", {"value": 1}),
            ("a", "make", {"value": 2}),
            ("join", "join"),
            edges=["start > a", "start > b", "a > join", "b > join"],
        )

        assert (await steps(drawn))[-1] == ("join", {"payload": [["a", 2], ["b", 1]]})

    async def test_a_run_that_begins_at_such_a_plugin_gives_it_one_arrival(self):
        assert await steps(graph(("join", "join")), 7, start="join") == [("join", {"payload": [["join", 7]]})]

    async def test_first_to_arrive_waits_for_nobody_and_runs_once(self):
        gate = asyncio.Event()
        drawn = graph(
            ("start", "start"),
            ("slow", "wait"),
            ("fast", "pass"),
            ("first", "first"),
            ("end", "pass"),
            ("open", "pass"),
            edges=["start > slow", "start > fast", "slow > first", "fast > first", "first > end"],
        )

        async def open_later():
            while Wait.running == 0:
                await asyncio.sleep(0)
            gate.set()

        opener = asyncio.create_task(open_later())
        _, sink = await run(drawn, 5, services={"gate": gate})
        await opener

        assert [step.node for step in sink.steps] == ["start", "fast", "first", "end", "slow"]
        assert sink.steps[2].outputs == {"payload": {"fast": 5}}

    async def test_first_to_arrive_is_skipped_where_nothing_arrives(self):
        drawn = graph(
            ("start", "start"),
            ("fire", "fire", {"ports": ["a", "b"]}),
            ("first", "first"),
            edges=["start > fire", "fire.a > first", "fire.b > first"],
        )

        assert await names(drawn) == ["start", "fire"]


class TestWhereItRuns:
    async def test_async_nodes_that_are_ready_run_at_the_same_time(self):
        gate = asyncio.Event()
        Wait.most = 0
        drawn = graph(
            ("start", "start"),
            *[(f"w{i}", "wait") for i in range(5)],
            edges=[f"start > w{i}" for i in range(5)],
        )

        async def open_when_all_wait():
            while Wait.running < 5:
                await asyncio.sleep(0)
            gate.set()

        opener = asyncio.create_task(open_when_all_wait())
        outcome, _ = await run(drawn, services={"gate": gate})
        await opener

        assert (outcome.status, Wait.most) == ("succeeded", 5)

    async def test_a_plain_run_with_effects_is_called_through_call(self):
        called = []

        async def call(function):
            called.append(threading.get_ident())
            return await asyncio.to_thread(function)

        outcome, sink = await run(graph(("act", "act")), 1, start="act", call=call)

        assert (outcome.status, len(called)) == ("succeeded", 1)
        assert sink.commands == [Emit("acted", 1)]

    async def test_a_log_line_from_a_thread_reaches_the_sink_on_the_loop(self):
        class Sink(ListSink):
            def __init__(self):
                super().__init__()
                self.seen = []

            def started(self, step):
                self.seen.append(("started", step.status, threading.get_ident()))

            def logged(self, step):
                self.seen.append(("logged", step.log[-1]["message"], threading.get_ident()))

        sink = Sink()
        await run(graph(("act", "act")), 1, start="act", sink=sink)
        await asyncio.sleep(0)

        here = threading.get_ident()
        assert sink.seen == [("started", "running", here), ("logged", "acted", here)]
        assert sink.steps[0].log[0]["level"] == "info"

    async def test_the_loop_gets_its_turn_during_a_long_run_of_inline_nodes(self):
        drawn = graph(
            *[(f"n{i}", "pass") for i in range(1200)], edges=[f"n{i} > n{i + 1}" for i in range(1199)]
        )
        turns = 0

        async def count():
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        counter = asyncio.create_task(count())
        await run(drawn, start="n0")
        counter.cancel()

        assert turns >= 2

    async def test_the_orm_in_an_inline_plugin_is_reported_with_the_line_that_cures_it(self):
        class SynchronousOnlyOperation(Exception):
            """What Django raises."""

        class Reads(Pass):
            """Reads the database."""

            name = "Reads"

            def run(self, payload):
                raise SynchronousOnlyOperation("You cannot call this from an async context")

        class ReadsAsync(Reads):
            """Reads the database in a coroutine."""

            async def run(self, payload):
                raise SynchronousOnlyOperation("You cannot call this from an async context")

        plugins = registry(reads=Reads, reads_async=ReadsAsync)
        inline, _ = await run(graph(("a", "reads")), start="a", plugins=plugins)
        on_loop, _ = await run(graph(("a", "reads_async")), start="a", plugins=plugins)

        assert '"effects = True"' in inline.error["message"]
        assert "Reads" in inline.error["message"]
        assert "plain def" in on_loop.error["message"]

    async def test_the_context_is_that_of_the_step(self):
        seen = {}

        class Look(Pass):
            """Looks at its context."""

            def run(self, payload):
                context = self.context
                seen.update(
                    key=context.idempotency_key, event=context.event, now=context.now, run=context.run
                )
                seen.update(begins_here=context.begins_here, service=context.http)
                return "payload", payload

        await run(graph(("a", "look")), start="a", plugins=registry(look=Look), services={"http": "client"})

        assert seen["key"] == "run-1:a:"
        assert (seen["event"], seen["run"], seen["service"]) == (ORDER, RUN, "client")
        assert seen["begins_here"] is False


class TestFailing:
    async def test_a_failing_node_fails_its_own_branch_and_no_other(self):
        drawn = graph(
            ("start", "start"),
            ("fail", "fail"),
            ("after", "pass"),
            ("sibling", "pass"),
            ("on", "pass"),
            edges=["start > fail", "fail > after", "start > sibling", "sibling > on"],
        )

        outcome, sink = await run(drawn)

        assert [step.node for step in sink.steps] == ["start", "fail", "sibling", "on"]
        assert outcome.status == "failed"
        assert outcome.error == {"message": "no luck", "type": "NodeFailed", "node": "fail"}
        assert (sink.steps[1].status, sink.steps[1].error) == ("failed", outcome.error)

    async def test_the_run_ends_only_after_its_other_branches(self):
        drawn = graph(
            ("start", "start"),
            ("fail", "fail"),
            ("act", "act"),
            ("end", "pass"),
            edges=["start > fail", "start > act", "act > end"],
        )

        outcome, sink = await run(drawn)

        assert outcome.status == "failed"
        assert [step.node for step in sink.steps][-1] == "end"

    async def test_the_first_unhandled_failure_is_the_runs(self):
        drawn = graph(
            ("start", "start"),
            ("b", "fail", {"message": "b"}),
            ("a", "fail", {"message": "a"}),
            edges=["start > a", "start > b"],
        )

        outcome, _ = await run(drawn)

        assert outcome.error["message"] == "b"

    async def test_a_wired_error_port_fires_the_error_value(self):
        drawn = graph(
            ("start", "start"),
            ("fail", "fail"),
            ("after", "pass"),
            ("mend", "pass"),
            edges=["start > fail", "fail > after", "fail.error > mend"],
        )

        outcome, sink = await run(drawn, {"n": 1})

        assert outcome.status == "succeeded"
        assert [step.node for step in sink.steps] == ["start", "fail", "mend"]
        assert inputs(sink)["mend"] == {
            "message": "no luck",
            "type": "NodeFailed",
            "node": "fail",
            "payload": {"n": 1},
        }

    async def test_a_node_may_continue_with_its_input(self):
        drawn = graph(
            ("start", "start"),
            ("fail", "fail"),
            ("after", "pass"),
            edges=["start > fail", "fail > after"],
            fail={"settings": {"on_error": "continue"}},
        )

        outcome, sink = await run(drawn, {"n": 1})

        assert outcome.status == "succeeded"
        assert inputs(sink)["after"] == {"n": 1}
        assert sink.steps[1].status == "failed"

    async def test_an_unexpected_error_keeps_the_way_that_led_to_it(self):
        class Broken(Pass):
            """Has a bug."""

            def run(self, payload):
                return {}["nothing"]

        outcome, sink = await run(graph(("a", "broken")), start="a", plugins=registry(broken=Broken))

        assert outcome.error == {"message": "KeyError: 'nothing'", "type": "KeyError", "node": "a"}
        assert 'return {}["nothing"]' in sink.steps[0].log[-1]["message"]
        assert "flowstudio/engine" not in sink.steps[0].log[-1]["message"]

    @pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, BaseException, asyncio.CancelledError])
    @pytest.mark.parametrize("effects", [True, False])
    async def test_a_plugin_that_raises_what_ends_a_process_only_fails(self, effects, kind):
        class Exits(Pass):
            """Wants out."""

            def run(self, payload):
                raise kind(3)

        Exits.effects = effects
        outcome, _ = await run(graph(("a", "exits")), start="a", plugins=registry(exits=Exits))

        name = kind.__name__
        assert outcome.error == {"message": f"{name}: 3", "type": name, "node": "a"}

    @pytest.mark.parametrize("kind", [KeyboardInterrupt, GeneratorExit])
    async def test_an_async_plugin_that_raises_what_ends_a_process_only_fails(self, kind):
        class Exits(Pass):
            """Wants out."""

            effects = True

            async def run(self, payload):
                raise kind

        outcome, _ = await run(graph(("a", "exits")), start="a", plugins=registry(exits=Exits))

        assert outcome.error["type"] == kind.__name__

    @pytest.mark.parametrize("kind", [StopIteration, GeneratorExit])
    async def test_an_exception_that_no_future_carries_fails_its_node_instead_of_hanging_it(self, kind):
        class Stops(Pass):
            """Looks for the first of nothing."""

            effects = True

            def run(self, payload):
                raise kind

        plugins = registry(stops=Stops)
        async with asyncio.timeout(5):
            outcome, _ = await run(graph(("a", "stops")), start="a", plugins=plugins)

        assert outcome.error["message"] == f"RuntimeError: {kind.__name__} left run()."

    async def test_an_error_whose_text_cannot_be_had_fails_its_node_all_the_same(self):
        class NoText(Exception):
            def __str__(self):
                raise ValueError("no text")

        class Odd(Pass):
            """Raises it."""

            def run(self, payload):
                raise NoText

        outcome, _ = await run(graph(("a", "odd")), start="a", plugins=registry(odd=Odd))

        assert outcome.error["message"] == "NoText: (its text cannot be had)"

    async def test_a_message_that_could_not_be_stored_is_made_storable(self):
        class Odd(Pass):
            """Fails with half a character, at length."""

            def run(self, payload):
                self.context.log.info("\udc80" + "x" * 20_000)
                raise ValueError("\udc80" + "x" * 20_000)

        outcome, sink = await run(graph(("a", "odd")), start="a", plugins=registry(odd=Odd))

        assert outcome.error["message"].startswith("ValueError: ?xxx")
        assert len(outcome.error["message"]) == 10_000
        assert all(len(line["message"]) <= 10_000 for line in sink.steps[0].log)
        values.dumps([outcome.error, sink.steps[0].log])

    async def test_an_expression_that_fails_names_its_field_and_what_is_missing(self):
        drawn = graph(("if", "if", {"condition": "payload.customer.mail == 'x'"}))

        outcome, _ = await run(drawn, {"customer": {"name": "Ann", "id": 1}}, start="if")

        assert outcome.error["type"] == "ExpressionError"
        assert outcome.error["message"] == (
            "Condition: payload.customer.mail is missing: customer has name, id (line 1, column 1)"
        )

    async def test_an_evaluated_literal_must_fit_its_field(self):
        drawn = graph(("make", "make", {"times": {"$expr": "payload.n"}}))

        good, _ = await run(drawn, {"n": 3}, start="make")
        bad, _ = await run(drawn, {"n": 30}, start="make")

        assert good.status == "succeeded"
        assert "times: The value does not fit" in bad.error["message"]

    async def test_a_plugin_whose_own_task_is_cancelled_fails_and_the_run_goes_on(self):
        class CancelsItself(Wait):
            """Cancels a task of its own."""

            async def run(self, payload):
                task = asyncio.create_task(asyncio.sleep(60))
                task.cancel()
                await task

        drawn = graph(("start", "start"), ("a", "own"), ("b", "pass"), edges=["start > a", "start > b"])
        outcome, sink = await run(drawn, plugins=registry(own=CancelsItself))

        assert outcome.error["type"] == "CancelledError"
        assert {step.node: step.status for step in sink.steps} == {
            "start": "succeeded",
            "a": "failed",
            "b": "succeeded",
        }


class TestWhatAPluginReturns:
    @pytest.mark.parametrize(
        ("result", "message"),
        [
            (("nope", 1), "fired the port 'nope', which it does not have (payload)"),
            (("error", 1), "fired the port 'error', which it does not have (payload)"),
            ([("payload", 1), ("payload", 2)], "fired the port 'payload' twice"),
            (
                ("payload", {1, 2}),
                "fired the port 'payload' with what is not JSON. The value is a Python set",
            ),
            (("payload", float("nan")), "which is not a JSON number"),
            ({"payload": 1}, "returned a dict; it must be (port, payload), a list of those or None"),
            (["payload"], "returned a list with a str"),
            (("payload", 1, 2), "returned a tuple; it must be"),
            (Emit("x", None), "returned a Emit"),
            ([Emit("x", None)], "returned a command, which needs effects = True"),
        ],
    )
    async def test_what_cannot_be_taken_is_a_clear_failure(self, result, message):
        class Odd(Pass):
            """Returns something odd."""

            name = "Odd one"

            def run(self, payload):
                return result

        outcome, _ = await run(graph(("a", "odd")), start="a", plugins=registry(odd=Odd))

        assert outcome.error["type"] == "PluginError"
        assert message in outcome.error["message"]
        assert outcome.error["message"].startswith("The plugin Odd one ")

    async def test_a_plugin_that_changes_its_payload_fails_in_a_test_run_and_harms_no_sibling(self):
        class Changes(Pass):
            """Changes what it was given."""

            def run(self, payload):
                payload["changed"] = True
                return "payload", 1

        drawn = graph(("start", "start"), ("a", "changes"), ("b", "pass"), edges=["start > a", "start > b"])
        outcome, sink = await run(
            drawn, {"n": 1}, plugins=registry(changes=Changes), run=RunInfo("run-1", is_test=True)
        )

        assert "changed its payload" in outcome.error["message"]
        assert inputs(sink) == {"start": {"n": 1}, "a": {"n": 1}, "b": {"n": 1}}

    @pytest.mark.parametrize("effects", [True, False])
    async def test_nor_may_it_change_what_its_config_or_its_arrivals_show_of_the_payload(self, effects):
        class Config(NodeConfig):
            items: Expression = "payload.items"

        class ChangesConfig(Pass):
            """Changes a value of its config that is part of the payload."""

            def run(self, payload):
                self.config.items.append(1)
                return "payload", 1

        class ChangesArrivals(Pass):
            """Changes what arrived."""

            wants_arrivals = True

            def run(self, arrivals):
                arrivals[1].payload["items"].append(1)
                return "payload", 1

        ChangesConfig.Config = Config
        ChangesConfig.effects = ChangesArrivals.effects = effects
        drawn = graph(
            ("start", "start"),
            ("a", "pass"),
            ("b", "pass"),
            ("config", "config"),
            ("arrivals", "arrivals"),
            edges=["start > config", "start > a", "start > b", "a > arrivals", "b > arrivals"],
        )
        plugins = registry(config=ChangesConfig, arrivals=ChangesArrivals)
        payload = {"items": [0]}

        _, sink = await run(drawn, payload, plugins=plugins, run=RunInfo("run-1", is_test=True))

        errors = {step.node: step.error["message"] for step in sink.steps if step.error}
        assert set(errors) == {"config", "arrivals"}
        assert all("changed its payload" in message for message in errors.values())
        assert payload == {"items": [0]}


class TestDisabled:
    async def test_a_disabled_node_passes_its_payload_to_its_first_port(self):
        drawn = graph(
            ("start", "start"),
            ("if", "if", {"condition": "false"}),
            ("yes", "pass"),
            ("no", "pass"),
            edges=["start > if", "if.true > yes", "if.false > no"],
            **{"if": {"settings": {"disabled": True}}},
        )

        assert await steps(drawn, 1) == [
            ("start", {"payload": 1}),
            ("if", {"true": 1}),
            ("yes", {"payload": 1}),
        ]

    async def test_a_disabled_effectful_node_does_nothing(self):
        drawn = graph(("act", "act"), act={"settings": {"disabled": True}})

        _, sink = await run(drawn, 1, start="act")

        assert (sink.commands, sink.steps[0].outputs) == ([], {"payload": 1})


class TestCommands:
    hand_over = graph(
        ("start", "start"),
        ("hand", "background"),
        ("behind", "pass"),
        ("failed", "pass"),
        ("beside", "pass"),
        edges=["start > hand", "hand.output > behind", "hand.error > failed", "start > beside"],
    )

    class Backgrounds(ListSink):
        """Stores a Submit by giving the background run an id."""

        async def commit(self, step, commands, carried):
            if any(isinstance(command, Submit) for command in commands):
                step.background_run = "child"
            await super().commit(step, commands, carried)

    async def test_a_submitted_branch_is_handed_over_and_does_not_run_here(self):
        outcome, sink = await run(self.hand_over, sink=self.Backgrounds())

        assert outcome.status == "succeeded"
        assert {step.node: step.outputs for step in sink.steps}["hand"] == {"output": {}}
        assert {step.node for step in sink.steps} == {"start", "hand", "beside"}
        assert sink.commands == [Submit(payload={})]

    async def test_in_the_background_the_branch_begins_at_the_same_node(self):
        outcome, sink = await run(self.hand_over, {}, start="hand", begins_here=True)

        assert outcome.steps == 2
        assert [(step.node, step.outputs) for step in sink.steps] == [
            ("hand", {"output": {}}),
            ("behind", {"payload": {}}),
        ]
        assert sink.commands == []

    async def test_the_config_is_not_evaluated_again_in_the_background(self):
        drawn = graph(("hand", "background", {"event_properties": {"total": "{{ payload.total }}"}}))

        there, _ = await run(drawn, {}, start="hand", begins_here=True)
        here, _ = await run(drawn, {}, start="hand", sink=self.Backgrounds())

        assert there.status == "succeeded"
        assert "payload.total is missing" in here.error["message"]

    async def test_a_node_reachable_from_both_sides_runs_on_both_with_its_own_edges(self):
        drawn = graph(
            ("start", "start"),
            ("hand", "background", {"forward_payload": True}),
            ("both", "pass"),
            ("other", "pass"),
            edges=["start > hand", "hand.output > both", "start > other", "other > both"],
        )

        _, front = await run(drawn, {"n": 1}, sink=self.Backgrounds())
        _, behind = await run(drawn, {"n": 2}, start="hand", begins_here=True)

        assert inputs(front)["both"] == {"n": 1}
        assert inputs(behind) == {"hand": {"n": 2}, "both": {"n": 2}}

    async def test_a_refused_command_fires_the_error_port_and_is_committed_again_without_commands(self):
        class Refuses(ListSink):
            async def commit(self, step, commands, carried):
                if commands:
                    step.background_run = "never stored"
                    raise CommandRefused("The database is full.")
                await super().commit(step, commands, carried)

        outcome, sink = await run(self.hand_over, {"n": 1}, sink=Refuses())

        assert outcome.status == "succeeded"
        assert sink.commands == []
        assert inputs(sink)["failed"] == {
            "message": "The database is full.",
            "type": "CommandRefused",
            "node": "hand",
            "payload": {"n": 1},
        }
        step = next(step for step in sink.steps if step.node == "hand")
        assert (step.status, step.background_run) == ("failed", None)

    async def test_what_is_read_behind_is_carried_into_the_background(self):
        drawn = graph(
            ("start", "start"),
            ("a", "make", {"value": {"x": 1}}),
            ("hand", "background"),
            ("read", "make", {"value": '{{ node("a").x }} {{ node("far") }}'}),
            edges=["start > a", "a > hand", "hand.output > read"],
        )

        _, sink = await run(drawn, sink=self.Backgrounds(), inherited={"far": "from an ancestor", "other": 1})
        _, child = await run(drawn, {}, start="hand", begins_here=True, inherited=sink.carried)

        assert sink.carried == {"a": {"x": 1}, "far": "from an ancestor"}
        assert child.steps[-1].outputs == {"payload": "1 from an ancestor"}

    async def test_a_stale_run_stops_at_once_and_leaves(self):
        class Stale(ListSink):
            async def commit(self, step, commands, carried):
                raise StaleRun("Another worker has it.")

        drawn = graph(
            ("start", "start"), ("act", "act"), ("after", "pass"), edges=["start > act", "act > after"]
        )
        sink = Stale()

        with pytest.raises(StaleRun):
            await run(drawn, sink=sink)
        assert [step.node for step in sink.steps] == ["start"]

    async def test_an_error_of_the_sink_leaves_too(self):
        class Breaks(ListSink):
            async def commit(self, step, commands, carried):
                raise OSError("disk full")

        with pytest.raises(OSError, match="disk full"):
            await run(graph(("act", "act")), start="act", sink=Breaks())


class TestGiven:
    chain = graph(
        ("start", "start"),
        ("act", "act"),
        ("end", "make", {"value": '{{ node("act").n }}'}),
        edges=["start > act", "act > end"],
    )

    async def test_a_restored_result_stands_in_for_the_node_and_is_not_told_again(self):
        given = {("start", ""): Given({"payload": 1}), ("act", ""): Given({"payload": {"n": 7}})}

        _, sink = await run(self.chain, given=given)

        assert [(step.node, step.outputs) for step in sink.steps] == [("end", {"payload": 7})]
        assert sink.commands == []

    async def test_a_pin_is_told_as_a_step(self):
        _, sink = await run(self.chain, given={("act", ""): Given({"payload": {"n": 7}}, record=True)})

        assert [step.node for step in sink.steps] == ["start", "act", "end"]
        assert sink.commands == []

    async def test_a_restored_failure_still_fails_the_run(self):
        error = {"message": "no", "type": "NodeFailed", "node": "act"}

        outcome, sink = await run(self.chain, given={("act", ""): Given({}, error=error)})

        assert (outcome.status, outcome.error) == ("failed", error)
        assert [step.node for step in sink.steps] == ["start"]

    async def test_a_restored_failure_that_was_handled_does_not(self):
        error = {"message": "no", "type": "NodeFailed", "node": "act"}

        outcome, _ = await run(self.chain, given={("act", ""): Given({"payload": {"n": 1}}, error=error)})

        assert outcome.status == "succeeded"

    async def test_a_restored_hand_over_stays_handed_over(self):
        given = {("hand", ""): Given({"output": {}}, background_run="child")}

        _, sink = await run(TestCommands.hand_over, given=given)

        assert {step.node for step in sink.steps} == {"start", "beside"}


class TestLimits:
    async def test_a_run_has_a_step_budget(self):
        drawn = graph(*[(f"n{i}", "pass") for i in range(20)], edges=[f"n{i} > n{i + 1}" for i in range(19)])

        exact, _ = await run(drawn, start="n0", max_steps=20)
        over, sink = await run(drawn, start="n0", max_steps=10)

        assert exact.status == "succeeded"
        assert (over.status, over.steps, len(sink.steps)) == ("failed", 10, 10)
        assert over.error == {
            "message": "The run took 10 steps, all that it is allowed.",
            "type": "StepBudgetExceeded",
            "node": "n10",
        }

    async def test_over_the_budget_running_nodes_are_cancelled(self):
        drawn = graph(
            ("start", "start"),
            ("w", "wait"),
            ("act", "act"),
            ("a", "pass"),
            edges=["start > w", "start > act", "act > a"],
        )

        outcome, sink = await run(drawn, max_steps=3, services={"gate": asyncio.Event()})

        assert outcome.error["type"] == "StepBudgetExceeded"
        assert {step.node: step.status for step in sink.steps} == {
            "start": "succeeded",
            "act": "succeeded",
            "w": "cancelled",
        }

    async def test_a_cancelled_run_cancels_its_nodes_and_tells_them(self):
        drawn = graph(("start", "start"), ("w", "wait"), ("v", "wait"), edges=["start > w", "start > v"])
        sink = ListSink()
        running = asyncio.ensure_future(run(drawn, sink=sink, services={"gate": asyncio.Event()}))
        while Wait.running < 2:
            await asyncio.sleep(0)

        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

        assert Wait.running == 0
        assert {step.node: step.status for step in sink.steps} == {
            "start": "succeeded",
            "w": "cancelled",
            "v": "cancelled",
        }

    async def test_a_log_keeps_so_many_lines(self):
        class Talks(Pass):
            """Talks too much."""

            def run(self, payload):
                for number in range(2000):
                    self.context.log.debug(f"line {number}")
                return "payload", payload

        _, sink = await run(graph(("a", "talks")), start="a", plugins=registry(talks=Talks))

        log = sink.steps[0].log
        assert len(log) == 1000
        assert (log[-1]["level"], log[-1]["message"]) == (
            "warning",
            "A step keeps 1,000 lines; the rest is left out.",
        )


class TestRecording:
    async def test_unwanted_steps_are_not_made_but_failures_and_effects_are(self):
        drawn = graph(
            ("start", "start"),
            ("a", "pass"),
            ("act", "act"),
            ("fail", "fail"),
            edges=["start > a", "a > act", "a > fail"],
        )

        outcome, sink = await run(drawn, record=False)

        assert outcome.steps == 4
        assert {step.node for step in sink.steps} == {"act", "fail"}

    async def test_a_step_tells_when_and_what(self):
        _, sink = await run(graph(("act", "act")), {"n": 1}, start="act")
        (step,) = sink.steps

        assert (step.node, step.plugin, step.iteration, step.attempts) == ("act", "act", "", 1)
        assert step.queued <= step.started <= step.ended
        assert step.started.tzinfo is not None
        assert (step.input, step.outputs, step.status) == ({"n": 1}, {"payload": {"n": 1}}, "succeeded")


# ── Against a second, plainer reading of the rules ──────────────────────────────────────────────────


@st.composite
def random_graphs(draw):
    """Up to twelve nodes whose edges all lead forward, with ports that do not fire, and failures."""
    count = draw(st.integers(1, 12))
    nodes, edges = [], []
    for number in range(count):
        kind = draw(st.sampled_from(["fire", "fire", "fire", "fail", "first", "make"]))
        config = {}
        if kind == "fire":
            ports = ["a", "b"]
            config = {"ports": ports, "fires": draw(st.lists(st.sampled_from(ports), unique=True))}
        elif kind == "make":
            config = {"value": draw(st.sampled_from([{"x": number}, [number], number]))}
        nodes.append((f"n{number}", kind, config))
        ports = ["a", "b", "error"] if kind == "fire" else ["payload", "error"]
        for target in range(number + 1, count):
            edges += [f"n{number}.{port} > n{target}" for port in ports if draw(st.integers(0, 3)) == 0]
    order = draw(st.permutations(nodes))
    return graph(*order, edges=draw(st.permutations(edges)))


def by_the_rules(drawn: Graph, start):
    """Who runs with which payload, by asking for each node what became of the edges into it.

    Takes nodes in any order in which those before them are known, so it shares nothing with the runner's
    counts, heap or queues.
    """
    reached, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        for edge in drawn.edges:
            if edge.source == here and edge.target not in reached:
                reached.add(edge.target)
                waiting.append(edge.target)
    ran, fired, failed = {}, {}, False
    for node in sorted(
        (node for node in drawn.nodes if node.id in reached), key=lambda node: int(node.id[1:])
    ):
        into = [edge for edge in drawn.edges if edge.target == node.id and edge.source in reached]
        delivered = [
            fired[edge.source][edge.source_port]
            for edge in into
            if edge.source_port in fired.get(edge.source, {})
        ]
        if node.id != start and not delivered:
            continue
        payload = {"start": True} if node.id == start else delivered[0]
        if len(delivered) > 1:
            payload = delivered
            if all(isinstance(one, dict) for one in delivered):
                payload = {key: value for one in delivered for key, value in one.items()}
        ran[node.id] = payload
        wired = any(edge.source == node.id and edge.source_port == "error" for edge in drawn.edges)
        if node.plugin == "fire":
            fired[node.id] = dict.fromkeys(node.config["fires"], payload)
        elif node.plugin == "make":
            fired[node.id] = {"payload": node.config["value"]}
        elif wired:
            error = {"message": "no luck", "type": "NodeFailed", "node": node.id}
            fired[node.id] = {"error": {**error, "payload": payload}}
        else:
            failed = True
    return ran, failed


@settings(max_examples=300, deadline=None)
@given(random_graphs())
def test_the_runner_does_what_the_rules_say(drawn):
    document = drawn.to_document()
    for node in document["nodes"]:  # which arrival is the first depends on timing; the reference knows none
        if node["plugin"] == "first":
            node["plugin"] = "fail"
    drawn = Graph.from_document(document)

    outcome, sink = asyncio.run(run(drawn, {"start": True}, start="n0"))
    ran, failed = by_the_rules(drawn, "n0")

    assert inputs(sink) == ran
    assert len(sink.steps) == outcome.steps == len(ran)
    assert outcome.status == ("failed" if failed else "succeeded")


@settings(max_examples=150, deadline=None)
@given(random_graphs(), st.data())
def test_every_node_runs_at_most_once_however_fast_the_others_are(drawn, data):
    slow = data.draw(st.sets(st.sampled_from([node.id for node in drawn.nodes])))

    class Slow(Wait):
        """Fires like Fire, after some turns of the loop."""

        name = "Slow"
        outputs_from = "ports"

        class Config(Wait.Config):
            ports: list[str] = []
            fires: list[str] = []

        async def run(self, payload):
            for _ in range(len(self.config.fires)):
                await asyncio.sleep(0)
            return [(port, payload) for port in self.config.fires]

    document = drawn.to_document()
    for node in document["nodes"]:
        if node["plugin"] == "fire" and node["id"] in slow:
            node["plugin"] = "slow"
    _, sink = asyncio.run(
        run(Graph.from_document(document), {"start": True}, start="n0", plugins=registry(slow=Slow))
    )
    _, plain = asyncio.run(run(drawn, {"start": True}, start="n0"))

    told = [step.node for step in sink.steps]
    assert len(told) == len(set(told))
    assert set(told) == {step.node for step in plain.steps}
