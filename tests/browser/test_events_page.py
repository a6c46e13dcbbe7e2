"""The Events page: what came in or was recorded, the runs of it, and the way from there to the canvas."""

import re

import pytest
from playwright.sync_api import expect

from tests.drawing import graph


@pytest.fixture(scope="module")
def workflow(client):
    """Takes "parcel.sent" and hands it to a branch that is recorded as an event of its own."""
    drawn = graph(
        ("Sent", "start", {"event_types": ["parcel.sent"]}),
        ("Track", "run_in_background", {"event_type": "parcel.tracked", "forward_payload": True}),
        ("Note", "log", {"message": "{{ payload.id }}"}),
        edges=["Sent > Track", "Track.output > Note"],
    ).to_document()
    workflow = client.post("workflows/", {"name": "Parcels", "graph": drawn})["id"]
    client.post(f"workflows/{workflow}/publish/", {})
    revision = client.get(f"workflows/{workflow}/")["revision"]
    assert client.call("PATCH", f"workflows/{workflow}/", {"revision": revision, "enabled": True})[0] == 200
    return workflow


@pytest.fixture(scope="module")
def runs(client, workflow):
    """A run and the background run of its branch, started by one event and ended."""
    answer = client.post(
        "events/?wait=10", {"type": "parcel.sent", "properties": {"id": "P-1"}, "source": "shop"}
    )
    [run] = [run for run in answer["runs"] if run["workflow"] == workflow]
    return run["id"], *run["background_runs"]


@pytest.fixture
def events(studio_page, studio_server, runs):
    """The page with the events that were posted and recorded."""
    studio_page.get_by_role("navigation", name="Pages").get_by_role("link", name="Events").click()
    return studio_page.get_by_role("listbox", name="Events").get_by_role("option")


def test_a_posted_event_is_shown_with_its_properties_and_the_runs_it_started(studio_page, events, runs):
    posted = events.filter(has_text="parcel.sent")
    expect(posted).to_have_count(1)
    expect(posted).to_contain_text("shop")
    expect(posted).to_contain_text("1 run: succeeded")

    posted.click()
    event = studio_page.get_by_role("region", name="Event", exact=True)
    expect(event.get_by_role("heading", name="parcel.sent")).to_be_visible()
    expect(event.get_by_role("region", name="Properties")).to_contain_text("P-1")
    expect(event.get_by_role("region", name="Runs").get_by_role("link")).to_have_count(1)
    expect(event.get_by_role("region", name="Runs").get_by_role("link")).to_contain_text("Parcels")


def test_a_branch_is_shown_as_an_event_of_its_own_that_leads_to_both_runs(studio_page, events, runs):
    foreground, background = runs
    events.filter(has_text="parcel.tracked").click()
    event = studio_page.get_by_role("region", name="Event", exact=True)

    branch = event.get_by_role("region", name="Runs").get_by_role("link")
    expect(branch).to_have_count(1)
    expect(branch).to_have_attribute("href", re.compile(background))
    expect(branch).to_contain_text("Background")
    expect(event.get_by_role("link", name="a run")).to_have_attribute("href", re.compile(foreground))


def test_a_run_of_an_event_opens_on_the_canvas_of_its_workflow(studio_page, events, editor, workflow):
    events.filter(has_text="parcel.sent").click()
    studio_page.get_by_role("region", name="Runs").get_by_role("link").click()

    expect(studio_page).to_have_url(re.compile(f"/workflows/{workflow}/"))
    expect(editor.node("Sent")).to_have_attribute("data-status", "succeeded")
    expect(editor.node("Note")).to_have_attribute("data-status", "succeeded")
    expect(editor.steps).to_have_count(4)


def test_events_are_found_by_their_type(studio_page, events):
    studio_page.get_by_role("searchbox", name="Event type").fill("parcel.tracked")
    expect(events).to_have_count(1)

    studio_page.get_by_role("searchbox", name="Event type").fill("parcel.lost")
    studio_page.get_by_role("button", name="Show all events").click()
    expect(events.filter(has_text="parcel.sent")).to_have_count(1)


def test_a_new_event_appears_on_the_open_page(studio_page, events, client):
    expect(events.filter(has_text="parcel.sent")).to_have_count(1)

    client.post("events/", {"type": "parcel.arrived", "properties": {}})

    expect(events.filter(has_text="parcel.arrived")).to_have_count(1, timeout=10_000)
    expect(events.filter(has_text="parcel.arrived")).to_contain_text("no run")


def test_a_past_run_is_opened_from_the_run_picker_on_the_graph_it_ran_on(
    studio_page, studio_server, editor, client, workflow, runs
):
    stored = client.get(f"workflows/{workflow}/")
    stored["graph"]["nodes"][2]["name"] = "Renamed"
    body = {"revision": stored["revision"], "graph": stored["graph"]}
    assert client.call("PATCH", f"workflows/{workflow}/", body)[0] == 200
    editor.open(f"{studio_server.url}workflows/{workflow}/")
    expect(editor.node("Renamed")).to_be_visible()

    studio_page.get_by_role("button", name="choose another").click()
    studio_page.get_by_role("menuitem", name="parcel.sent").click()

    expect(editor.node("Note")).to_have_attribute("data-status", "succeeded")
    expect(studio_page.get_by_text("The graph of this run: version 1.")).to_be_visible()
    studio_page.get_by_role("button", name="Back to the draft").click()
    expect(editor.node("Renamed")).to_be_visible()
    expect(editor.node("Renamed")).not_to_have_attribute("data-status", "succeeded")
