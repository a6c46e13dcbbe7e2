"""Events: stored with the runs they start, once each, in the caller's transaction."""

import pytest
from django.contrib.auth.models import Group
from django.db import transaction

import flowstudio
from flowstudio import models
from flowstudio.runs import events
from flowstudio.runs.events import EventRefused, NewEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def orders(make_workflow, graph):
    """A workflow that listens to orders."""
    return make_workflow(graph(("start", "start", {"event_types": ["order.*"]})), name="Orders")


def test_an_event_starts_a_run_at_each_matching_trigger(make_workflow, graph):
    workflow = make_workflow(
        graph(
            ("any", "start"),
            ("orders", "start", {"event_types": ["order"]}),
            ("large", "start", {"condition": "event.properties.total > 100"}),
        )
    )

    accepted = events.accept(NewEvent("order", {"total": 7}))

    assert {run.start_node for run in accepted.runs} == {"any", "orders"}
    assert {(run.workflow_id, run.status, run.kind) for run in accepted.runs} == {
        (workflow.pk, "queued", "foreground")
    }


@pytest.mark.parametrize(
    "state",
    [{"enabled": False}, {"publish": False}, {"deleted": "2026-01-01T00:00:00Z"}],
    ids=lambda state: str(state),
)
def test_a_workflow_that_is_not_in_force_is_not_started(make_workflow, graph, state):
    make_workflow(graph(("start", "start")), **state)

    assert not events.accept(NewEvent("order", {})).runs


def test_a_duplicate_names_the_runs_that_the_event_started_and_not_their_branches(orders):
    new = NewEvent("order.placed", {}, id="7", source="shop")
    run = events.accept(new).runs[0]
    models.Run.objects.create(
        workflow_id=run.workflow_id,
        snapshot_id=run.snapshot_id,
        event=run.event,
        root=run,
        parent=run,
        parent_node="back",
        start_node="back",
        kind="background",
    )

    assert [again.pk for again in events.accept(new).runs] == [run.pk]


def test_a_run_keeps_the_published_version_not_the_draft(orders, graph):
    orders.graph = graph(("other", "start")).to_bytes()
    orders.save()

    [run] = events.accept(NewEvent("order.placed", {})).runs

    assert (run.version.number, run.start_node) == (1, "start")
    assert run.snapshot_id == orders.published.snapshot_id


def test_the_same_event_of_the_same_sender_starts_nothing_twice(orders, django_user_model):
    ada = django_user_model.objects.create_superuser("ada")
    eve = django_user_model.objects.create_superuser("eve")
    new = NewEvent("order.placed", {"n": 1}, id="7", source="shop")

    first = events.accept(new, user=ada)
    again = events.accept(new, user=ada)
    other = events.accept(new, user=eve)

    assert (first.duplicate, again.duplicate, other.duplicate) == (False, True, False)
    assert again.event == first.event
    assert [run.pk for run in again.runs] == [run.pk for run in first.runs]
    assert other.event != first.event


def test_a_user_starts_only_what_she_may_run(orders, make_workflow, graph, django_user_model):
    mine = make_workflow(graph(("start", "start")), name="Mine")
    ada = django_user_model.objects.create_user("ada")
    runners, viewers = Group.objects.create(name="runners"), Group.objects.create(name="viewers")
    ada.groups.add(runners, viewers)
    models.WorkflowGrant.objects.create(workflow=mine, group=runners, role="run")
    models.WorkflowGrant.objects.create(workflow=orders, group=viewers, role="view")

    accepted = events.accept(NewEvent("order.placed", {}), user=ada)

    assert [run.workflow for run in accepted.runs] == [mine]


def test_a_test_event_is_recorded_and_starts_nothing(orders):
    accepted = events.accept(NewEvent("order.placed", {}), is_test=True)

    assert accepted.event.is_test
    assert not accepted.runs


def test_a_chain_of_events_that_goes_too_deep_is_refused_by_name(orders, settings):
    settings.FLOWSTUDIO = {**settings.FLOWSTUDIO, "MAX_EVENT_DEPTH": 2}
    [run] = events.accept(NewEvent("order.placed", {})).runs
    for _ in range(2):
        [run] = events.accept(NewEvent("order.placed", {}), parent_run=run).runs

    with pytest.raises(EventRefused, match="Orders → Orders → Orders") as refused:
        events.accept(NewEvent("order.placed", {}), parent_run=run)

    assert refused.value.code == "too_deep"


def test_emit_is_undone_with_the_transaction_of_its_caller(orders):
    with pytest.raises(RuntimeError), transaction.atomic():
        flowstudio.emit("order.placed", {"n": 1})
        raise RuntimeError

    assert not models.Event.objects.exists()
    assert not models.Run.objects.exists()


def test_emit_starts_all_that_match(orders):
    accepted = flowstudio.emit("order.placed", {"n": 1}, id="7", source="shop", subject="order 7")

    assert (accepted.event.subject, len(accepted.runs)) == ("order 7", 1)


@pytest.mark.parametrize(
    ("new", "message"),
    [
        (NewEvent("", {}), "needs a type"),
        (NewEvent("x" * 201, {}), "201 characters"),
        (NewEvent("order", {}, id="x" * 201), "201 characters"),
    ],
)
def test_an_event_out_of_form_is_refused(new, message):
    with pytest.raises(EventRefused, match=message):
        events.accept(new)
