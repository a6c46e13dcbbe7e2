import { expect, test } from "vitest";
import type { GraphDocument } from "@/api/types";
import { edit, emptyHistory, redo, undo } from "@/model/history";
import { graph, node } from "../graphs";

const before = graph([node("a", "log", { text: "" })]);
const type = (text: string) => (draft: GraphDocument) => {
  (draft.nodes[0] as { config: unknown }).config = { text };
};

test("an edit is undone and redone, and leaves the old document as it was", () => {
  const changed = edit(before, emptyHistory(), "Edit A", type("x"));
  if (!changed) throw new Error("nothing changed");
  const undone = undo(changed.document, changed.history);
  const redone = undone && redo(undone.document, undone.history);

  expect(before.nodes[0]?.config).toEqual({ text: "" });
  expect(changed.document.nodes[0]?.config).toEqual({ text: "x" });
  expect(undone?.document).toEqual(before);
  expect(redone?.document).toEqual(changed.document);
});

test("what changes nothing is no step", () => {
  expect(edit(before, emptyHistory(), "Nothing", () => undefined)).toBeNull();
});

test("typing in one field is one step, a pause begins the next", () => {
  const first = edit(before, emptyHistory(), "Edit A", type("a"), "config:a", 0);
  const second = first && edit(first.document, first.history, "Edit A", type("ab"), "config:a", 500);
  const third = second && edit(second.document, second.history, "Edit A", type("abc"), "config:a", 5000);
  if (!second || !third) throw new Error("nothing changed");

  expect(second.history.past).toHaveLength(1);
  expect(third.history.past).toHaveLength(2);
  expect(undo(second.document, second.history)?.document).toEqual(before);
  expect(undo(third.document, third.history)?.document).toEqual(second.document);
});

test("an edit after an undo forgets what could have been redone", () => {
  const changed = edit(before, emptyHistory(), "Edit A", type("x"));
  const undone = changed && undo(changed.document, changed.history);
  const other = undone && edit(undone.document, undone.history, "Edit A", type("y"));

  expect(other?.history.future).toEqual([]);
});
