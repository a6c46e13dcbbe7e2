import { describe, expect, test } from "vitest";
import type { CodeLanguage } from "@/inspector/form/CodeInput";
import { complete, type Scope } from "@/inspector/form/complete";
import { namesInFront } from "@/inspector/form/scope";
import { graph, node } from "../../graphs";

const scope: Scope = {
  payload: { total: 240, customer: { name: "Ada", mail: "ada@example.com" }, "not a name": 1 },
  event: { type: "order.placed", properties: { id: 7 } },
  nodes: ["Fetch it", "Score"],
};

/** The labels that are suggested where the text ends. */
const at = (text: string, language: CodeLanguage = "expression") =>
  complete(text, text.length, language, scope)?.suggestions.map(({ label }) => label) ?? [];

test("an empty field and the beginning of a name suggest what can be read", () => {
  expect(at("")).toEqual(["payload", "event", "run", 'node("…")']);
  expect(at("pay")).toEqual(["payload"]);
});

test("fields come from the last real payload, with what they hold", () => {
  expect(at("payload.")).toEqual(["total", "customer"]);
  expect(at("payload.total > 1 and payload.customer.m")).toEqual(["mail", "name"]);
  expect(complete("payload.t", 9, "expression", scope)?.suggestions[0]).toMatchObject({
    label: "total",
    detail: "240",
  });
});

test("what was typed is replaced, from its first letter on", () => {
  expect(complete("1 + payload.to", 14, "expression", scope)).toMatchObject({ from: 12, to: 14 });
});

test("nodes in front are suggested between the quotes of node()", () => {
  expect(at('node("')).toEqual(["Fetch it", "Score"]);
  expect(complete('node("Sc', 8, "expression", scope)?.suggestions[0]?.text).toBe('Score")');
  expect(complete('node("Sc")', 8, "expression", scope)?.suggestions[0]?.text).toBe("Score");
});

describe("in a template", () => {
  test("nothing is suggested outside of braces", () => {
    expect(at("Dear pay", "template")).toEqual([]);
    expect(at("{{ payload.total }} pay", "template")).toEqual([]);
  });

  test("inside of them it is as in an expression", () => {
    expect(at("Dear {{ event.properties.", "template")).toEqual(["id"]);
    expect(at('{"a": "{{ payload.customer.', "data")).toEqual(["name", "mail"]);
  });
});

test("inside a text nothing is suggested, nor behind what is not known", () => {
  expect(at('payload.total == "eve')).toEqual([]);
  expect(at("payload.nope.")).toEqual([]);
  expect(at("other.")).toEqual([]);
});

test("the fields of an event are known without a run", () => {
  expect(complete("event.", 6, "expression", { nodes: [] })?.suggestions.map(({ label }) => label)).toContain(
    "properties",
  );
});

test("only nodes in front of a node can be read by it", () => {
  const document = graph(
    [node("a", "log"), node("b", "log"), node("c", "log"), node("d", "log")],
    ["a>b", "b>c", "a>d"],
  );

  expect(namesInFront(document, "c")).toEqual(["A", "B"]);
});
