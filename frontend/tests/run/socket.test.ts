import { beforeEach, describe, expect, test } from "vitest";
import type { Run, Step } from "@/api/types";
import { backOff, LiveConnection, type Receiver, type Surroundings } from "@/run/socket";
import { makeRun, makeStep } from "./rows";

/** The browser's end of a socket, with the server's end in the test's hands. */
class Wire {
  readyState = 0;
  sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
  }
  accept() {
    this.readyState = 1;
    this.onopen?.();
  }
  says(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  breaks(code = 1006, reason = "") {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }
}

class World implements Surroundings {
  wires: Wire[] = [];
  timers: { run: () => void; at: number; gone: boolean }[] = [];
  time = 0;
  answers: Record<string, unknown> = {};
  asked: string[] = [];
  failure: string | null = null;
  open() {
    const wire = new Wire();
    this.wires.push(wire);
    return wire as unknown as WebSocket;
  }
  async get<Result>(path: string, query?: Record<string, string | number>): Promise<Result> {
    const asked = query ? `${path}?${new URLSearchParams(query as Record<string, string>)}` : path;
    this.asked.push(asked);
    if (this.failure) throw this.failure;
    return this.answers[asked] as Result;
  }
  isSignedOut = (error: unknown) => error === "signed out";
  isOffline = (error: unknown) => error === "offline";
  now = () => this.time;
  random = () => 0.5;
  later(run: () => void, milliseconds: number) {
    const timer = { run, at: this.time + milliseconds, gone: false };
    this.timers.push(timer);
    return () => {
      timer.gone = true;
    };
  }
  get wire(): Wire {
    const wire = this.wires.at(-1);
    if (!wire) throw new Error("no socket was opened");
    return wire;
  }
  /** Let time pass, and what was waiting for it happen. */
  async pass(milliseconds: number) {
    const end = this.time + milliseconds;
    for (;;) {
      const next = this.timers
        .filter((timer) => !timer.gone && timer.at <= end)
        .sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      next.gone = true;
      this.time = next.at;
      next.run();
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    }
    this.time = end;
  }
}

class Rows implements Receiver {
  runs: Run[] = [];
  list: Run[] = [];
  taken: Step[] = [];
  seen: Record<string, number> = {};
  refusals: string[] = [];
  run = (run: Run) => void this.runs.push(run);
  listed = (run: Run) => void this.list.push(run);
  steps = (runId: string, steps: Step[], seq: number) => {
    this.taken.push(...steps);
    this.seen[runId] = seq;
    return steps.length;
  };
  positions = () => this.seen;
  refused = (detail: string) => void this.refusals.push(detail);
}

let world: World;
let rows: Rows;
let live: LiveConnection;

beforeEach(() => {
  world = new World();
  rows = new Rows();
  live = new LiveConnection(rows, world);
  live.start();
});

const trace = (seq: number) => ({
  op: "trace",
  run: "root",
  seq,
  steps: [makeStep({ node: "a", seq })],
  size: 10,
});

describe("with a socket", () => {
  test("a run asked for before the socket is open is watched once it is", () => {
    live.watchRun("root");

    world.wire.accept();

    expect(world.wire.sent).toEqual([{ op: "watch", run: "root", after: {} }]);
    expect(live.state.kind).toBe("live");
  });

  test("each frame is applied, then acknowledged", () => {
    live.watchRun("root");
    world.wire.accept();

    world.wire.says(trace(3));

    expect(rows.taken.map((step) => step.seq)).toEqual([3]);
    expect(world.wire.sent.at(-1)).toEqual({ op: "ack", run: "root", seq: 3 });
  });

  test("watching another run leaves the first", () => {
    live.watchRun("root");
    world.wire.accept();

    live.watchRun("next");
    live.watchRun(null);

    expect(world.wire.sent.slice(1)).toEqual([
      { op: "unwatch", run: "root" },
      { op: "watch", run: "next", after: {} },
      { op: "unwatch", run: "next" },
    ]);
  });

  test("rows of the workflow's list carry a cursor, rows of the tree do not", () => {
    live.watchWorkflow("w");
    world.wire.accept();

    world.wire.says({ op: "run", run: makeRun({ id: "root" }) });
    world.wire.says({ op: "run", run: makeRun({ id: "next" }), cursor: "c1" });

    expect(rows.runs.map((run) => run.id)).toEqual(["root"]);
    expect(rows.list.map((run) => run.id)).toEqual(["next"]);
  });

  test("the server's refusal is passed on", () => {
    live.watchRun("root");
    world.wire.accept();

    world.wire.says({ op: "error", code: "not_found", detail: "There is no such run.", run: "root" });

    expect(rows.refusals).toEqual(["There is no such run."]);
  });

  test("a refusal that concerns something else is not said of the run", () => {
    live.watchRun("root");
    world.wire.accept();

    world.wire.says({ op: "error", code: "not_found", detail: "There is no such workflow.", workflow: "w" });
    world.wire.says({ op: "error", code: "not_found", detail: "There is no such run.", run: "left before" });

    expect(rows.refusals).toEqual([]);
  });
});

describe("when the socket is lost", () => {
  beforeEach(() => {
    live.watchRun("root");
    live.watchWorkflow("w");
    world.wire.accept();
    world.wire.says({ op: "run", run: makeRun({ id: "root" }), cursor: "c7" });
    world.wire.says(trace(5));
  });

  test("it is opened again and asks for what came after the last position", async () => {
    world.wire.breaks();
    expect(live.state).toMatchObject({ kind: "reconnecting", attempt: 1 });

    await world.pass(1_000);
    world.wire.accept();

    expect(world.wires).toHaveLength(2);
    expect(world.wire.sent).toEqual([
      { op: "watch", run: "root", after: { root: 5 } },
      { op: "watch", workflow: "w", cursor: "c7" },
    ]);
  });

  test("it counts what it catches up until the server says that all is there", async () => {
    world.wire.breaks();
    await world.pass(1_000);
    world.wire.accept();

    world.wire.says(trace(6));
    world.wire.says(trace(7));
    expect(live.state).toEqual({ kind: "catching_up", steps: 2 });

    world.wire.says({ op: "watching", run: "root", runs: ["root"] });
    expect(live.state).toEqual({ kind: "live" });
  });

  test("frames of a socket that was given up are not heard", async () => {
    const old = world.wire;
    const heard = old.onmessage;
    live.reconnectNow();

    heard?.({ data: JSON.stringify(trace(9)) });

    expect(rows.seen.root).toBe(5);
  });

  test("it waits longer after each failure, and never longer than ten seconds or so", () => {
    const waits = [1, 2, 3, 4, 5, 6, 12].map((attempt) => backOff(attempt, 0.5));

    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  });

  test("while the browser is offline nothing is tried; when it is back, at once", async () => {
    live.networkLost();
    expect(live.state.kind).toBe("offline");
    await world.pass(60_000);
    expect(world.wires).toHaveLength(1);

    live.networkBack();
    world.wire.accept();

    expect(world.wires).toHaveLength(2);
    expect(world.wire.sent[0]).toEqual({ op: "watch", run: "root", after: { root: 5 } });
  });

  test("a server that restarts is live again as soon as it answers", async () => {
    world.failure = "offline";
    world.wire.breaks();
    for (let attempt = 0; attempt < 4; attempt++) {
      await world.pass(3_000);
      world.wire.breaks();
    }
    await world.pass(1_500);
    expect(live.state.kind).toBe("offline");

    world.failure = null;
    world.answers = { "runs/root/": { tree: [] }, "runs/?workflow=w": { results: [] } };
    await world.pass(1_500);
    world.wire.accept();

    expect(world.wire.sent[0]).toEqual({ op: "watch", run: "root", after: { root: 5 } });
    expect(live.state.kind).toBe("catching_up");
  });

  test("a person who is signed out is not connected again", async () => {
    world.wire.breaks(4401);
    await world.pass(60_000);

    expect(live.state.kind).toBe("signed_out");
    expect(world.wires).toHaveLength(1);
  });

  test("a refused origin is said, not retried", async () => {
    world.wire.breaks(4403, "This origin may not connect.");
    await world.pass(60_000);

    expect(live.state).toEqual({ kind: "refused", detail: "This origin may not connect." });
    expect(world.wires).toHaveLength(1);
  });
});

describe("where no socket can be had", () => {
  const detail = { id: "root", tree: [makeRun({ id: "root" }), makeRun({ id: "child", root: "root" })] };

  beforeEach(async () => {
    live.watchRun("root");
    live.watchWorkflow("w");
    world.answers = {
      "runs/root/": detail,
      "runs/root/steps/?after=0": { results: [makeStep({ node: "a", seq: 4 })], seq: 4 },
      "runs/child/steps/?after=0": { results: [], seq: 0 },
      "runs/root/steps/?after=4": { results: [makeStep({ node: "b", seq: 6 })], seq: 6 },
      "runs/root/steps/?after=6": { results: [], seq: 6 },
      "runs/?workflow=w": { results: [makeRun({ id: "root" })] },
    };
    for (let attempt = 0; attempt < 3; attempt++) {
      world.wire.breaks();
      await world.pass(1_000);
    }
  });

  test("the rows are polled, and it says so", async () => {
    await world.pass(1_500);

    expect(live.state.kind).toBe("polling");
    expect(rows.taken.map((step) => step.seq)).toEqual([4, 6]);
    expect(rows.runs.map((run) => run.id)).toContain("child");
    expect(rows.list.map((run) => run.id)).toContain("root");
  });

  test("another run is asked for at once", async () => {
    await world.pass(100);
    world.answers = { ...world.answers, "runs/next/": { tree: [] } };

    live.watchRun("next");
    await world.pass(0);

    expect(world.asked).toContain("runs/next/");
  });

  test("a tree that has ended is not asked for again", async () => {
    const ended = (id: string) =>
      makeRun({ id, root: "root", status: "succeeded", ended: "2026-01-01T00:00:09Z" });
    world.answers["runs/root/"] = { id: "root", tree: [ended("root"), ended("child")] };
    await world.pass(1_500);
    const asked = world.asked.filter((path) => path === "runs/root/").length;
    await world.pass(5_000);

    expect(world.asked.filter((path) => path === "runs/root/").length).toBe(asked);
    expect(rows.taken.map((step) => step.seq)).toEqual([4, 6]);
  });

  test("a proxy that opens sockets and closes them at once makes no difference", async () => {
    await world.pass(31_000);
    world.wire.accept();
    world.wire.breaks();
    await world.pass(1_500);

    expect(live.state.kind).toBe("polling");
  });

  test("a socket is still tried now and then, and ends the polling", async () => {
    await world.pass(31_000);
    world.wire.accept();
    const asked = world.asked.length;
    await world.pass(5_000);

    expect(live.state.kind).not.toBe("polling");
    expect(world.asked.length).toBe(asked);
  });

  test("a server that does not answer reads offline until it does", async () => {
    world.failure = "offline";
    await world.pass(1_500);
    expect(live.state.kind).toBe("offline");

    world.failure = null;
    await world.pass(1_500);
    expect(live.state.kind).toBe("polling");
  });

  test("a session that ended reads signed out and stops", async () => {
    world.failure = "signed out";
    await world.pass(1_500);
    const asked = world.asked.length;
    await world.pass(60_000);

    expect(live.state.kind).toBe("signed_out");
    expect(world.asked.length).toBe(asked);
  });
});
