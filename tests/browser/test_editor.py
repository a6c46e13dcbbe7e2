"""Editing in a real browser: undo, copies, refusals, problems and their cures, and what breaks in between."""

import pytest
from playwright.sync_api import expect

from tests.drawing import graph

START = ("Start", "start")
BEHIND = ("Behind", "run_in_background")
NOTE = ("Note", "log", {"message": "here"})


@pytest.fixture
def make(client, studio_server, editor):
    """Opens a workflow, drawn in short, in the editor; its id is ``make.workflow``."""

    def make(*nodes, edges=()):
        drawn = graph(*nodes, edges=edges).to_document()
        for number, node in enumerate(drawn["nodes"]):
            node["position"] = [300 * number, 100]
        make.workflow = client.post("workflows/", {"name": "Drawn", "graph": drawn})["id"]
        return editor.open(f"{studio_server.url}workflows/{make.workflow}/")

    make.stored = lambda: client.get(f"workflows/{make.workflow}/")
    return make


def names(graph):
    return sorted(node["name"] for node in graph["nodes"])


def test_every_edit_is_undone_and_done_again_and_the_draft_follows(make):
    editor = make(START, NOTE, edges=["Start > Note"])
    page = editor.page

    editor.add("Delay")
    editor.field("Seconds").fill("7")
    before = editor.place("Note")
    editor.drag("Note", 200, 150)
    assert editor.place("Note") != before

    page.get_by_role("button", name="Undo: Move Note").click()
    assert editor.place("Note") == before
    page.get_by_role("button", name="Undo: Edit Delay").click()
    editor.select("Delay")
    expect(editor.field("Seconds")).to_have_value("1")
    editor.canvas.press("Control+z")
    expect(editor.node("Delay")).to_have_count(0)
    editor.expect_saved()
    assert names(make.stored()["graph"]) == ["Note", "Start"]

    editor.canvas.press("Control+Shift+z")
    editor.canvas.press("Control+Shift+z")
    editor.select("Delay")
    expect(editor.field("Seconds")).to_have_value("7")
    editor.expect_saved()
    assert names(make.stored()["graph"]) == ["Delay", "Note", "Start"]


def test_the_minimap_shows_the_nodes_also_to_who_wants_less_motion(make):
    editor = make(START, BEHIND, NOTE, edges=["Start > Behind", "Behind.output > Note"])
    colours = """canvas => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const opaque = Array.from({ length: data.length / 4 }, (_, i) => data.subarray(4 * i, 4 * i + 4))
            .filter(([, , , alpha]) => alpha === 255);
        return new Set(opaque.map(String)).size;
    }"""

    assert editor.canvas.locator("canvas").evaluate(colours) > 3


def test_several_chosen_nodes_are_deleted_with_their_edges_and_come_back_together(make):
    editor = make(START, ("One", "delay"), ("Two", "delay"), edges=["Start > One", "One > Two"])
    expect(editor.edges()).to_have_count(2)

    editor.select("One")
    editor.node("Two").click(modifiers=["Shift"])
    editor.canvas.press("Delete")
    expect(editor.edges()).to_have_count(0)
    assert editor.nodes() == ["Start"]

    editor.canvas.press("Control+z")
    expect(editor.edges()).to_have_count(2)
    assert editor.nodes() == ["One", "Start", "Two"]


def test_copied_nodes_are_pasted_with_the_edges_between_them_under_names_of_their_own(make):
    editor = make(START, ("One", "delay"), ("Two", "delay"), edges=["Start > One", "One > Two"])
    editor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    editor.select("One")
    editor.node("Two").click(modifiers=["Shift"])
    editor.canvas.press("Control+c")
    expect(editor.page.get_by_text("Copied 2 nodes.")).to_be_visible()
    editor.canvas.press("Control+v")

    expect(editor.edges()).to_have_count(3)
    assert editor.nodes() == ["One", "One 2", "Start", "Two", "Two 2"]
    editor.expect_saved()
    stored = make.stored()["graph"]
    by_name = {node["name"]: node["id"] for node in stored["nodes"]}
    assert (by_name["One 2"], by_name["Two 2"]) in {
        (edge["source"], edge["target"]) for edge in stored["edges"]
    }


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("Two", "One", "This would make a cycle: Two already lies behind One."),
        ("One", "Two", "These two ports are already connected."),
    ],
)
def test_an_edge_that_does_not_fit_is_refused_with_its_reason(make, source, target, reason):
    editor = make(START, ("One", "delay"), ("Two", "delay"), edges=["Start > One", "One > Two"])

    editor.draw_edge(editor.output(source), editor.input(target))

    expect(editor.page.get_by_text(reason).first).to_be_visible()
    expect(editor.edges()).to_have_count(2)


def test_the_server_says_under_the_field_on_the_node_and_in_the_list_what_is_wrong_with_an_expression(make):
    editor = make(START, ("Choice", "if", {"condition": "payload.total > 3"}), edges=["Start > Choice"])

    editor.select("Choice")
    editor.field("Condition").fill("payload.total >")
    field = editor.inspector.locator('[data-field="condition"]')
    expect(field.get_by_text("Error:")).to_be_attached()
    expect(editor.field("Condition")).to_have_attribute("aria-invalid", "true")
    expect(editor.node("Choice").get_by_text("problem")).to_be_attached()
    editor.select("Start")
    editor.tab("Problems")
    editor.drawer.get_by_role("button", name="Choice").click()
    expect(editor.field("Condition")).to_be_focused()

    editor.field("Condition").fill("payload.total > 4")
    expect(editor.node("Choice").get_by_text("problem")).not_to_be_attached()
    editor.expect_saved()


@pytest.mark.parametrize(
    ("cure", "node", "config"),
    [
        ("Read event.properties", "Note", {"message": "{{ event.properties.id }}"}),
        ("Forward the payload of “Behind”", "Behind", {"forward_payload": True}),
    ],
)
def test_a_payload_read_where_it_is_empty_is_cured_by_one_click(make, until, cure, node, config):
    editor = make(
        START,
        BEHIND,
        ("Note", "log", {"message": "{{ payload.id }}"}),
        edges=["Start > Behind", "Behind.output > Note"],
    )
    expect(editor.node("Note").get_by_text("problem")).to_be_attached()

    editor.tab("Problems")
    editor.drawer.get_by_role("button", name=cure).click()

    expect(editor.node("Note").get_by_text("problem")).not_to_be_attached()
    editor.expect_saved()
    stored = {each["name"]: each["config"] for each in make.stored()["graph"]["nodes"]}
    assert config.items() <= stored[node].items()
    assert make.stored()["problems"] == []
    editor.canvas.press("Control+z")
    expect(editor.node("Note").get_by_text("problem")).to_be_attached()


@pytest.mark.parametrize(
    ("choice", "undone"), [("Keep mine", None), ("Take theirs", "Take the other version")]
)
def test_when_someone_else_saved_in_between_one_chooses_and_nothing_is_lost(
    make, client, complaints, choice, undone
):
    editor = make(START, NOTE, edges=["Start > Note"])
    theirs = make.stored()
    theirs["graph"]["nodes"].append(graph(("Theirs", "delay")).to_document()["nodes"][0])
    body = {"revision": theirs["revision"], "graph": theirs["graph"]}
    assert client.call("PATCH", f"workflows/{make.workflow}/", body)[0] == 200

    editor.add("Template")
    dialog = editor.page.get_by_role("dialog", name="This workflow was changed elsewhere")
    expect(dialog).to_contain_text("Theirs")
    expect(dialog).to_contain_text("Template")
    dialog.get_by_role("button", name=choice).click()

    editor.expect_saved()
    kept = "Template" if choice == "Keep mine" else "Theirs"
    assert names(make.stored()["graph"]) == sorted(["Note", "Start", kept])
    if undone:
        editor.page.get_by_role("button", name=f"Undo: {undone}").click()
        expect(editor.node("Template")).to_be_visible()
    complaints[:] = [text for text in complaints if "status of 409" not in text]


def test_what_is_edited_offline_is_kept_and_saved_when_the_network_is_back(make, expect_lost_network):
    editor = make(START, NOTE, edges=["Start > Note"])
    editor.select("Note")
    context = editor.page.context

    context.set_offline(True)
    expect(editor.connection).to_have_text("Offline")
    editor.add("Template")
    editor.field("Template").fill("written offline")
    expect(editor.save_state).to_have_text("Offline")
    assert names(make.stored()["graph"]) == ["Note", "Start"]
    context.set_offline(False)

    expect(editor.connection).to_have_text("Live", timeout=15_000)
    editor.expect_saved()
    [written] = [node for node in make.stored()["graph"]["nodes"] if node["name"] == "Template"]
    assert written["config"]["template"] == "written offline"


def test_what_is_edited_offline_outlives_the_page(make, expect_lost_network):
    editor = make(START, NOTE, edges=["Start > Note"])

    editor.page.context.set_offline(True)
    editor.add("Template")
    expect(editor.save_state).to_have_text("Offline")
    address = editor.page.url
    editor.page.goto("about:blank")
    editor.page.context.set_offline(False)
    editor.open(address)

    expect(editor.node("Template")).to_be_visible()
    editor.expect_saved()
    assert names(make.stored()["graph"]) == ["Note", "Start", "Template"]


def test_a_studio_that_is_killed_while_a_browser_watches_ends_the_branch_before_its_eyes(
    make, studio_server, until, expect_lost_network
):
    editor = make(
        START,
        BEHIND,
        ("Slow", "delay", {"seconds": 2}),
        NOTE,
        edges=["Start > Behind", "Behind.output > Slow", "Slow > Note"],
    )
    editor.write_event("order.placed", "{}")
    editor.fire()
    expect(editor.node("Slow")).to_have_attribute("data-status", "running")

    studio_server.kill()
    expect(editor.connection).to_have_text("Reconnecting")
    studio_server.start()

    expect(editor.connection).to_have_text("Live", timeout=20_000)
    expect(editor.test_run).to_have_attribute("data-status", "succeeded", timeout=15_000)
    expect(editor.node("Note")).to_have_attribute("data-status", "succeeded")
    editor.tab("Runs")
    [root] = studio_server.rows(
        "SELECT id FROM flowstudio_run WHERE parent_id IS NULL ORDER BY queued DESC LIMIT 1"
    )
    stored = studio_server.rows(
        "SELECT step.id, step.seq FROM flowstudio_step step JOIN flowstudio_run run ON run.id = step.run_id"
        " WHERE run.root_id = ?",
        *root,
    )
    listed = until(lambda: len(found := editor.listed_steps()) == len(stored) and found)
    assert sorted((step.replace("-", ""), seq) for step, seq in listed) == sorted(stored)
