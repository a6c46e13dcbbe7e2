import { expect, test } from "vitest";
import { cut, fresh, read, write } from "@/model/clipboard";
import { graph, node, PLUGINS, plugin } from "../graphs";

const document = graph(
  [node("a", "log", { text: '{{ node("B").x }}' }), node("b", "log", {}, 300), node("c", "log", {}, 600)],
  ["a>b", "b>c"],
);

test("edges between copied nodes come along, others do not", () => {
  const fragment = cut(document, { nodes: ["a", "b"] });

  expect(fragment.edges.map((edge) => edge.id)).toEqual(["e0"]);
});

test("pasting gives fresh ids and names, and references follow the new names", () => {
  const fragment = read(write(document, { nodes: ["a", "b"] }, PLUGINS) ?? "");
  if (typeof fragment === "string") throw new Error(fragment);

  const pasted = fresh(fragment, document, [1000, 500]);

  expect(pasted.nodes.map((each) => each.name)).toEqual(["A 2", "B 2"]);
  expect(pasted.nodes[0]?.config).toEqual({ text: '{{ node("B 2").x }}' });
  expect(new Set([...document.nodes, ...pasted.nodes].map((each) => each.id)).size).toBe(5);
  expect(pasted.edges).toHaveLength(1);
  expect(pasted.edges[0]?.source).toBe(pasted.nodes[0]?.id);
  expect(pasted.nodes.map((each) => each.position)).toEqual([
    [850, 500],
    [1150, 500],
  ]);
});

test("the values of secret fields are not copied", () => {
  const hook = plugin("hook", {
    config_schema: { properties: { path: {}, secret: { type: "string", "x-ui": { secret: true } } } },
  });
  const one = graph([node("h", "hook", { path: "p", secret: "s3cret" })]);

  const text = write(one, { nodes: ["h"] }, { hook });

  expect(text).toContain('"path": "p"');
  expect(text).not.toContain("s3cret");
});

test.each([
  ["hello", "not the JSON of a graph"],
  ['{"format": "other"}', "not a graph of FlowStudio"],
  ['{"format": "flowstudio/1", "nodes": 1, "edges": []}', "no list of nodes"],
  ['{"format": "flowstudio/1", "nodes": [{"id": "a"}], "edges": []}', "incomplete"],
  ["null", "not a graph of FlowStudio"],
])("text that is no graph is refused with the reason: %s", (text, reason) => {
  expect(read(text)).toContain(reason);
});
