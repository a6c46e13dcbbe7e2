import { expect, test } from "vitest";
import { parseProperties } from "@/test/properties";

test("nothing typed means no properties", () => {
  expect(parseProperties("  \n")).toEqual({ value: {}, error: null });
});

test("any JSON value may be the properties", () => {
  expect(parseProperties("[1, null]").value).toEqual([1, null]);
});

test.each([
  ['{"a": }', 1, 7, "A value is missing before }"],
  ['{\n  "a": 1,\n  oops: 2\n}', 3, 3, "A name in double quotes is missing"],
  ['{"a": 1', 1, 8, "A comma or } is missing"],
  ["{} x", 1, 4, "Something follows after the end of the value"],
  ["[1, 2,]", 1, 7, "No comma may stand before ]"],
  ['{"a" 1}', 1, 6, "A colon is missing after the name"],
  ["[True]", 1, 2, "“True” is no JSON: texts stand in double quotes"],
  ['["abc]', 1, 2, "The closing quote is missing"],
  ['["a\\x"]', 1, 2, "This text holds a character that has to be escaped"],
  ["[01]", 1, 3, "A comma or ] is missing"],
  ["[", 1, 2, "The end is missing"],
])("of %j line %i, column %i is named: %s", (text, line, column, message) => {
  expect(parseProperties(text).error).toMatchObject({ line, column, message });
});

test("wherever the browser finds an error, the place is found", () => {
  const whole = '{"a": [1, -2.5e3, "x\\n", true, null], "b": {"c": {}}}';
  for (let end = 1; end < whole.length; end++) {
    expect(parseProperties(whole.slice(0, end)).error?.position, whole.slice(0, end)).toBeGreaterThan(0);
  }
  expect(parseProperties(whole).error).toBeNull();
});
