"""What the manual of Run in background says, sentence by sentence, over HTTP against a running studio.

The page itself is docs/plugins/run_in_background.md, made from the plugin's declaration.
"""

import json
import sqlite3
import time

import pytest
from websockets.sync.client import connect

from tests.client import Client
from tests.drawing import graph
from tests.needs import ROOT

BEHIND = ("behind", "run_in_background")
SAY = ("log", {"message": "here"})
LOG = ("log", *SAY)
EVENT = {"type": "order.placed", "properties": {"id": 7, "items": ["pen", "ink"]}}


class Caller(Client):
    """Draws, publishes, fires, and reads what came of it."""

    def __init__(self, studio, until):
        super().__init__(studio.url, studio.manage("token", "admin").split()[-1])
        self.studio, self.until = studio, until
        self.drawn = []

    def draw(self, *nodes, edges, **settings):
        drawn = graph(("start", "start"), *nodes, edges=edges, **settings)
        workflow = self.post("workflows/", {"name": "Manual", "graph": drawn.to_document()})
        assert [problem for problem in workflow["problems"] if problem["severity"] == "error"] == []
        self.post(f"workflows/{workflow['id']}/publish/", {})
        body = {"revision": self.get(f"workflows/{workflow['id']}/")["revision"], "enabled": True}
        status, answer = self.call("PATCH", f"workflows/{workflow['id']}/", body)
        assert status == 200, answer
        self.workflow = workflow["id"]
        self.drawn.append(self.workflow)

    def fire(self, event=EVENT):
        """The run that the event started on the drawn workflow (the examples have theirs)."""
        answer = self.post("events/", event)
        [run] = [run for run in answer["runs"] if run["workflow"] == self.workflow]
        return run

    def ended(self, run):
        def look():
            found = self.get(f"runs/{run['id'] if isinstance(run, dict) else run}/")
            return found if found["ended"] else None

        return self.until(look, seconds=20)

    def steps(self, run):
        """The steps of a run with their whole payloads, by node."""
        run_id = run["id"] if isinstance(run, dict) else run
        listed = self.get(f"runs/{run_id}/steps/")["results"]
        return {step["node"]: self.get(f"runs/{run_id}/steps/{step['id']}/") for step in listed}

    def child(self, run):
        [child] = self.ended(run)["tree"][1:]
        return self.ended(child)


@pytest.fixture(scope="module")
def studio(_prepared_data):
    """One studio for all sentences; each draws a workflow of its own."""
    from tests.conftest import Studio

    studio = Studio(_prepared_data).start()
    yield studio
    studio.stop()


@pytest.fixture
def caller(studio, until):
    caller = Caller(studio, until)
    yield caller
    for workflow in caller.drawn:
        status, _ = caller.call("DELETE", f"workflows/{workflow}/")
        assert status == 204


def output(step, port):
    return step["outputs"][port]["value"]


def test_the_whole_branch_behind_it_runs_as_a_background_run(caller):
    caller.draw(
        BEHIND,
        ("one", "template", {"template": "1"}),
        ("two", "template", {"template": "2"}),
        edges=["start > behind", "behind.output > one", "one > two"],
    )

    run = caller.fire()
    child = caller.child(run)

    assert child["kind"] == "background"
    assert child["status"] == "succeeded"
    assert set(caller.steps(run)) == {"start", "behind"}
    assert set(caller.steps(child)) == {"behind", "one", "two"}


def test_the_foreground_goes_on_without_waiting_and_its_other_branches_are_untouched(caller):
    caller.draw(
        BEHIND,
        ("slow", "delay", {"seconds": 1.5}),
        ("beside", "template", {"template": "beside"}),
        edges=["start > behind", "behind.output > slow", "start > beside"],
    )

    began = time.monotonic()
    run = caller.fire()
    answered = time.monotonic() - began
    foreground = caller.ended(run)
    [child] = foreground["tree"][1:]

    assert answered < 1.5, "the answer did not wait for the branch"
    assert foreground["status"] == "succeeded"
    assert child["ended"] is None, "the branch still runs while the foreground has ended"
    assert output(caller.steps(run)["beside"], "payload") == "beside"
    assert caller.ended(child)["status"] == "succeeded"


def test_as_the_starting_node_it_answers_at_once_with_the_background_runs_id(caller):
    caller.draw(BEHIND, ("slow", "delay", {"seconds": 1}), edges=["start > behind", "behind.output > slow"])

    run = caller.fire()

    [child] = run["background_runs"]
    assert caller.get(f"runs/{child}/")["status"] in ("queued", "running")
    assert caller.ended(child)["parent"] == run["id"]


def test_its_input_takes_a_payload_object(caller):
    caller.draw(BEHIND, LOG, edges=["start > behind", "behind.output > log"])

    step = caller.steps(caller.fire())["behind"]

    assert step["input"]["value"] == EVENT["properties"]


def test_output_fires_the_empty_value_once_the_branch_is_scheduled(caller):
    collect = {"collect_debugging_information": True}
    caller.draw((*BEHIND, collect), LOG, edges=["start > behind", "behind.output > log"])

    run = caller.fire()
    step = caller.steps(run)["behind"]
    child = caller.child(run)

    assert output(step, "output") == {}
    assert step["background_run"] == child["id"]
    assert caller.steps(child)["log"]["input"]["value"] == {}


def test_error_fires_in_the_foreground_with_message_and_payload_if_scheduling_fails(caller):
    caller.draw(
        BEHIND,
        ("never", *SAY),
        ("told", *SAY),
        edges=["start > behind", "behind.output > never", "behind.error > told"],
    )
    fault = (
        "CREATE TRIGGER fault BEFORE INSERT ON flowstudio_run WHEN NEW.kind = 'background'"
        " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
    )
    with sqlite3.connect(caller.studio.database, timeout=30) as database:
        database.execute(fault)
    try:
        run = caller.ended(caller.fire())
    finally:
        with sqlite3.connect(caller.studio.database, timeout=30) as database:
            database.execute("DROP TRIGGER fault")

    steps = caller.steps(run)
    error = output(steps["behind"], "error")

    assert run["status"] == "succeeded", "the failure was handled by its error port"
    assert "the disk is full" in error["message"]
    assert error["payload"] == EVENT["properties"]
    assert error["node"] == "behind"
    assert steps["told"]["input"]["value"] == error
    assert "never" not in steps
    assert len(run["tree"]) == 1, "nothing is left half-written"


def test_an_event_type_registers_the_branch_as_a_separate_event_that_starts_nothing(caller):
    caller.draw(
        (*BEHIND, {"event_type": "order.followup", "collect_debugging_information": True}),
        ("type", "template", {"template": "{{ event.type }} {{ event.properties.id }}"}),
        edges=["start > behind", "behind.output > type"],
    )

    run = caller.fire()
    child = caller.child(run)
    [separate] = [row for row in caller.pages("events/") if row["type"] == "order.followup"]

    assert child["event"] == {"id": separate["id"], "type": "order.followup"}
    assert separate["run"] == run["id"]
    assert [started["id"] for started in separate["runs"]] == [child["id"]]
    assert output(caller.steps(child)["type"], "payload") == "order.followup 7"
    assert len(caller.pages(f"runs/?workflow={caller.workflow}")) == 2, "the event started no other run"


def test_left_empty_no_separate_event_is_made(caller):
    caller.draw(BEHIND, LOG, edges=["start > behind", "behind.output > log"])
    before = caller.pages("events/")

    run = caller.fire()
    child = caller.child(run)

    assert len(caller.pages("events/")) == len(before) + 1, "the event that was posted, and no other"
    assert child["event"]["id"] == caller.get(f"runs/{run['id']}/")["event"]["id"]


def test_event_properties_replace_those_of_the_original_event(caller):
    properties = {"order": "{{ payload.id }}", "count": "{{ event.properties.items | length }}"}
    caller.draw(
        (*BEHIND, {"event_properties": properties, "collect_debugging_information": True}),
        ("seen", "edit_payload", {"set": {"seen": "{{ event.properties }}", "type": "{{ event.type }}"}}),
        edges=["start > behind", "behind.output > seen"],
    )

    seen = output(caller.steps(caller.child(caller.fire()))["seen"], "payload")

    assert seen == {"seen": {"order": 7, "count": 2}, "type": "order.placed"}


def test_left_empty_the_branch_resumes_with_the_original_properties(caller):
    caller.draw(
        (*BEHIND, {"collect_debugging_information": True}),
        ("seen", "edit_payload", {"set": {"seen": "{{ event.properties }}"}}),
        edges=["start > behind", "behind.output > seen"],
    )

    seen = output(caller.steps(caller.child(caller.fire()))["seen"], "payload")

    assert seen == {"seen": EVENT["properties"]}


def test_debugging_off_stores_and_sends_no_payload(caller, capsys):
    size = {}
    for collect in (False, True):
        caller.draw(
            (*BEHIND, {"collect_debugging_information": collect, "forward_payload": True}),
            ("one", "edit_payload", {"set": {"one": "{{ payload.id }}"}}),
            ("two", "log", {"message": "no payload in here"}),
            edges=["start > behind", "behind.output > one", "one > two"],
        )

        child = caller.child(caller.fire({**EVENT, "properties": {"id": 7, "long": "secret " * 200}}))
        frames = watched(caller, child["id"])
        steps = list(caller.steps(child).values())

        assert [step["status"] for step in steps] == ["succeeded"] * 3
        assert ("secret" in frames) is collect
        assert all((step["input"] is not None) is collect for step in steps)
        bytes_of_steps = (
            "sum(length(coalesce(input,'')) + length(coalesce(outputs,'')) + length(coalesce(summary,'')))"
        )
        run = child["id"].replace("-", "")
        [(size[collect],)] = caller.studio.rows(
            f"SELECT {bytes_of_steps} FROM flowstudio_step WHERE run_id = ?", run
        )

    with capsys.disabled():
        print(f"\n  payload bytes stored per run: debugging off {size[False]:,}, on {size[True]:,}")
    assert size[False] == 0 < size[True]


def watched(caller, run):
    """All that the live socket sends of a run's steps, as text."""
    headers = {"Authorization": f"Bearer {caller.token}"}
    address = caller.url.replace("http", "ws") + "/ws/live/"
    sent, nodes = "", set()
    with connect(address, additional_headers=headers, origin=caller.url) as live:
        live.send(json.dumps({"op": "watch", "run": run, "after": {}}))
        while not {"behind", "one", "two"} <= nodes:
            text = live.recv(timeout=10)
            sent += text
            nodes |= {step["node"] for step in json.loads(text).get("steps", []) if step["run"] == run}
    return sent


def test_nested_nodes_make_a_grandchild(caller):
    caller.draw(
        BEHIND,
        ("deeper", "run_in_background"),
        ("end", *SAY),
        edges=["start > behind", "behind.output > deeper", "deeper.output > end"],
    )

    run = caller.fire()
    root = caller.until(
        lambda: (tree := caller.get(f"runs/{run['id']}/")) and len(tree["tree"]) == 3 and tree, seconds=20
    )

    parents = {row["start_node"]: row["parent"] for row in root["tree"]}
    ids = {row["start_node"]: row["id"] for row in root["tree"]}
    assert parents == {"start": None, "behind": ids["start"], "deeper": ids["behind"]}
    assert set(caller.steps(caller.ended(ids["deeper"]))) == {"deeper", "end"}


def test_it_needs_no_resource_and_its_page_has_the_five_headings(caller):
    caller.draw(BEHIND, LOG, edges=["start > behind", "behind.output > log"])
    [plugin] = [row for row in caller.get("plugins/")["results"] if row["id"] == "run_in_background"]
    page = (ROOT / "docs/plugins/run_in_background.md").read_text()

    assert plugin["group"] == "Flow"
    assert plugin["help"]["required_resources"].startswith("None")
    assert [port["name"] for port in plugin["inputs"]] == ["payload"]
    assert [port["name"] for port in plugin["outputs"]] == ["output"]
    assert "`error`" in plugin["help"]["inputs_outputs"], "every node has an error port, drawn when wanted"
    for heading in ("Description", "Inputs and outputs", "Configuration", "Required resources", "Errors"):
        assert f"\n## {heading}\n" in page
    for setting in ("Event type", "Event properties", "Collect debugging information", "Forward payload"):
        assert f"**{setting}**" in page
