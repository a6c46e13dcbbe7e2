"""Loops as a person draws them: boxes that hold nodes, whose rounds can be paged through."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.editor import Editor

IN_THE_LOOP = re.compile(", in For each, ")


@pytest.fixture
def editor(studio_page):
    """A new, empty workflow in the editor."""
    studio_page.set_viewport_size({"width": 1920, "height": 1080})
    studio_page.get_by_role("button", name="New workflow", exact=True).click()
    expect(studio_page.get_by_text("Begin with what starts this workflow")).to_be_visible()
    return Editor(studio_page)


def test_a_loop_is_drawn_by_mouse_and_its_body_by_dropping_nodes_into_it(editor):
    draw_loop(editor)

    expect(editor.edges()).to_have_count(2)
    assert body_of(editor, "For each") == ["Edit payload", "Log"]

    editor.select("For each")
    editor.canvas.press("Delete")
    assert editor.nodes() == ["Start"], "a loop takes its body along"
    editor.canvas.press("Control+z")
    expect(editor.toast("Undone: Delete For each and the 2 nodes in it")).to_be_visible()
    expect(editor.edges()).to_have_count(2)
    assert body_of(editor, "For each") == ["Edit payload", "Log"]


def test_no_edge_crosses_the_border_of_a_loop(editor):
    draw_loop(editor)

    editor.draw_edge(editor.output("Start"), editor.input("Log"))

    refusal = editor.page.get_by_role("alert").filter(has_text="cannot cross the border of For each")
    expect(refusal).not_to_be_empty()
    expect(editor.edges()).to_have_count(2)


def test_a_node_dragged_out_of_its_loop_loses_the_edge_through_the_border_until_that_is_undone(editor):
    draw_loop(editor)

    editor.drag("Log", 0, 400)

    expect(editor.toast("One edge was removed")).to_be_visible()
    assert body_of(editor, "For each") == ["Edit payload"]
    expect(editor.edges()).to_have_count(1)

    editor.canvas.press("Control+z")
    expect(editor.edges()).to_have_count(2)
    assert body_of(editor, "For each") == ["Edit payload", "Log"]


def test_nodes_go_into_a_loop_and_out_of_it_by_keys_alone(editor, page):
    draw_loop(editor)
    editor.select("Log")

    command(page, "Move out of the loop")
    expect(editor.node("Log")).not_to_have_accessible_name(IN_THE_LOOP)

    command(page, "Move into For each")
    expect(editor.node("Log")).to_have_accessible_name(IN_THE_LOOP)


def test_a_loop_that_is_dragged_or_copied_takes_its_body_along(editor):
    draw_loop(editor)
    edit, log = editor.place("Edit payload"), editor.place("Log")

    head = editor.node("For each").bounding_box()
    mouse = editor.page.mouse
    mouse.move(head["x"] + 150, head["y"] + 20)
    mouse.down()
    mouse.move(head["x"] + 150, head["y"] + 120, steps=6)
    mouse.up()
    assert (editor.place("Edit payload"), editor.place("Log")) != (edit, log)
    assert body_of(editor, "For each") == ["Edit payload", "Log"]

    editor.select("For each")
    editor.canvas.press("Control+d")
    editor.fit()
    assert [name for name in editor.nodes() if name.endswith(" 2")] == [
        "Edit payload 2",
        "For each 2",
        "Log 2",
    ]
    expect(editor.edges()).to_have_count(3)


def test_the_rounds_of_a_loop_are_counted_on_its_nodes_and_paged_through(editor, page):
    draw_loop(editor)
    editor.select("For each")
    editor.field("Items").fill("payload.numbers")
    editor.select("Log")
    editor.field("Message").fill("{{ 6 / payload.n }}")
    editor.write_event("numbers.came", '{"numbers": [{"n": 1}, {"n": 2}, {"n": 3}]}')

    editor.fire()

    expect(editor.node("Log").locator(".fs-node-status")).to_contain_text("×3")
    editor.select("Log")
    editor.tab("Data")
    pager = editor.inspector.get_by_role("group", name="Iterations")
    expect(pager.get_by_role("status")).to_have_text("3 of 3")
    expect(pager.get_by_role("button", name="Next iteration")).to_be_disabled()
    pager.get_by_role("button", name="Previous iteration").click()
    expect(pager.get_by_role("status")).to_have_text("2 of 3")
    expect(pager).to_contain_text("index 1")
    expect(editor.inspector.get_by_role("region", name="Input", exact=True)).to_contain_text("2")

    editor.select("Edit payload")
    expect(pager.get_by_role("status")).to_have_text("2 of 3")


def draw_loop(editor: Editor):
    """Start → For each, with Edit payload → Log in it."""
    editor.drop("Start", 200, 120)
    editor.drop("For each", 620, 120)
    box, canvas = editor.node("For each").bounding_box(), editor.canvas.bounding_box()
    left, top = box["x"] - canvas["x"], box["y"] - canvas["y"]
    editor.drop("Edit payload", left + 150, top + box["height"] - 60)
    editor.drop("Log", left + box["width"] - 20, top + box["height"] - 60)
    editor.page.keyboard.press("t")
    editor.fit()
    editor.draw_edge(editor.output("Start"), editor.input("For each"))
    editor.draw_edge(editor.output("Edit payload"), editor.input("Log"))


def body_of(editor: Editor, loop: str) -> list[str]:
    """The names of the nodes that say of themselves that they stand in the loop."""
    labels = editor.canvas.locator(".fs-node").evaluate_all("all => all.map(one => one.ariaLabel)")
    return sorted(label.split(", ")[0] for label in labels if f", in {loop}, " in label)


def command(page, title: str):
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").get_by_role("combobox").fill(title)
    expect(page.get_by_role("option", name=title).first).to_be_visible()
    page.keyboard.press("Enter")
