"""Runs survive: real studio processes, killed, stopped and started twice on one database file."""

import socket
import time
from itertools import pairwise

import pytest

NOTES = 5

ACCEPT = """
from flowstudio.runs import events, writer
for number in range(EVENTS):
    writer.run(events.accept, events.NewEvent("go", {}))
"""


def begin(studio, *nodes, in_background=True, events=1):
    """Publish a workflow that is a chain of nodes, and store events for it.

    Both by another process, which has no runner: nothing wakes the studio, its tick finds the runs.
    """
    chain = [("start", "start")]
    if in_background:
        chain.append(("back", "run_in_background", {"collect_debugging_information": True}))
    chain += nodes
    ports = {"back": "output", "deeper": "output"}
    edges = [f"{one[0]}.{ports.get(one[0], 'payload')} > {two[0]}" for one, two in pairwise(chain)]
    code = f"""
from flowstudio import models
from flowstudio.runs import publishing
from tests.drawing import graph
drawn = graph(*{chain!r}, edges={edges!r})
workflow = models.Workflow.objects.create(name="Chain", enabled=True, graph=drawn.to_bytes())
publishing.publish(workflow, drawn)
"""
    studio.manage("shell", "--no-imports", "-c", code + ACCEPT.replace("EVENTS", str(events)))


def notes(path, seconds=0.15):
    return [(f"n{i}", "note", {"path": str(path), "text": f"n{i}", "seconds": seconds}) for i in range(NOTES)]


def lines(path):
    return path.read_text().split() if path.exists() else []


def ended_runs(studio):
    rows = studio.rows("SELECT id, kind, status, reason FROM flowstudio_run ORDER BY queued, id")
    return rows if rows and all(row[2] in ("succeeded", "failed", "cancelled") for row in rows) else None


def steps(studio, kind):
    return studio.rows(
        "SELECT s.node, s.status, s.attempts FROM flowstudio_step s JOIN flowstudio_run r ON r.id = s.run_id"
        " WHERE r.kind = ? ORDER BY s.seq",
        kind,
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "notes.txt"


def test_a_branch_goes_on_where_a_killed_process_left_it(make_studio, until, path):
    studio = make_studio()
    begin(studio, *notes(path))
    until(lambda: steps(studio, "background")[-1:] == [("n2", "running", 1)])

    studio.kill()
    studio.start()
    runs = until(lambda: ended_runs(studio))

    assert [(kind, status) for _, kind, status, _ in runs] == [
        ("foreground", "succeeded"),
        ("background", "succeeded"),
    ]
    assert steps(studio, "background") == [
        ("back", "succeeded", 1),
        ("n0", "succeeded", 1),
        ("n1", "succeeded", 1),
        ("n2", "succeeded", 2),  # under way when the process died
        ("n3", "succeeded", 1),
        ("n4", "succeeded", 1),
    ]
    assert lines(path) == ["n0", "n1", "n2", "n2", "n3", "n4"]


def test_many_nested_branches_end_though_the_process_dies_again_and_again(make_studio, until, path):
    studio = make_studio()
    first, *_, last = notes(path, seconds=0.1)
    begin(studio, first, ("deeper", "run_in_background"), last, events=30)

    for written in (5, 15, 25):
        until(lambda enough=written: len(lines(path)) >= enough)
        studio.kill()
        studio.start()
    runs = until(lambda: ended_runs(studio), seconds=30)

    # A foreground run that died with its process is not repeated; what it had accepted is.
    assert {row[2:] for row in runs if row[1] == "background"} == {("succeeded", "")}
    assert {row[2:] for row in runs if row[1] == "foreground"} <= {
        ("succeeded", ""),
        ("failed", "interrupted"),
    }
    branches = "SELECT start_node, count(*), count(DISTINCT parent_id) FROM flowstudio_run WHERE kind = ?"
    (back, deeper) = studio.rows(f"{branches} GROUP BY start_node ORDER BY start_node", "background")
    assert back[1] == back[2] == deeper[1] == deeper[2], "each branch once, and each of its own once"
    handed_over = "SELECT count(*) FROM flowstudio_step WHERE node = 'back' AND background_run_id IS NOT NULL"
    assert studio.rows(handed_over) == [(back[1],)], "none was lost"
    assert studio.rows("SELECT * FROM flowstudio_step WHERE status NOT IN ('succeeded', 'failed')") == []
    assert studio.rows("SELECT 1 FROM flowstudio_step GROUP BY run_id, seq HAVING count(*) > 1") == []
    assert studio.rows("SELECT 1 FROM flowstudio_journalentry") == [], "the journal goes with its run"


def test_runs_that_were_committed_and_never_woken_run_at_the_next_start(make_studio, until, path):
    studio = make_studio(start=False)
    begin(studio, *notes(path, seconds=0))

    studio.start()
    until(lambda: ended_runs(studio))

    assert lines(path) == ["n0", "n1", "n2", "n3", "n4"]
    assert studio.stop() == 0


def test_a_worker_runs_what_a_host_without_a_runner_accepts(make_studio, until, path):
    studio = make_studio(start=False)
    studio.begin("worker")
    begin(studio, *notes(path, seconds=0))

    until(lambda: ended_runs(studio))

    assert lines(path) == ["n0", "n1", "n2", "n3", "n4"]
    assert studio.stop() == 0


def test_a_node_that_blocks_its_thread_does_not_hold_up_a_deployment(make_studio, until, path):
    studio = make_studio(start=False)
    studio.begin("worker")
    begin(studio, ("n0", "block", {"path": str(path), "seconds": 60}))
    until(path.exists)

    began = time.monotonic()
    assert studio.stop() == 0

    assert time.monotonic() - began < 8
    assert studio.rows("SELECT status FROM flowstudio_run WHERE kind = 'background'") == [("queued",)]


def test_two_studios_on_one_database_run_nothing_twice(make_studio, until, path):
    one = make_studio()
    two = make_studio(one.data)

    begin(one, *notes(path, seconds=0), events=10)
    runs = until(lambda: ended_runs(one) if len(one.rows("SELECT 1 FROM flowstudio_run")) == 20 else None)

    assert {status for _, _, status, _ in runs} == {"succeeded"}
    assert sorted(lines(path)) == sorted(10 * ["n0", "n1", "n2", "n3", "n4"])
    assert two.process.poll() is None


def test_a_studio_whose_port_is_taken_says_so(make_studio):
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(AssertionError, match="Cannot listen") as failure,
    ):
        make_studio(port=taken.getsockname()[1])

    assert "--port" in str(failure.value)


def test_with_debug_a_studio_listens_on_this_machine_only(make_studio):
    with pytest.raises(AssertionError, match="With DEBUG on"):
        make_studio(host="0.0.0.0", FLOWSTUDIO_DEBUG="1")
