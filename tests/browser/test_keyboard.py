"""The whole way without a mouse: add, connect, configure, fire, look."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def keys(studio_page):
    """Presses of keys, one after another, wherever the focus is."""

    def press(*names):
        for name in names:
            studio_page.keyboard.press(name)

    press.write = studio_page.keyboard.type
    return press


def test_a_workflow_is_added_connected_configured_and_fired_by_keys_alone(studio_page, editor, keys):
    studio_page.get_by_role("button", name="New workflow").focus()
    keys("Enter")
    expect(editor.canvas).to_be_visible()
    tab_to(editor.canvas, keys)

    add(studio_page, keys, "run in background")
    expect(editor.node("Start")).to_be_visible()
    keys("Escape")  # nothing is selected: the next node stands alone
    add(studio_page, keys, "template")
    expect(editor.edges()).to_have_count(1)

    walk_to(editor, keys, "Run in background")
    keys("c")
    expect(studio_page.get_by_text("Run in background · output → Template")).to_be_visible()
    keys("Enter")
    expect(editor.edges()).to_have_count(2)

    walk_to(editor, keys, "Template")
    keys("Enter")
    expect(editor.inspector.locator(":focus")).to_have_count(1)
    tab_to(editor.field("Template"), keys)
    keys.write("By hand for {{ event.properties.id }}")
    keys("Control+Enter")
    expect(editor.test_run).to_have_attribute("data-status", "failed", timeout=10_000)
    tab_to(editor.properties, keys, "Shift+Tab")
    keys("Control+a")
    keys.write('{"id": "A-9"}')
    keys("Control+Enter")
    expect(editor.test_run).to_have_attribute("data-status", "succeeded", timeout=10_000)
    expect(studio_page.get_by_role("button", name="Payload: {}")).to_be_visible()
    editor.expect_saved()


def add(page, keys, words):
    """From the canvas: open the list of nodes, search, take the first."""
    keys("/")
    expect(page.get_by_role("combobox", name="Add a node")).to_be_focused()
    keys.write(words)
    keys("Enter")


def walk_to(editor, keys, name):
    """Along the edges from the first node."""
    keys("Escape")
    for _ in range(10):
        keys("Alt+ArrowRight")
        if editor.node(name).get_attribute("data-selected") == "true":
            return
    raise AssertionError(f"the keys do not reach {name}")


def tab_to(locator, keys, key="Tab"):
    """However many stops there are before it."""
    for _ in range(80):
        if locator.evaluate("one => one === document.activeElement"):
            return
        keys(key)
    raise AssertionError(f"{key} does not reach {locator}")
