"""The examples of a new studio: complete, free of problems, and each sample runs as it says."""

import json
from collections import Counter

import pytest

from flowstudio import models
from flowstudio.engine.graph import Graph, check
from flowstudio.engine.plan import reach, trigger_matches
from flowstudio.engine.plugins import Event
from flowstudio.runs import events, examples, plugins, waiting, writer
from flowstudio.runs.events import NewEvent
from tests.needs import github_events

FILES = sorted(examples.FOLDER.glob("*.json"))
EXAMPLES = {file.stem: json.loads(file.read_text()) for file in FILES}
every_example = pytest.mark.parametrize("name", EXAMPLES)

SECONDS = 60


def graph_of(name):
    return Graph.from_document(EXAMPLES[name]["graph"])


def samples_of(name):
    return {sample["name"]: sample for sample in EXAMPLES[name]["samples"]}


def fire(sample):
    return writer.run(events.accept, NewEvent(sample["event_type"], sample["properties"])).runs


def ended_tree(runs):
    """The runs and their background runs, when all have ended."""
    waiting.wait_for_end([run.pk for run in runs], SECONDS)
    tree = models.Run.objects.filter(root__in=[run.pk for run in runs])
    waiting.wait_for_end(list(tree.values_list("pk", flat=True)), SECONDS)
    ended = list(tree.order_by("kind", "queued"))
    assert [run.error for run in ended if run.status != "succeeded"] == []
    return ended


def steps_of(runs):
    return {step.node: step for step in models.Step.objects.filter(run__in=runs)}


def test_there_are_three():
    assert [example["name"] for example in EXAMPLES.values()] == [
        "Error handling",
        "GitHub triage",
        "Order placed",
    ]


@every_example
def test_it_has_no_problem_not_even_a_warning(name):
    assert check(graph_of(name), plugins.registry()) == []


@every_example
def test_its_nodes_do_not_cover_one_another(name):
    places = [node.position for node in graph_of(name).nodes]

    assert all(
        abs(x - other_x) >= 280 or abs(y - other_y) >= 120
        for index, (x, y) in enumerate(places)
        for other_x, other_y in places[:index]
    )


@every_example
def test_every_sample_starts_it(name):
    [start] = [node for node in graph_of(name).nodes if node.plugin == "start"]

    assert len(samples_of(name)) >= 2
    for sample in samples_of(name).values():
        event = Event(id="1", type=sample["event_type"], properties=sample["properties"])
        assert trigger_matches(start, event, plugins.registry())


@pytest.mark.django_db
class TestInstall:
    def test_they_are_published_switched_on_and_have_their_samples(self, django_user_model):
        owner = django_user_model.objects.create_user("owner")
        examples.install(owner)

        for workflow in models.Workflow.objects.all():
            assert workflow.enabled and workflow.owner == owner
            assert workflow.published.number == 1
            assert workflow.published.snapshot.graph == workflow.graph
        assert Counter(models.Sample.objects.values_list("workflow__name", flat=True)) == {
            example["name"]: len(example["samples"]) for example in EXAMPLES.values()
        }

    def test_they_come_once(self):
        assert len(examples.install()) == 3
        assert examples.install() == []

    def test_they_do_not_come_back_when_deleted_nor_beside_other_workflows(self):
        models.Workflow.objects.create(name="Mine", graph=b"{}", deleted="2026-01-01T00:00:00Z")

        assert examples.install() == []


@pytest.fixture
def installed(runner):
    """The examples in a database, and a runner."""
    writer.run(examples.install)


class TestOrderPlaced:
    def test_the_branch_still_runs_when_the_shop_is_answered(self, installed):
        runs = fire(samples_of("order_placed")["A large order"])
        [foreground] = waiting.wait_for_end([run.pk for run in runs], SECONDS)

        branch = models.Run.objects.get(parent=foreground)
        assert foreground.status == "succeeded"
        assert json.loads(bytes(foreground.answer)) == {
            "status": 202,
            "headers": {},
            "body": {"accepted": "A-1042"},
        }
        assert branch.status in ("queued", "running")

        ended = ended_tree(runs)
        steps = steps_of(ended)
        assert "personal" in steps and "standard" not in steps
        assert steps["done"].log[0]["message"] == "Order A-1042 scored 27, and Ada Lovelace has mail."

    def test_a_small_order_gets_the_standard_letter(self, installed, mailoutbox):
        steps = steps_of(ended_tree(fire(samples_of("order_placed")["A small order"])))

        assert "standard" in steps and "personal" not in steps
        [mail] = mailoutbox
        assert mail.to == ["grace@example.com"]
        assert "order A-1043 over 18.5 €" in mail.body


class TestErrorHandling:
    @pytest.mark.parametrize(
        ("sample", "told"),
        [
            ("The receipt cannot be sent", "No receipt for P-7: 'localhost' leads to a private"),
            ("An old sender's field", "No receipt for P-8"),
            ("No amount", "Payment P-9 has no amount."),
        ],
    )
    def test_each_failure_is_handled_and_told(self, installed, sample, told):
        ended = ended_tree(fire(samples_of("error_handling")[sample]))

        assert told in steps_of(ended)["told"].log[0]["message"]


class TestGitHubTriage:
    @pytest.mark.parametrize(
        ("sample", "line"),
        [
            ("An issue is opened", "issues in octocat/hello-world by octocat goes to the team queue."),
            (
                "A pull request is ready",
                "pull_request in octocat/hello-world by newcomer goes to the community",
            ),
            ("A push", "push in octocat/hello-world by octocat goes to the team queue."),
        ],
    )
    def test_a_sample_is_triaged_in_the_background(self, installed, sample, line):
        foreground, branch = sorted(
            ended_tree(fire(samples_of("github_triage")[sample])), key=lambda run: run.kind == "background"
        )

        assert (foreground.kind, branch.kind) == ("foreground", "background")
        assert steps_of([branch])["assigned"].log[0]["message"].startswith(line)

    def test_other_events_are_let_go(self, installed):
        ended = ended_tree(fire(samples_of("github_triage")["A star (nothing to do)"]))

        assert [run.kind for run in ended] == ["foreground"]
        assert "other" in steps_of(ended)

    def test_every_real_event_is_processed(self, installed):
        given = github_events()
        runs = [
            run
            for event in given
            for run in fire({"event_type": event["type"], "properties": event["properties"]})
        ]
        ended = ended_tree(runs)

        branches = [run for run in ended if run.kind == "background"]
        behind = reach(("background",), graph_of("github_triage").edges)
        assert len(runs) == len(given)
        assert len(branches) == sum(map(reaches_the_background, given)) > 0
        assert models.Event.objects.count() == len(given)
        for branch in branches:
            taken = set(branch.steps.values_list("node", flat=True))
            assert taken < behind and len(taken) == len(behind) - 1  # one of the two queues


def reaches_the_background(event):
    actions = {
        "github.issues": {"opened", "reopened", "labeled"},
        "github.pull_request": {"opened", "reopened", "ready_for_review"},
    }
    if event["type"] == "github.push":
        return True
    return event["properties"].get("action") in actions.get(event["type"], ())
