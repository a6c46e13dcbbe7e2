"""Test runs of drafts, and cancelling."""

import pytest

from flowstudio import models
from flowstudio.engine.errors import GraphInvalid
from flowstudio.runs import events, submit
from flowstudio.runs.events import EventRefused, NewEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(graph):
    return graph(
        ("orders", "start", {"event_types": ["order"]}),
        ("any", "start"),
        ("log", "log", {"message": "x"}),
        edges=["orders > log"],
    )


@pytest.fixture
def workflow(make_workflow, draft):
    return make_workflow(draft, publish=False, enabled=False)


def test_a_test_runs_an_unsaved_draft_at_the_first_trigger_that_takes_the_event(workflow, draft):
    first = submit.start_test(workflow, graph=draft, event=NewEvent("order", {"n": 1}))
    second = submit.start_test(workflow, graph=draft, event=NewEvent("other", {"n": 1}))

    assert (first.start_node, second.start_node) == ("orders", "any")
    assert (first.is_test, first.recording, first.version) == (True, "all", None)
    assert first.event.is_test
    assert models.Snapshot.objects.get().pk == draft.hash


def test_a_test_may_begin_and_end_anywhere_with_pins(workflow, draft):
    run = submit.start_test(
        workflow,
        graph=draft,
        event=NewEvent("order", {}),
        start="orders",
        until="log",
        pins={"orders": {"payload": {"pinned": True}}},
    )

    assert (run.start_node, run.until_node) == ("orders", "log")
    assert run.pins == b'{"orders":{"payload":{"pinned":true}}}'


def test_a_test_that_nothing_takes_says_whom_it_asked(workflow, graph):
    drawn = graph(("orders", "start", {"event_types": ["order"]}))

    with pytest.raises(EventRefused, match="takes an event of type “other” \\(asked: “orders”\\)"):
        submit.start_test(workflow, graph=drawn, event=NewEvent("other", {}))


def test_a_graph_without_a_trigger_needs_to_be_told_where_to_begin(workflow, graph):
    drawn = graph(("log", "log", {"message": "x"}))

    with pytest.raises(EventRefused, match="Add a Start node"):
        submit.start_test(workflow, graph=drawn, event=NewEvent("order", {}))


def test_a_draft_that_cannot_run_is_refused(workflow, graph):
    drawn = graph(("start", "start"), ("what", "no_such_plugin"), edges=["start > what"])

    with pytest.raises(GraphInvalid, match="not installed"):
        submit.start_test(workflow, graph=drawn, event=NewEvent("order", {}))


def test_cancelling_ends_a_run_with_everything_below_it_and_nothing_beside(make_workflow, draft):
    make_workflow(draft)
    root, other = events.accept(NewEvent("order", {})).runs
    child = child_of(root)
    grandchild = child_of(child)
    step = models.Step.objects.create(run=grandchild, node="log", plugin="log", seq=1, status="running")
    models.JournalEntry.objects.create(run=grandchild, node="x", outcome="succeeded", value=b"{}")

    submit.cancel(child)

    found = models.Run.objects.in_bulk()
    assert [found[run.pk].status for run in (root, other, child, grandchild)] == [
        "queued",
        "queued",
        "cancelled",
        "cancelled",
    ]
    assert found[grandchild.pk].fence == grandchild.fence + 1
    step.refresh_from_db()
    assert (step.status, step.seq) == ("cancelled", 1)
    assert not models.JournalEntry.objects.exists()


def test_a_run_that_has_ended_stays_as_it_ended(make_workflow, draft):
    make_workflow(draft)
    run, _ = events.accept(NewEvent("order", {})).runs
    models.Run.objects.filter(pk=run.pk).update(status="failed", reason="error")

    cancelled = submit.cancel(run)

    assert (cancelled.status, cancelled.reason) == ("failed", "error")


def child_of(parent):
    return models.Run.objects.create(
        workflow=parent.workflow,
        snapshot=parent.snapshot,
        event=parent.event,
        root=parent.root,
        parent=parent,
        parent_node="log",
        start_node="log",
    )
