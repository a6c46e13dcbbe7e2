import { expect, test } from "vitest";
import { step } from "@/canvas/walk";
import { graph, node } from "../graphs";

const document = graph(
  [node("s", "start", {}, 0, 0), node("a", "log", {}, 300, 0), node("b", "log", {}, 300, 200)],
  ["s>a", "s>b"],
);

test("right follows an edge, left goes back, up and down change between branches", () => {
  expect(step(document, "s", "right")).toBe("a");
  expect(step(document, "a", "down")).toBe("b");
  expect(step(document, "b", "up")).toBe("a");
  expect(step(document, "b", "left")).toBe("s");
});

test("where nothing is selected it begins at the left", () => {
  expect(step(document, null, "right")).toBe("s");
});

test("at the end there is nowhere to go", () => {
  expect(step(document, "a", "right")).toBeNull();
});
