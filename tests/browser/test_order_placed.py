"""The first minutes of a newcomer: the printed link, the examples, a branch watched while it runs."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.conftest import Studio

LATEST = 0.5  # seconds from a step's stored end to the screen
MOMENTS = 4

# Notes when each node is painted as succeeded: by the machine's clock, which the studio's times are of too.
NOTE_WHEN_SHOWN = """() => {
    window.shown = {};
    new MutationObserver((changes) => {
        for (const { target } of changes) {
            const node = target.id?.startsWith("node-") && target.dataset.status === "succeeded" && target.id;
            if (node && !(node in shown)) {
                shown[node] = null;
                requestAnimationFrame(() => { shown[node] = performance.timeOrigin + performance.now(); });
            }
        }
    }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-status"] });
}"""


@pytest.fixture(scope="module")
def studio_server(tmp_path_factory):
    """A studio that was never started before: it makes its database and its examples."""
    studio = Studio(tmp_path_factory.mktemp("data") / "new").start()
    yield studio
    studio.stop()


def test_the_printed_link_shows_three_examples(studio_page):
    names = studio_page.get_by_role("row").get_by_role("link")

    expect(names).to_have_count(3, timeout=10_000)
    assert set(names.all_inner_texts()) == {"Order placed", "GitHub triage", "Error handling"}


def test_order_placed_answers_at_once_and_each_step_of_its_branch_is_seen_while_later_ones_are_to_come(
    studio_page, editor, studio_server, until, capsys
):
    studio_page.evaluate(NOTE_WHEN_SHOWN)
    studio_page.get_by_role("link", name="Order placed").click()
    editor.tab("Test")
    studio_page.get_by_role("button", name="A large order order.placed").click()

    with studio_page.expect_response("**/test/") as answer:
        editor.fire()
    run = answer.value.json()["run"]
    assert answer.value.status == 202
    expect(editor.node("Thank the shop")).to_have_attribute("data-status", "succeeded")
    expect(editor.test_run).to_have_attribute("data-status", "running")
    expect(studio_page.get_by_role("button", name="Handed over")).to_have_count(1)
    expect(editor.node("Score the order")).to_have_attribute("data-background", "true")
    expect(editor.node("Thank the shop")).not_to_have_attribute("data-background", "true")
    expect(editor.test_run).to_have_attribute("data-status", "succeeded", timeout=15_000)
    expect(editor.node("Standard letter")).to_have_attribute("data-status", "skipped")

    ended = ends_of_branch(studio_server, run["id"])
    shown = until(lambda: times_of(studio_page, ended))
    foreground = parse(
        *studio_server.rows("SELECT ended FROM flowstudio_run WHERE id = ?", hexadecimal(run["id"]))[0]
    )
    moments = [
        node for node in ended if shown[node] - ended[node] <= LATEST and shown[node] < max(ended.values())
    ]
    with capsys.disabled():
        print(table(ended, shown, foreground))
    assert all(shown[node] - ended[node] <= LATEST for node in ended)
    assert foreground < min(ended.values()), "the foreground ended before the first step of the branch"
    assert len(moments) >= MOMENTS


def ends_of_branch(studio, root):
    """When each step of the branch ended, as stored, in this order; without the node that began it."""
    rows = studio.rows(
        "SELECT step.node, step.ended FROM flowstudio_step step"
        " JOIN flowstudio_run run ON run.id = step.run_id"
        " WHERE run.parent_id = ? AND step.node <> run.parent_node ORDER BY step.ended",
        hexadecimal(root),
    )
    return {node: parse(ended) for node, ended in rows}


def times_of(page, nodes):
    """When each node was shown as succeeded, once all are."""
    shown = page.evaluate("shown")
    times = {node: shown.get(f"node-{node}") for node in nodes}
    return all(times.values()) and {node: time / 1000 for node, time in times.items()}


def table(ended, shown, foreground):
    lines = [f"\n  {'step of the branch':20} {'ended':>8} {'shown after':>12}   still to come"]
    for node in ended:
        after = (shown[node] - ended[node]) * 1000
        open_steps = sum(end > shown[node] for end in ended.values())
        lines.append(f"  {node:20} {ended[node] - foreground:6.2f} s {after:9.0f} ms   {open_steps}")
    return "\n".join([*lines, "  (ended: after the foreground's end)"])


def parse(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def hexadecimal(identifier):
    """As SQLite keeps UUIDs."""
    return identifier.replace("-", "")
