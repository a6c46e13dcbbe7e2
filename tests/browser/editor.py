"""The editor as a person uses it: found by the names that a person reads, used by mouse and keys."""

import re

from playwright.sync_api import Locator, Page, expect


class Editor:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.canvas = page.locator("#canvas")
        self.inspector = page.get_by_role("complementary", name="Inspector")
        self.drawer = page.get_by_role("region", name="Test, runs and problems")
        self.steps = page.get_by_role("listbox", name="Steps").get_by_role("option")
        self.test_run = page.get_by_role("region", name="Test run")
        self.save_state = page.locator("[data-save-state]")
        self.properties = page.locator('[contenteditable][aria-label="Event properties"]')
        self.connection = page.locator("[data-connection]")

    # ── The workflow ────────────────────────────────────────────────────────────────────────────────

    def open(self, address: str) -> "Editor":
        """The address of a workflow, with what it opens at once drawn."""
        self.page.goto(address)
        expect(self.page.get_by_label("Name of the workflow")).to_be_visible()
        expect(self.connection).to_have_text("Live")
        return self

    def expect_saved(self) -> None:
        expect(self.save_state).to_have_text("Saved", timeout=10_000)

    def tab(self, name: str) -> None:
        """A tab of the drawer or of the inspector."""
        tab = self.page.get_by_role("tab", name=re.compile(f"^{name}"))
        if tab.get_attribute("aria-selected") != "true":
            tab.click()

    # ── The graph ───────────────────────────────────────────────────────────────────────────────────

    def node(self, name: str) -> Locator:
        return self.page.get_by_role("group", name=re.compile(f"^{re.escape(name)}, "))

    def nodes(self) -> list[str]:
        """The names of the nodes that are drawn, sorted."""
        labels = self.canvas.locator(".fs-node").evaluate_all("all => all.map(one => one.ariaLabel)")
        return sorted(label.split(", ")[0] for label in labels)

    def place(self, name: str) -> str:
        """Where the node lies on the canvas, whatever part of it is in view."""
        return self.node(name).evaluate("node => node.closest('.react-flow__node').style.transform")

    def edges(self) -> Locator:
        return self.canvas.locator(".react-flow__edge")

    def add(self, plugin: str) -> None:
        """A click on a plugin in the list of nodes: behind the selected node, or in the middle."""
        self.offered(plugin).click()

    def drop(self, plugin: str, x: float, y: float) -> None:
        """Drag a plugin from the list of nodes to a place of the canvas."""
        self.offered(plugin).drag_to(self.canvas, target_position={"x": x, "y": y})

    def offered(self, plugin: str) -> Locator:
        listed = self.page.get_by_role("complementary", name="List of nodes")
        return listed.get_by_role("option", name=plugin, exact=True)

    def fit(self) -> None:
        """See the whole graph: what is not seen is not drawn either."""
        self.page.get_by_role("button", name="Fit the whole graph").click()

    def output(self, node: str, port: str = "payload") -> Locator:
        return self.node(node).locator(f'.source[data-handleid="{port}"]')

    def input(self, node: str, port: str = "payload") -> Locator:
        return self.node(node).locator(f'.target[data-handleid="{port}"]')

    def draw_edge(self, source: Locator, target: Locator) -> None:
        """From port to port by the mouse."""
        mouse = self.page.mouse
        source.hover()
        mouse.down()
        mouse.move(*_middle(target), steps=6)
        mouse.up()

    def drag(self, name: str, right: float, down: float) -> None:
        x, y = _middle(self.node(name))
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + right, y + down, steps=6)
        self.page.mouse.up()

    def select(self, name: str) -> None:
        """A click on the node's name."""
        self.node(name).get_by_text(name, exact=True).first.click()
        expect(self.inspector.get_by_role("region", name=f"Node {name}")).to_be_visible()

    def field(self, name: str) -> Locator:
        """A field to write in, of the selected node's form."""
        self.tab("Config")
        return self.inspector.get_by_role(
            "textbox", name=re.compile(rf"^{re.escape(name)}(\s*\(required\))?$")
        )

    def switch(self, name: str) -> Locator:
        """A switch of the selected node's form."""
        self.tab("Config")
        return self.inspector.get_by_role("switch", name=name)

    def toast(self, text: str | re.Pattern) -> Locator:
        return self.page.get_by_role("dialog").filter(has_text=text)

    # ── Runs ────────────────────────────────────────────────────────────────────────────────────────

    def write_event(self, event_type: str, properties: str) -> None:
        """The test event, in the editor for JSON that takes the place of a plain field once it is fetched."""
        self.tab("Test")
        self.page.get_by_label("Event type", exact=True).fill(event_type)
        self.properties.press("Control+a")
        self.page.keyboard.insert_text(properties)

    def fire(self) -> None:
        self.tab("Test")
        self.page.get_by_role("button", name="Fire test event").click()

    def data(self, node: str, pane: str) -> Locator:
        """What went into a node or came out of it in the shown run."""
        self.select(node)
        self.tab("Data")
        return self.inspector.get_by_role("region", name=pane, exact=True)

    def listed_steps(self) -> list[tuple[str, int]]:
        """Id and position of each step in the list of the shown run."""
        return self.steps.evaluate_all("all => all.map(({dataset}) => [dataset.stepId, Number(dataset.seq)])")


def _middle(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    assert box is not None, f"{locator} is not on the screen"
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
