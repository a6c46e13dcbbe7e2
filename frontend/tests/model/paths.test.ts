import { expect, test } from "vitest";
import { getAt, setAt } from "@/model/paths";

test("a value is set deep inside, and the original stays as it was", () => {
  const original = { a: { b: [1, 2] }, c: 3 };

  expect(setAt(original, ["a", "b", 1], 9)).toEqual({ a: { b: [1, 9] }, c: 3 });
  expect(setAt(original, ["x", "y"], 1)).toEqual({ ...original, x: { y: 1 } });
  expect(original).toEqual({ a: { b: [1, 2] }, c: 3 });
});

test("undefined takes a key or an item away", () => {
  expect(setAt({ a: 1, b: 2 }, ["a"], undefined)).toEqual({ b: 2 });
  expect(setAt([1, 2, 3], [1], undefined)).toEqual([1, 3]);
});

test("a path that leads nowhere reads as undefined", () => {
  expect(getAt({ a: null }, ["a", "b"])).toBeUndefined();
});
