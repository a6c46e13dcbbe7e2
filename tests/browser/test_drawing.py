"""A workflow drawn from nothing, fired unsaved, published, and watched over a connection that breaks."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import besides_lost_network, listen
from tests.browser.editor import Editor


@pytest.fixture
def studio_page(page, wire, studio_server, complaints):
    """The workflow list, reached over a wire that can be cut."""
    listen(page, complaints)
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(studio_server.sign_in_link.replace(studio_server.url, wire.url))
    yield page
    assert besides_lost_network(complaints) == []


def test_a_workflow_is_drawn_from_nothing_fired_unsaved_published_and_watched_through_a_cut_connection(
    studio_page, editor, studio_server, client, wire, until
):
    held = HeldSaves(studio_page)
    workflow = begin_new_workflow(studio_page)
    draw_branch(editor)
    run = fire_the_draft(editor)
    assert client.get(f"workflows/{workflow}/")["graph"]["nodes"] == [], "nothing was saved yet"
    expect_payloads_of_branch(editor)
    expect_every_stored_step_once(editor, studio_server, run, until)

    held.release()
    editor.expect_saved()
    publish_and_switch_on(editor)

    follow_the_latest_run(editor)
    event = client.post("events/", {"type": "order.placed", "properties": {"id": "A-8"}})
    [real] = [run["id"] for run in event["runs"] if run["workflow"] == workflow]
    cut_and_mend_while_it_runs(editor, studio_server, real, wire, until)
    expect(studio_page.get_by_role("button", name="Back to the draft")).to_have_count(0)
    expect_every_stored_step_once(editor, studio_server, real, until)

    test = fire_the_draft(editor)
    cut_and_mend_while_it_runs(editor, studio_server, test, wire, until)
    expect_every_stored_step_once(editor, studio_server, test, until)


class HeldSaves:
    """Saves of workflows that lie on their way until they are released: the server has not heard of them."""

    def __init__(self, page):
        self.is_holding, self.routes = True, []
        page.route(re.compile(r"/api/workflows/[^/]+/$"), self._hold)

    def _hold(self, route):
        if self.is_holding and route.request.method == "PATCH":
            self.routes.append(route)
        else:
            route.continue_()

    def release(self):
        assert self.routes, "nothing was held: the draft was saved in another way"
        self.is_holding = False
        for route in self.routes:
            route.continue_()


def begin_new_workflow(page):
    page.get_by_role("button", name="New workflow").click()
    expect(page.get_by_text("Begin with what starts this workflow")).to_be_visible()
    return re.search("/workflows/([^/]+)/", page.url)[1]


def draw_branch(editor: Editor):
    """Start → Run in background ⇒ Delay → Edit payload → Delay 2 → Template → Delay 3 → Log"""
    editor.drop("Run in background", 480, 120)
    expect(editor.node("Start")).to_be_visible()
    expect(editor.edges()).to_have_count(1)
    expect(editor.switch("Collect debugging information")).not_to_be_checked()

    editor.drop("Delay", 250, 420)
    editor.drop("Edit payload", 600, 420)
    editor.draw_edge(editor.output("Run in background", "output"), editor.input("Delay"))
    editor.draw_edge(editor.output("Delay"), editor.input("Edit payload"))
    expect(editor.edges()).to_have_count(3)
    editor.field("Set").fill('{"order": "{{ event.properties.id }}"}')

    for plugin in ("Delay", "Template", "Delay", "Log"):
        editor.add(plugin)  # behind the one that was added before
    editor.field("Message").fill("{{ payload }}: noted")
    editor.fit()
    expect(editor.edges()).to_have_count(7)
    editor.select("Template")
    editor.field("Template").fill("Dear customer of {{ payload.order }}")
    for name in ("Delay", "Delay 2", "Delay 3"):
        editor.select(name)
        editor.field("Seconds").fill("1.2")


def fire_the_draft(editor: Editor):
    editor.write_event("order.placed", '{"id": "A-7"}')
    with editor.page.expect_response("**/test/") as answer:
        editor.fire()
    assert answer.value.status == 202, answer.value.text()
    return answer.value.json()["run"]["id"]


def expect_payloads_of_branch(editor: Editor):
    """On the canvas and in the inspector, although the branch collects no debugging information."""
    letter = "Dear customer of A-7"
    expect(editor.page.get_by_role("button", name=f"Payload: {letter}").first).to_be_visible(timeout=10_000)
    expect(editor.node("Run in background")).to_have_attribute("data-status", "succeeded")
    expect(editor.node("Edit payload")).to_have_attribute("data-background", "true")
    expect(editor.data("Edit payload", "Output")).to_contain_text("A-7")
    expect(editor.data("Template", "Output")).to_contain_text(letter)
    expect(editor.data("Log", "Log")).to_contain_text(f"{letter}: noted", timeout=10_000)


def publish_and_switch_on(editor: Editor):
    page = editor.page
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("dialog", name="Publish").get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 1 is published").first).to_be_visible()
    page.get_by_role("switch", name="Workflow is on").click()
    expect(page.get_by_role("switch", name="Workflow is on")).to_be_checked()


def follow_the_latest_run(editor: Editor):
    editor.page.get_by_role("button", name="choose another").click()
    editor.page.get_by_role("menuitem", name="Follow the latest run").click()


def cut_and_mend_while_it_runs(editor: Editor, studio, run, wire, until):
    editor.tab("Runs")
    expect(editor.page.locator(f'[data-node][data-run-id="{run}"]').first).to_be_visible()
    wire.cut()
    expect(editor.connection).to_have_text("Reconnecting")
    seen = len(stored_steps(studio, run))
    until(lambda: len(stored_steps(studio, run)) >= seen + 2)
    assert not has_ended(studio, run), "the cut lies in the middle of the run"
    wire.mend()
    expect(editor.connection).to_have_text("Live", timeout=20_000)


def expect_every_stored_step_once(editor: Editor, studio, run, until):
    editor.tab("Runs")
    until(lambda: has_ended(studio, run), seconds=20)
    stored = stored_steps(studio, run)
    until(lambda: len(editor.listed_steps()) == len(stored), every=0.1)
    listed = [(step.replace("-", ""), seq) for step, seq in editor.listed_steps()]
    assert sorted(listed) == sorted(stored)


def stored_steps(studio, root):
    """Id and position of each step of the run and its branch."""
    return studio.rows(
        "SELECT step.id, step.seq FROM flowstudio_step step JOIN flowstudio_run run ON run.id = step.run_id"
        " WHERE run.root_id = ?",
        root.replace("-", ""),
    )


def has_ended(studio, root):
    rows = studio.rows("SELECT ended FROM flowstudio_run WHERE root_id = ?", root.replace("-", ""))
    return len(rows) == 2 and all(ended for (ended,) in rows)
