import { expect, test } from "vitest";
import { formatAgo, formatBytes, formatDuration, plural } from "@/run/format";

test.each([
  [0.4, "<1 ms"],
  [12.4, "12 ms"],
  [1_240, "1.2 s"],
  [9_960, "10 s"],
  [61_000, "1 m 01 s"],
  [4_800_000, "1 h 20 m"],
])("%d ms are %s", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test.each([
  [12, "12 B"],
  [1_500, "1.5 kB"],
  [256_000, "256 kB"],
  [1_200_000, "1.2 MB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test("ago is as coarse as it is long", () => {
  const now = Date.parse("2026-01-01T12:00:00Z");

  expect(formatAgo("2026-01-01T11:59:58Z", now)).toBe("just now");
  expect(formatAgo("2026-01-01T11:59:20Z", now)).toBe("40 s ago");
  expect(formatAgo("2026-01-01T09:00:00Z", now)).toBe("3 h ago");
});

test("one is singular", () => {
  expect([plural(1, "step"), plural(2, "step")]).toEqual(["1 step", "2 steps"]);
});
