import { expect, test } from "vitest";
import { shift, viewportFor } from "@/canvas/camera";

test("what lies inside is not moved, what sticks out is moved just enough", () => {
  expect(shift(100, 200, 800)).toBe(0);
  expect(shift(20, 200, 800)).toBe(52);
  expect(shift(700, 200, 800)).toBe(-172);
});

test("a graph is shown whole, in the middle above the controls, and never magnified beyond what is asked", () => {
  const room = { width: 1000, height: 800 };

  expect(viewportFor({ x: 0, y: 0, width: 200, height: 100 }, room, 1)).toEqual({ x: 400, y: 334, zoom: 1 });
  expect(viewportFor({ x: 0, y: 0, width: 4000, height: 100 }, room, 1).zoom).toBeLessThan(0.25);
});
