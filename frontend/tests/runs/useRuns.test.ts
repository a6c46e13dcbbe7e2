import { describe, expect, test } from "vitest";
import { EVERY_RUN, fits, merge } from "@/runs/useRuns";
import { makeRun } from "../run/rows";

const at = (second: number) => `2026-01-01T00:00:0${second}Z`;

describe("runs that were read, joined by news", () => {
  test("new runs come first", () => {
    const read = [makeRun({ id: "a", queued: at(1) })];

    const merged = merge(read, [makeRun({ id: "b", queued: at(2) })], EVERY_RUN, "w");

    expect(merged.map((run) => run.id)).toEqual(["b", "a"]);
  });

  test("a run that ended meanwhile is replaced, and never goes back", () => {
    const open = makeRun({ id: "a", queued: at(1) });
    const ended = makeRun({ id: "a", queued: at(1), status: "succeeded", ended: at(3) });

    expect(merge([open], [ended], EVERY_RUN, "w")[0]?.status).toBe("succeeded");
    expect(merge([ended], [open], EVERY_RUN, "w")[0]?.status).toBe("succeeded");
  });

  test("other workflows' runs and runs of pages that were not read stay out", () => {
    const read = [makeRun({ id: "c", queued: at(3) })];
    const news = [
      makeRun({ id: "x", workflow: "other", queued: at(4) }),
      makeRun({ id: "old", queued: at(1) }),
    ];

    expect(merge(read, news, EVERY_RUN, "w").map((run) => run.id)).toEqual(["c"]);
  });

  test("a run that fits the filter no longer leaves the list", () => {
    const read = [makeRun({ id: "a", status: "running", queued: at(1) })];
    const ended = makeRun({ id: "a", status: "failed", queued: at(1), ended: at(2) });

    expect(merge(read, [ended], { status: "running", which: "all" }, "w")).toEqual([]);
  });
});

test("runs are told apart by kind and by origin", () => {
  const background = makeRun({ id: "a", kind: "background", is_test: false });

  expect(fits(background, { status: "all", which: "background" })).toBe(true);
  expect(fits(background, { status: "all", which: "event" })).toBe(true);
  expect(fits(background, { status: "all", which: "test" })).toBe(false);
  expect(fits(background, { status: "failed", which: "all" })).toBe(false);
});
