"""Loops in real runs: in a background branch, and with background branches of their own."""

import orjson
import pytest

from flowstudio import emit, models

pytestmark = pytest.mark.django_db(transaction=True)


def ended():
    return models.Run.objects.exists() and not models.Run.objects.exclude(status__in=models.ENDED).exists()


def output(node, **of):
    return [
        orjson.loads(bytes(step.outputs))["payload"]
        for step in models.Step.objects.filter(node=node, **of).order_by("iteration")
    ]


def test_each_pass_may_begin_a_background_branch_that_knows_its_item(make_workflow, runner, graph, until):
    make_workflow(
        graph(
            ("start", "start"),
            ("loop", "for_each", {"items": "payload.names"}),
            ("branch", "run_in_background", {"collect_debugging_information": True}),
            ("text", "template", {"template": '{{ item }} {{ index }} {{ node("loop").item }}'}),
            edges=["start > loop", "branch.output > text"],
            branch={"parent": "loop"},
            text={"parent": "loop"},
        )
    )

    emit("go", {"names": ["Ada", "Bob"]})
    until(ended)

    children = models.Run.objects.filter(kind="background").order_by("parent_iteration")
    assert [(child.parent_iteration, child.status) for child in children] == [
        ("0", "succeeded"),
        ("1", "succeeded"),
    ]
    texts = [output("text", run=child) for child in children]
    assert texts == [["Ada 0 Ada"], ["Bob 1 Bob"]]


def test_a_background_branch_may_hold_a_loop(make_workflow, runner, graph, until):
    branch = {"collect_debugging_information": True, "forward_payload": True}
    make_workflow(
        graph(
            ("start", "start"),
            ("branch", "run_in_background", branch),
            ("loop", "for_each", {"items": "payload", "at_once": 2}),
            ("text", "template", {"template": "{{ item * 2 }}"}),
            edges=["start > branch", "branch.output > loop"],
            text={"parent": "loop"},
        )
    )

    emit("go", [1, 2, 3])
    until(ended)

    assert output("loop") == [["2", "4", "6"]]
    assert not models.JournalEntry.objects.exists()
