"""Real webhook events through the triage example of a running studio: each once, each to its end."""

from tests.client import Client
from tests.needs import github_events

CASES = {
    "github.issues": ("opened", "reopened", "labeled"),
    "github.pull_request": ("opened", "reopened", "ready_for_review"),
    "github.push": None,  # straight to the background
}
BRANCH = 6  # the node itself, summary, who, one of two queues, pause, assigned


def reaches_the_background(event):
    """What the drawing says, read by hand and not by the engine."""
    actions = CASES.get(event["type"], ())
    return actions is None or event["properties"].get("action") in actions


def foreground_steps(event):
    """The trigger, the first switch, a second one for issues and pull requests, then either end."""
    return 4 if event["type"] in ("github.issues", "github.pull_request") else 3


def post_list(api, events):
    """Together, as a sender that catches up does; the whole file is larger than one body may be."""
    return api.post("events/", events)


def test_each_event_is_kept_once_and_its_runs_take_the_steps_that_the_drawing_says(studio_server, until):
    events = github_events()
    api = Client(studio_server.url, studio_server.manage("token", "admin").split()[-1])
    triage = next(row for row in api.get("workflows/")["results"] if row["name"] == "GitHub triage")

    answers = [api.post("events/", event) for event in events]

    def all_ended():
        return not studio_server.rows("SELECT 1 FROM flowstudio_run WHERE ended IS NULL")

    until(all_ended, seconds=60)
    background = [event for event in events if reaches_the_background(event)]
    assert 0 < len(background) < len(events), "the file exercises both ways"
    assert studio_server.rows("SELECT count(*) FROM flowstudio_event") == [(len(events),)]
    runs = api.pages(f"runs/?workflow={triage['id']}")
    assert {(run["status"], run["kind"]) for run in runs} == {
        ("succeeded", "foreground"),
        ("succeeded", "background"),
    }
    assert len(runs) == len(events) + len(background)

    steps = dict(studio_server.rows("SELECT run_id, count(*) FROM flowstudio_step GROUP BY run_id"))
    children = dict(
        studio_server.rows("SELECT parent_id, id FROM flowstudio_run WHERE parent_id IS NOT NULL")
    )
    for event, answer in zip(events, answers, strict=True):
        (run,) = (row["id"].replace("-", "") for row in answer["runs"])
        assert steps[run] == foreground_steps(event), event["id"]
        assert (run in children) == reaches_the_background(event), event["id"]
        if run in children:
            assert steps[children[run]] == BRANCH, event["id"]

    again = [answer for start in range(0, len(events), 20) for answer in post_list(api, events[start:][:20])]

    assert all(answer["duplicate"] for answer in again)
    assert [answer["event"]["id"] for answer in again] == [answer["event"]["id"] for answer in answers]
    assert studio_server.rows("SELECT count(*) FROM flowstudio_event") == [(len(events),)]
    assert len(api.pages(f"runs/?workflow={triage['id']}")) == len(runs)
