import { expect, test } from "vitest";
import type { JsonObject } from "@/api/types";
import { asExpression, asLiteral, expressionIn, fieldsOf, grouped, isShown } from "@/inspector/form/schema";

const one = (schema: JsonObject, definitions: JsonObject = {}) =>
  fieldsOf({ properties: { f: schema }, required: [], $defs: definitions })[0];

test.each<[string, JsonObject]>([
  ["text", { type: "string" }],
  ["expression", { type: "string", "x-kind": "expression" }],
  ["template", { type: "string", "x-kind": "template" }],
  ["data", { "x-kind": "data", default: null }],
  ["number", { type: "number" }],
  ["number", { type: "integer" }],
  ["boolean", { type: "boolean" }],
  ["choice", { type: "string", enum: ["a", "b"] }],
  ["choice", { const: "a" }],
  ["texts", { type: "array", items: { type: "string" } }],
  ["choices", { type: "array", items: { type: "string", enum: ["GET"] } }],
  ["map", { type: "object", additionalProperties: { type: "string" } }],
  ["json", { type: "object", additionalProperties: { type: "array" } }],
  ["json", { type: "array", items: { type: "object" } }],
  ["json", { anyOf: [{ type: "string" }, { type: "integer" }] }],
  ["json", {}],
])("is drawn as %s: %j", (kind, schema) => {
  expect(one(schema)?.kind).toBe(kind);
});

test("an Optional is its own kind, cleared instead of chosen", () => {
  const field = one({
    anyOf: [{ type: "integer", minimum: 1 }, { type: "null" }],
    default: null,
    title: "Limit",
  });

  expect(field).toMatchObject({ kind: "number", integer: true, nullable: true, minimum: 1, title: "Limit" });
});

test("a nested model and an enum are found behind their references", () => {
  const definitions = {
    Inner: { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
    Colour: { enum: ["red", "green"], type: "string" },
  };

  expect(one({ $ref: "#/$defs/Inner" }, definitions)?.fields).toMatchObject([{ name: "a", required: true }]);
  expect(one({ $ref: "#/$defs/Colour", default: "red" }, definitions)).toMatchObject({
    kind: "choice",
    options: ["red", "green"],
    fallback: "red",
  });
  expect(one({ type: "array", items: { $ref: "#/$defs/Colour" } }, definitions)).toMatchObject({
    kind: "choices",
    options: ["red", "green"],
  });
});

test("a fixed value becomes the expression that spells it, and comes back", () => {
  const field = one({ type: "number", default: 5 });
  if (!field) throw new Error("no field");

  expect(asExpression(30)).toEqual({ $expr: "30" });
  expect(asExpression("abc")).toEqual({ $expr: '"abc"' });
  expect(expressionIn({ $expr: "payload.x" })).toBe("payload.x");
  expect(expressionIn({ $expr: "x", other: 1 })).toBeNull();
  expect(asLiteral("30", field)).toBe(30);
  expect(asLiteral("payload.x", field)).toBe(5);
});

test("a field that depends on another shows only where that holds, defaults included", () => {
  const fields = fieldsOf({
    properties: {
      mode: { type: "string", enum: ["a", "b"], default: "a" },
      extra: { type: "string", "x-ui": { show_if: { field: "mode", value: "b" } } },
    },
  });
  const extra = fields[1];
  if (!extra) throw new Error("no field");

  expect(isShown(extra, {}, fields)).toBe(false);
  expect(isShown(extra, { mode: "b" }, fields)).toBe(true);
});

test("fields keep their order within their groups", () => {
  const fields = fieldsOf({
    properties: {
      a: { type: "string" },
      b: { type: "string", "x-ui": { group: "More" } },
      c: { type: "string" },
    },
  });

  expect(grouped(fields).map((group) => [group.name, group.fields.map((field) => field.name)])).toEqual([
    ["", ["a", "c"]],
    ["More", ["b"]],
  ]);
});
