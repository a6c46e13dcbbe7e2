import { describe, expect, test } from "vitest";
import * as templates from "@/workflows/templates";

describe("a file to import", () => {
  test("is taken when it is a graph document, named after the file", () => {
    const text = JSON.stringify({ format: "flowstudio/1", nodes: [], edges: [] });

    expect(templates.fromFile("Order placed.json", text)).toEqual({
      name: "Order placed",
      graph: { format: "flowstudio/1", nodes: [], edges: [] },
    });
  });

  test.each([
    ["{", /x\.json: This is not the JSON of a graph/],
    ["null", /not a graph of FlowStudio/],
    ['{"nodes": []}', /not a graph of FlowStudio/],
    ['{"format": "flowstudio/1", "nodes": [{}], "edges": []}', /incomplete/],
  ])("%j is refused in words", (text, message) => {
    expect(() => templates.fromFile("x.json", text)).toThrow(message);
  });
});

test("each webhook begins at an address of its own", () => {
  const path = () => templates.webhook().graph.nodes[0]?.config.path;

  expect(path()).toMatch(/^[A-Za-z0-9_-]{16,100}$/);
  expect(path()).not.toBe(path());
});

test("edges of templates lead between their nodes", () => {
  for (const { graph } of [templates.empty(), templates.background(), templates.webhook()]) {
    const ids = new Set(graph.nodes.map((node) => node.id));
    expect(graph.edges.every((edge) => ids.has(edge.source) && ids.has(edge.target))).toBe(true);
  }
});
