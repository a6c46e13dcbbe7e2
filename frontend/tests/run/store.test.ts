import { describe, expect, test } from "vitest";
import type { Step } from "@/api/types";
import { RunStore, wholeOf } from "@/run/store";
import { graphOf, makeRun, makeStep, seeded, summary } from "./rows";

/** A store whose frames are drawn when the test says so. */
function makeStore() {
  let pending: (() => void) | null = null;
  let frames = 0;
  const store = new RunStore((apply) => {
    pending = apply;
  });
  const frame = () => {
    const apply = pending;
    pending = null;
    if (apply) {
      frames += 1;
      apply();
    }
  };
  return { store, frame, frames: () => frames };
}

function watching(graph = graphOf("start->a", "a->b")) {
  const made = makeStore();
  made.store.setGraph(graph);
  made.store.watch("root");
  made.store.addRun(makeRun({ id: "root" }));
  made.frame();
  return made;
}

describe("nodes", () => {
  test("a node shows its step", () => {
    const { store, frame } = watching();

    store.addSteps("root", [makeStep({ node: "a", status: "running", seq: 1 })], 1);
    frame();

    expect(store.nodeRun("a")).toMatchObject({
      status: "running",
      runId: "root",
      isBackground: false,
      count: 1,
    });
    expect(store.nodeRun("b")).toBeUndefined();
  });

  test("frames that come before the next animation frame are applied together", () => {
    const { store, frame, frames } = watching();
    const before = frames();
    let told = 0;
    store.subscribe("node:a", () => told++);

    for (let seq = 1; seq <= 20; seq++) store.addSteps("root", [makeStep({ node: "a", seq })], seq);
    frame();

    expect(told).toBe(1);
    expect(frames() - before).toBe(1);
  });

  test("only what changed is told", () => {
    const { store, frame } = watching();
    let told = 0;
    store.subscribe("node:b", () => told++);

    store.addSteps("root", [makeStep({ node: "start", seq: 1, outputs: { payload: null } })], 1);
    frame();

    expect(told).toBe(0);
  });

  test("an unchanged node keeps its view, so that React draws nothing", () => {
    const { store, frame } = watching();
    store.addSteps("root", [makeStep({ node: "a", seq: 1 })], 1);
    frame();
    const view = store.nodeRun("a");

    store.addSteps("root", [makeStep({ node: "b", seq: 2 })], 2);
    frame();

    expect(store.nodeRun("a")).toBe(view);
  });

  test("a node that ran in several runs is counted, and shows what goes on", () => {
    const { store, frame } = watching();
    store.addRun(
      makeRun({ id: "child", root: "root", parent: "root", parent_node: "x", kind: "background" }),
    );

    store.addSteps("root", [makeStep({ node: "b", seq: 1 })], 1);
    store.addSteps("child", [makeStep({ node: "b", run: "child", status: "running", seq: 1 })], 1);
    frame();

    expect(store.nodeRun("b")).toMatchObject({
      status: "running",
      runId: "child",
      isBackground: true,
      count: 2,
    });
  });

  test("nodes to which nothing leads any more are skipped, on and on", () => {
    const { store, frame } = watching(
      graphOf("start->if", "if.true->a", "if.false->b", "b->c", "c->join", "a->join"),
    );

    store.addSteps("root", [makeStep({ node: "start", seq: 1, outputs: { payload: null } })], 1);
    store.addSteps("root", [makeStep({ node: "if", seq: 2, outputs: { true: null } })], 2);
    frame();

    expect(store.nodeRun("b")?.status).toBe("skipped");
    expect(store.nodeRun("c")?.status).toBe("skipped");
    expect(store.edgeRun("c->join")?.state).toBe("skipped");
    expect(store.nodeRun("join")).toBeUndefined();
  });

  test("an edge from a trigger that did not start the run does not hold a node back from being skipped", () => {
    const { store, frame } = watching(graphOf("start->if", "if.true->a", "hook->a"));

    store.addSteps("root", [makeStep({ node: "if", seq: 1, outputs: { false: null } })], 1);
    frame();

    expect(store.nodeRun("a")?.status).toBe("skipped");
    expect(store.nodeRun("hook")).toBeUndefined();
  });
});

describe("edges", () => {
  test("an edge follows the port that fired", () => {
    const { store, frame } = watching(graphOf("start->if", "if.true->a", "if.false->b"));

    store.addSteps("root", [makeStep({ node: "if", seq: 1, outputs: { true: summary("{}") } })], 1);
    frame();

    expect(store.edgeRun("if.true->a")).toMatchObject({
      state: "delivered",
      summary: summary("{}"),
      runId: "root",
    });
    expect(store.edgeRun("if.false->b")).toMatchObject({ state: "skipped" });
  });

  test("an edge behind a node that still runs is idle", () => {
    const { store, frame } = watching();

    store.addSteps("root", [makeStep({ node: "a", status: "running", seq: 1 })], 1);
    frame();

    expect(store.edgeRun("a->b")).toMatchObject({ state: "idle", delivered: false });
  });

  test("behind Run in background an edge is handed over, then shows what the branch delivered", () => {
    const { store, frame } = watching(graphOf("start->bg", "bg.output->a"));
    const submitted = makeStep({
      node: "bg",
      seq: 2,
      outputs: { output: summary("{}") },
      background_run: "child",
    });

    store.addSteps("root", [submitted], 2);
    frame();
    expect(store.edgeRun("bg.output->a")).toEqual({
      state: "handed_over",
      runId: "child",
      summary: null,
      delivered: false,
    });
    expect(store.nodeRun("a")).toBeUndefined();

    store.addRun(
      makeRun({
        id: "child",
        root: "root",
        parent: "root",
        parent_node: "bg",
        start_node: "bg",
        kind: "background",
      }),
    );
    const begins = makeStep({ node: "bg", run: "child", seq: 1, outputs: { output: summary('{"a":1}') } });
    store.addSteps("child", [begins], 1);
    frame();

    expect(store.edgeRun("bg.output->a")).toEqual({
      state: "handed_over",
      runId: "child",
      summary: summary('{"a":1}'),
      delivered: true,
    });
    expect(store.nodeRun("bg")).toMatchObject({
      runId: "root",
      backgroundRun: "child",
      backgroundStatus: "running",
      count: 1,
    });
  });

  test("a failing scheduling delivers over the error port in the foreground", () => {
    const { store, frame } = watching(graphOf("bg.output->a", "bg.error->b"));

    store.addSteps("root", [makeStep({ node: "bg", status: "failed", seq: 1, outputs: { error: null } })], 1);
    frame();

    expect(store.edgeRun("bg.error->b")?.state).toBe("delivered");
    expect(store.edgeRun("bg.output->a")?.state).toBe("skipped");
  });

  test("editing the graph draws the edges anew", () => {
    const { store, frame } = watching();
    store.addSteps("root", [makeStep({ node: "a", seq: 1, outputs: { payload: summary("{}") } })], 1);
    frame();

    store.setGraph(graphOf("start->a", "a->c"));
    frame();

    expect(store.edgeRun("a->c")?.state).toBe("delivered");
    expect(store.edgeRun("a->b")).toBeUndefined();
  });
});

describe("watching", () => {
  test("another run starts from nothing, and late rows of the left one are dropped", () => {
    const { store, frame } = watching();
    store.addSteps("root", [makeStep({ node: "a", seq: 1 })], 1);
    frame();

    store.watch("other");
    store.addSteps("root", [makeStep({ node: "b", seq: 2 })], 2);
    store.addRun(makeRun({ id: "root", status: "succeeded" }));
    frame();

    expect(store.nodeRun("a")).toBeUndefined();
    expect(store.nodeRun("b")).toBeUndefined();
    expect(store.tree().runs).toEqual([]);
    expect(store.trace.positions()).toEqual({});
  });

  test("a run of the same tree keeps what is known", () => {
    const { store, frame } = watching();
    store.addRun(makeRun({ id: "child", root: "root", parent: "root", kind: "background" }));
    store.addSteps("child", [makeStep({ node: "b", run: "child", seq: 4 })], 4);
    frame();

    store.watch("child");
    frame();

    expect(store.nodeRun("b")?.status).toBe("succeeded");
    expect(store.tree().root?.id).toBe("root");
    expect(store.trace.positions()).toEqual({ child: 4 });
  });

  test("a run that ended does not start again when an older row arrives late", () => {
    const { store, frame } = watching();
    store.addRun(makeRun({ id: "root", status: "succeeded", ended: "2026-01-01T00:00:02Z" }));
    store.addRun(makeRun({ id: "root", status: "running" }));
    frame();

    expect(store.tree().root?.status).toBe("succeeded");
    expect(store.tree().progress.ended).toBe(true);
  });

  test("the tree lists parents before their children", () => {
    const { store, frame } = watching();
    store.addRun(
      makeRun({ id: "grandchild", root: "root", parent: "child", queued: "2026-01-01T00:00:02Z" }),
    );
    store.addRun(makeRun({ id: "second", root: "root", parent: "root", queued: "2026-01-01T00:00:03Z" }));
    store.addRun(makeRun({ id: "child", root: "root", parent: "root", queued: "2026-01-01T00:00:01Z" }));
    frame();

    expect(store.tree().runs.map(({ run, level }) => [run.id, level])).toEqual([
      ["root", 0],
      ["child", 1],
      ["grandchild", 2],
      ["second", 1],
    ]);
  });
});

describe("a tree of runs as one", () => {
  const at = (second: number) => `2026-01-01T00:00:0${second}Z`;
  const root = makeRun({ id: "root", status: "succeeded", queued: at(0), ended: at(1) });
  const child = makeRun({ id: "child", root: "root", parent: "root", queued: at(1), kind: "background" });

  test("goes on as long as a branch does", () => {
    expect(wholeOf([root, child])).toEqual({ began: at(0), ended: null, status: "running" });
  });

  test("ends with the last branch, and failed when any of them did", () => {
    const failed = { ...child, status: "failed" as const, ended: at(5) };

    expect(wholeOf([root, failed])).toEqual({ began: at(0), ended: at(5), status: "failed" });
  });

  test("is queued until anything has begun", () => {
    expect(wholeOf([makeRun({ id: "root", status: "queued" })]).status).toBe("queued");
  });
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  "frames doubled, cut and out of order leave exactly the rows of the record (%i)",
  (seed) => {
    const random = seeded(seed);
    const runs = ["root", "child", "grandchild"];
    const history: Step[] = [];
    const record = new Map<string, Step>();
    for (const run of runs) {
      for (let seq = 1; seq <= 60; seq++) {
        const node = `n${Math.floor(random() * 20)}`;
        const status = random() < 0.5 ? "running" : random() < 0.9 ? "succeeded" : "failed";
        const step = makeStep({ node, run, seq, status, outputs: { payload: summary(`${run}/${seq}`) } });
        history.push(step);
        record.set(step.id, step);
      }
    }
    const arrivals = [...history, ...history.filter(() => random() < 0.4)].sort(() => random() - 0.5);

    const { store, frame } = watching(graphOf("n1->n2"));
    for (const run of runs.slice(1)) store.addRun(makeRun({ id: run, root: "root", parent: "root" }));
    for (const step of arrivals) {
      store.addSteps(step.run, [step], step.seq);
      if (random() < 0.2) frame();
    }
    frame();

    const byId = (a: Step, b: Step) => (a.id < b.id ? -1 : 1);
    expect([...store.steps()].sort(byId)).toEqual([...record.values()].sort(byId));
    expect(store.trace.positions()).toEqual({ root: 60, child: 60, grandchild: 60 });
    expect(store.tree().progress.steps).toBe(record.size);
  },
);
