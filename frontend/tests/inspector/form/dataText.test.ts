import { expect, test } from "vitest";
import { fromText, toText } from "@/inspector/form/dataText";

test("JSON comes back as the value it is", () => {
  const value = { order: "{{ payload.id }}", list: [1, null] };

  expect(fromText(toText(value), null)).toEqual({ value });
});

test("a lone expression is written without quotes", () => {
  expect(toText("{{ payload }}")).toBe("{{ payload }}");
  expect(fromText(" {{ payload }} ", null)).toEqual({ value: "{{ payload }}" });
});

test("an empty text stands for what the field has by default", () => {
  expect(fromText("  ", null)).toEqual({ value: null });
  expect(fromText("", {})).toEqual({ value: {} });
  expect(toText({})).toBe("");
});

test("what is not JSON yet is said with its line", () => {
  const read = fromText('{\n  "a": 1\n  "b": 2\n}', null);

  expect("error" in read && read.error).toMatch(/^Line 3: /);
});
