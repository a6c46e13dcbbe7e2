import { expect, test } from "vitest";
import { freeSpot, layoutOf, layoutsOf, UNWIRED } from "@/canvas/geometry";
import { graph, node, PLUGINS } from "../graphs";

const names = (ports: { name: string }[]) => ports.map((port) => port.name);

test("one output lies level with the head and has no label", () => {
  const layout = layoutOf(PLUGINS.log, node("a", "log"), UNWIRED, false);

  expect(layout.outputs).toMatchObject([{ name: "payload", labelled: false }]);
  expect(layout.inputs[0]?.y).toBe(layout.outputs[0]?.y);
});

test("every port of a node has its own place inside it", () => {
  const layout = layoutOf(PLUGINS.switch, node("x", "switch", { cases: ["a", "b"] }), UNWIRED, false);

  expect(names(layout.outputs)).toEqual(["a", "b", "default"]);
  expect(new Set(layout.outputs.map((port) => port.y)).size).toBe(3);
  expect(Math.max(...layout.outputs.map((port) => port.y))).toBeLessThan(layout.height);
});

test("the error port is drawn when it is wired or wanted", () => {
  const wired = { inputs: new Set<string>(), outputs: new Set(["error"]) };

  expect(names(layoutOf(PLUGINS.log, node("a", "log"), UNWIRED, false).outputs)).toEqual(["payload"]);
  expect(names(layoutOf(PLUGINS.log, node("a", "log"), UNWIRED, true).outputs)).toEqual(["payload", "error"]);
  expect(names(layoutOf(PLUGINS.log, node("a", "log"), wired, false).outputs)).toEqual(["payload", "error"]);
});

test("a port that an edge names stays on the screen when the plugin has it no more", () => {
  const wired = { inputs: new Set<string>(), outputs: new Set(["gone"]) };

  expect(layoutOf(PLUGINS.log, node("a", "log"), wired, false).outputs.at(-1)).toMatchObject({
    name: "gone",
    kind: "missing",
  });
});

test("a new node covers no other", () => {
  const document = graph([node("a", "log", {}, 0, 0)]);
  const layouts = layoutsOf(document, PLUGINS, new Set());

  expect(freeSpot(document, layouts, [0, 0])[1]).toBeGreaterThanOrEqual(56);
  expect(freeSpot(document, layouts, [1000, 0])).toEqual([1000, 0]);
});
