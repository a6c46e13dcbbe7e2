import { describe, expect, test } from "vitest";
import { pagesOf, roundWords } from "@/inspector/io/iterations";
import { RunStore } from "@/run/store";
import { Trace } from "@/run/trace";
import { nodeView, roundsInWords } from "@/run/view";
import { makeRun, makeStep } from "./rows";

const round = (iteration: string, fields: Partial<Parameters<typeof makeStep>[0]> = {}) =>
  makeStep({ node: "b", iteration, id: `b:${iteration}`, ...fields });

function traceOf(...steps: ReturnType<typeof makeStep>[]) {
  const trace = new Trace();
  trace.addRun(makeRun({ id: "root" }));
  trace.addSteps("root", steps, 1);
  return trace;
}

describe("a node in a loop", () => {
  test("shows the worst of its rounds: failed before running before succeeded", () => {
    const rounds = [
      round("0"),
      round("1", { status: "running" }),
      round("2", { status: "failed" }),
      round("3"),
    ];
    expect(nodeView(traceOf(...rounds), "b")).toMatchObject({ status: "failed", iteration: "2" });
    expect(nodeView(traceOf(...rounds.slice(0, 2)), "b")?.status).toBe("running");
    expect(nodeView(traceOf(round("0"), round("1")), "b")?.status).toBe("succeeded");
  });

  test("counts its rounds", () => {
    const view = nodeView(traceOf(round("0"), round("1"), round("2", { status: "running" })), "b");
    expect(roundsInWords(view?.rounds as never)).toBe("2 of 3");
    expect(roundsInWords({ begun: 120, ended: 120, failed: 1 })).toBe("1 failed of 120");
    expect(nodeView(traceOf(makeStep({ node: "b" })), "b")?.rounds).toBeNull();
  });
});

describe("pages", () => {
  const steps = ["10", "2", "2.0", "1"].map((each) =>
    round(each, each === "2.0" ? { status: "failed" } : {}),
  );
  const at = (iteration: string) => steps.find((step) => step.iteration === iteration) as (typeof steps)[0];

  test("go by number and from the outside in", () => {
    const pages = pagesOf(steps, at("2"), false);
    expect([pages.at, pages.of]).toEqual([1, 4]);
    expect([pages.before?.iteration, pages.after?.iteration]).toEqual(["1", "2.0"]);
    expect(roundWords(at("2.0"))).toBe("index 2 › 0");
  });

  test("of what failed lead from a round between them to the next", () => {
    const pages = pagesOf(steps, at("1"), true);
    expect([pages.at, pages.of, pages.before, pages.after?.iteration]).toEqual([null, 1, undefined, "2.0"]);
  });
});

describe("a called run", () => {
  const call = { id: "called", root: "root", parent: "root", parent_node: "c", call: 1, start_node: "b" };

  function watching(runId: string) {
    const store = new RunStore((apply) => apply());
    store.watch(runId);
    store.addSteps("called", [makeStep({ node: "b", run: "called", status: "failed" })], 1);
    store.addSteps("branch", [makeStep({ node: "d", run: "branch" })], 1);
    store.addRun(makeRun({ id: "root", start_node: "c" }));
    store.addRun(
      makeRun({ id: "branch", root: "root", parent: "called", kind: "background", parent_node: "b" }),
    );
    store.addRun(makeRun(call));
    store.addSteps("root", [makeStep({ node: "c", run: "root" }), makeStep({ node: "b", run: "root" })], 1);
    return store;
  }

  test("is not merged onto its caller's canvas, though nodes may have the same id", () => {
    const store = watching("root");
    expect(store.nodeRun("b")?.status).toBe("succeeded");
    expect(store.nodeRun("d")).toBeUndefined();
    expect(store.tree().runs.map((row) => row.run.id)).toEqual(["root"]);
  });

  test("has a canvas of its own, with its branches", () => {
    const store = watching("called");
    expect(store.nodeRun("b")?.status).toBe("failed");
    expect(store.nodeRun("c")).toBeUndefined();
    expect(store.tree().root?.id).toBe("called");
    expect(store.tree().runs.map((row) => row.run.id)).toEqual(["called", "branch"]);
  });

  test("is what the calling step leads to, the newest attempt of it", () => {
    const { trace } = watching("root");
    trace.addRun(makeRun({ ...call, id: "again", call: 2 }));
    expect(trace.calledBy(makeStep({ node: "c", run: "root" }))?.id).toBe("again");
    expect(trace.calledBy(makeStep({ node: "c", run: "root", iteration: "1" }))).toBeUndefined();
  });
});
