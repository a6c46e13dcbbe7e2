import { describe, expect, test } from "vitest";
import type { GraphDocument } from "@/api/types";
import { filled } from "@/model/compare";
import { sameGraph } from "@/runs/open";
import { graphOf } from "../run/rows";

const change = (graph: GraphDocument, recipe: (copy: GraphDocument) => void): GraphDocument => {
  const copy = structuredClone(graph);
  recipe(copy);
  return copy;
};
const node = (graph: GraphDocument) => {
  const [first] = graph.nodes;
  if (!first) throw new Error("no node");
  return first;
};

describe("a run is shown on the draft when both do the same", () => {
  const graph = change(graphOf("a->b", "b->c"), (copy) => {
    node(copy).config = { one: 1, two: { x: 1, y: [2] } };
  });

  test("wherever the nodes lie, whatever is noted, in any order", () => {
    const moved = change(graph, (copy) => {
      node(copy).position = [500, 5];
      node(copy).settings = { notes: "Look here" };
      node(copy).config = { two: { y: [2], x: 1 }, one: 1 };
      copy.nodes.reverse();
      copy.edges.reverse();
    });

    expect(sameGraph(graph, moved)).toBe(true);
  });

  test("whatever settings the server has filled in", () => {
    const stored = change(graph, (copy) => {
      copy.nodes = copy.nodes.map(filled);
    });

    expect(sameGraph(graph, stored)).toBe(true);
  });

  const changes: Record<string, (copy: GraphDocument) => void> = {
    "another config": (copy) => {
      node(copy).config.one = 2;
    },
    "another name": (copy) => {
      node(copy).name = "Z";
    },
    "a disabled node": (copy) => {
      node(copy).settings = { disabled: true };
    },
    "an edge less": (copy) => {
      copy.edges.pop();
    },
  };
  test.each(Object.entries(changes))("but not with %s", (_, recipe) => {
    expect(sameGraph(graph, change(graph, recipe))).toBe(false);
  });
});
