"""Trying an expression on a step of a real run: its value, its error, or why there is none."""

import pytest

from flowstudio.engine import values
from flowstudio.models import Reason, Run, Step
from flowstudio.runs import events, graphs, writer
from flowstudio.runs.events import NewEvent

pytestmark = pytest.mark.django_db(transaction=True)

EDITED = {"set": {"total": "{{ payload.net * 2 }}", "by": "Edit"}, "remove": ["net"]}


@pytest.fixture
def fire(runner, until, owner, make_workflow, graph):
    """Fire an event at Start → Edit → Check (true: log, false: never); the run, when it has ended."""

    def fire(properties, **settings):
        drawn = graph(
            ("start", "start"),
            ("edit", "edit_payload", EDITED),
            ("check", "if", {"condition": "payload.total > 0"}),
            ("log", "log", {"message": "hello"}),
            ("never", "log", {"message": "hello"}),
            edges=["start > edit", "edit > check", "check.true > log", "check.false > never"],
            edit={"name": "Edit"},
        )
        make_workflow(drawn, owner=owner, settings=settings)
        run = writer.run(events.accept, NewEvent("order.placed", properties)).runs[0]
        until(lambda: Run.objects.get(pk=run.pk).ended)
        return Run.objects.select_related("workflow").get(pk=run.pk)

    return fire


@pytest.fixture
def ask(client_of, owner):
    def ask(run, node, source, kind="expression", user=None, **more):
        body = {"kind": kind, "source": source, "run": str(run.pk), "node": node, **more}
        return client_of(user or owner).post("/api/expressions/preview/", body)

    return ask


@pytest.mark.parametrize(
    ("node", "kind", "source", "value", "type"),
    [
        ("edit", "expression", "payload.net + 1", 6, "number"),
        ("log", "expression", "payload", {"total": 10, "by": "Edit"}, "object"),
        ("log", "template", "{{ payload.total }} of {{ event.type }}", "10 of order.placed", "text"),
        ("log", "data", {"a": ["{{ payload.total }}", 1]}, {"a": [10, 1]}, "object"),
        ("log", "expression", 'node("Edit").total == node("start").net * 2', True, "boolean"),
        ("log", "expression", "now == run.started and not run.is_test", True, "boolean"),
        ("edit", "expression", 'node("Edit") is defined or node("check") is defined', False, "boolean"),
        ("edit", "expression", "none", None, "null"),
    ],
)
def test_a_text_gives_what_it_would_have_given_in_the_step(fire, ask, node, kind, source, value, type):
    answer = ask(fire({"net": 5}), node, source, kind)

    assert (answer.status_code, answer.json()) == (200, {"value": value, "type": type})


def test_a_failing_expression_is_an_answer_with_its_place(fire, ask):
    run = fire({"net": 5})

    at_run = ask(run, "log", "1 +\n payload.nope").json()
    at_check = ask(run, "log", "payload.").json()

    assert at_run["error"] == {
        "message": "payload.nope is missing: payload has total, by",
        "line": 2,
        "column": 2,
    }
    assert at_check["error"]["line"] == 1


def test_a_step_that_is_not_there_is_given_what_its_edges_delivered(fire, ask):
    run = fire({"net": 5})
    Step.objects.filter(run=run, node="log").delete()

    assert ask(run, "log", "payload.total").json()["value"] == 10


def test_a_node_that_nothing_reached_has_nothing_to_try_on(fire, ask):
    answer = ask(fire({"net": 5}), "never", "payload")

    assert answer.status_code == 422
    assert answer.json()["detail"] == "Nothing reached 'never' in this run."


def test_what_is_not_recorded_is_not_made_up(fire, ask):
    answer = ask(fire({"net": 5}, recording="status"), "log", "payload")

    assert (answer.status_code, answer.json()["type"]) == (422, "urn:flowstudio:problem:not_recorded")
    assert "did not record payloads" in answer.json()["detail"]


def test_what_was_cut_is_not_tried_on_its_beginning(fire, ask):
    answer = ask(fire({"net": 5, "text": "x" * 300_000}), "edit", "payload.net")

    assert answer.status_code == 422
    assert "was cut in the trace" in answer.json()["detail"]


def test_secrets_stay_masked(fire, ask):
    answer = ask(fire({"net": 5, "password": "hunter22"}), "log", "[event.properties, node('start')]|tojson")

    assert answer.status_code == 200
    assert "hunter22" not in answer.content.decode()


def test_nothing_is_stored_and_nothing_runs(fire, ask):
    run = fire({"net": 5})
    before = Run.objects.count(), list(Step.objects.values()), run.seq

    ask(run, "log", "payload")

    assert (Run.objects.count(), list(Step.objects.values()), Run.objects.get(pk=run.pk).seq) == before


def test_it_wants_the_role_payloads(fire, ask, outsider, person_with, workflow):
    run = fire({"net": 5})
    Run.objects.filter(pk=run.pk).update(workflow=workflow, reason=Reason.ERROR)

    assert ask(run, "log", "payload", user=person_with("view", "run")).status_code == 403
    assert ask(run, "log", "payload", user=person_with("payloads")).status_code == 200
    assert ask(run, "log", "payload", user=outsider).status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"kind": "code"}, {"source": 1}, {"iteration": "a"}, {"nope": 1}, {"run": "x"}]
)
def test_a_body_that_is_none_is_refused(ask, owner, client_of, wrong):
    body = {"kind": "expression", "source": "1", "run": "00000000-0000-0000-0000-000000000000", "node": "n"}

    assert client_of(owner).post("/api/expressions/preview/", {**body, **wrong}).status_code == 400


def test_in_a_loop_item_and_index_are_those_of_the_pass(fire, ask, graph):
    run = fire({"net": 5})
    drawn = looped(graph)
    Run.objects.filter(pk=run.pk).update(snapshot=writer.run(snapshot, drawn))
    for index in range(2):
        step(run, "inner", str(index), {"sku": f"S{index}"})

    answer = ask(run, "inner", "item.sku ~ index ~ node('each').index", iteration="1")
    outside = ask(run, "log", "item is defined")

    assert answer.json() == {"value": "S111", "type": "text"}
    assert outside.json() == {"value": False, "type": "boolean"}
    assert ask(run, "inner", "item.sku", iteration="7").status_code == 422


def looped(graph):
    return graph(
        ("start", "start"),
        ("each", "for_each", {"items": "payload"}),
        ("inner", "log", {"message": "x"}),
        ("log", "log", {"message": "x"}),
        edges=["start > each", "each > log"],
        inner={"parent": "each"},
    )


def snapshot(drawn):
    return graphs.snapshot(drawn)


def step(run, node, iteration, payload):
    encoded = values.encode(payload)
    summary = values.summarise(payload, encoded)
    Step.objects.create(
        run=run, seq=100 + int(iteration), node=node, plugin="log", iteration=iteration, status="succeeded",
        ports=["payload"], summary={"input": summary, "outputs": {"payload": summary}}, input=encoded,
        outputs=b'{"payload":%b}' % encoded,
    )  # fmt: skip
