import { describe, expect, test } from "vitest";
import type { Json } from "@/api/types";
import {
  difference,
  expressionPath,
  type Folding,
  find,
  flatten,
  NO_FOLDING,
  PAGE,
  pointer,
  type Row,
  valueAt,
} from "@/inspector/io/tree";

const folding = (byHand: Record<string, boolean>, pages: Record<string, number> = {}): Folding => ({
  byHand: new Map(Object.entries(byHand)),
  pages: new Map(Object.entries(pages)),
});
const ids = (rows: Row[]) => rows.map((row) => row.id);

describe("folding", () => {
  test("a small value lies open", () => {
    expect(ids(flatten({ a: 1, b: { c: [true] } }, NO_FOLDING))).toEqual(["", "/a", "/b", "/b/c", "/b/c/0"]);
  });

  test("what is folded by hand hides its children", () => {
    expect(ids(flatten({ a: 1, b: { c: [true] } }, folding({ "/b": false })))).toEqual(["", "/a", "/b"]);
  });

  test("what is large stays folded until it is asked for", () => {
    const large = { rows: Array.from({ length: 40 }, (_, index) => index) };

    expect(flatten(large, NO_FOLDING)).toHaveLength(2);
    expect(flatten(large, folding({ "/rows": true }))).toHaveLength(42);
  });

  test("an empty container and a short text cannot be unfolded", () => {
    expect(flatten({ a: [], b: {}, c: "short" }, NO_FOLDING).map((row) => row.open)).toEqual([
      true,
      null,
      null,
      null,
    ]);
  });

  test("a long text inside is folded", () => {
    expect(flatten(["x".repeat(500)], NO_FOLDING)[1]?.open).toBe(false);
    expect(flatten(["two\nlines"], folding({ "/0": true }))[1]?.open).toBe(true);
  });

  test("a text that is all there is lies open", () => {
    expect(flatten("two\nlines", NO_FOLDING)[0]?.open).toBe(true);
  });

  test("a long list comes in pages, and the rest is counted", () => {
    const list: Json = Array.from({ length: PAGE * 2 + 7 }, (_, index) => index);

    const first = flatten(list, NO_FOLDING);
    expect(first).toHaveLength(1 + PAGE + 1);
    expect(first.at(-1)).toMatchObject({ more: PAGE + 7, level: 1 });

    expect(flatten(list, folding({}, { "": 2 }))).toHaveLength(1 + PAGE * 2 + 7);
  });

  test("a megabyte unfolds without growing slow", () => {
    const big: Json = Array.from({ length: 20_000 }, (_, id) => ({
      id,
      name: `row ${id}`,
      tags: ["a", "b"],
    }));
    const byHand = new Map(big.map((_, index) => [`/${index}`, true]));
    const began = performance.now();

    const rows = flatten(big, { byHand, pages: new Map([["", 100]]) });

    expect(rows.length).toBeGreaterThan(80_000);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

describe("finding", () => {
  test("names and values are found, with everything on the way to them", () => {
    const value = { order: { id: 7, lines: [{ sku: "Pear" }, { sku: "fig" }] }, other: 1 };

    const found = find(value, "pear");

    expect([...found.matches]).toEqual(["/order/lines/0/sku"]);
    expect(ids(flatten(value, NO_FOLDING, found.shown))).toEqual([
      "",
      "/order",
      "/order/lines",
      "/order/lines/0",
      "/order/lines/0/sku",
    ]);
  });

  test("what is not there leaves the top alone", () => {
    expect(find({ a: 1 }, "zebra").shown).toEqual(new Set([""]));
  });
});

describe("paths", () => {
  test.each([
    [["items", 0, "name"], "payload.items[0].name"],
    [["unit price"], 'payload["unit price"]'],
    [["x-y", "_z"], 'payload["x-y"]._z'],
    [[], "payload"],
  ] as const)("%j reads %s", (path, expected) => {
    expect(expressionPath(path, "payload")).toBe(expected);
  });

  test("a pointer escapes what it must", () => {
    expect(pointer(["a/b", "~", 3])).toBe("/a~1b/~0/3");
  });

  test("nothing is read from a prototype", () => {
    expect(valueAt({}, ["constructor"])).toBeUndefined();
    expect(valueAt([1], ["length"])).toBeUndefined();
  });
});

describe("what changed", () => {
  const before = { total: 10, customer: { name: "Ada" }, tags: ["a"] };
  const mark = (after: Json) => {
    const marked = flatten(after, NO_FOLDING).map((row) => [row.id, difference(before, row)] as const);
    return Object.fromEntries(marked.filter(([, change]) => change));
  };

  test("new names and other values are marked, the rest is not", () => {
    expect(mark({ total: 12, customer: { name: "Ada", vip: true }, tags: ["a"] })).toEqual({
      "/total": "changed",
      "/customer/vip": "added",
    });
  });

  test("of something new only the top is marked", () => {
    expect(mark({ ...before, score: { value: 1 } })).toEqual({ "/score": "added" });
  });

  test("another kind of value is a change", () => {
    expect(mark({ ...before, customer: null })).toEqual({ "/customer": "changed" });
  });

  test("without something to compare nothing is marked", () => {
    expect(flatten({ a: 1 }, NO_FOLDING).map((row) => difference(undefined, row))).toEqual([null, null]);
  });
});
