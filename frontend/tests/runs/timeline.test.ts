import { expect, test } from "vitest";
import { barOf, spanOf } from "@/runs/timeline";
import { makeRun, makeStep } from "../run/rows";

const second = (number: number) => `2026-01-01T00:00:${String(number).padStart(2, "0")}.000Z`;
const now = Date.parse(second(20));

test("time reaches from the first that was queued to the last that ended", () => {
  const runs = [
    makeRun({ id: "a", queued: second(0), ended: second(2) }),
    makeRun({ id: "b", queued: second(1), ended: second(10) }),
  ];

  expect(spanOf(runs, [], now)).toEqual({ begin: Date.parse(second(0)), end: Date.parse(second(10)) });
});

test("while something goes on it reaches to now", () => {
  expect(spanOf([makeRun({ id: "a", queued: second(0) })], [], now).end).toBe(now);
});

test("a bar shows waiting before running", () => {
  const span = { begin: Date.parse(second(0)), end: Date.parse(second(10)) };
  const step = makeStep({ node: "a", queued: second(2), started: second(4), ended: second(9) });

  expect(barOf(step, span, now)).toEqual({ waitFrom: 0.2, from: 0.4, to: 0.9 });
});

test("a step that runs still reaches to now, and never beyond the whole", () => {
  const span = { begin: Date.parse(second(0)), end: Date.parse(second(10)) };
  const step = makeStep({ node: "a", status: "running", started: second(5) });

  expect(barOf(step, span, now)?.to).toBe(1);
});
