/** Rows for the tests of the live side, as the server would send them. */
import type { GraphDocument, Run, Step, StepStatus, Summary } from "@/api/types";

export const summary = (preview: string): Summary => ({
  type: "object",
  size: preview.length,
  count: 1,
  preview,
});

export function makeRun(fields: Partial<Run> & { id: string }): Run {
  return {
    workflow: "w",
    version: null,
    kind: "foreground",
    is_test: true,
    status: "running",
    reason: "",
    event: { id: "e", type: "order.placed" },
    parent: null,
    parent_node: "",
    parent_iteration: "",
    call: 0,
    root: fields.root ?? fields.id,
    start_node: "start",
    queued: "2026-01-01T00:00:00Z",
    started: null,
    ended: null,
    recording: "all",
    error: null,
    snapshot: "s",
    ...fields,
  };
}

export function makeStep(fields: Partial<Step> & { node: string; run?: string; seq?: number }): Step {
  const status: StepStatus = fields.status ?? "succeeded";
  return {
    id: `${fields.run ?? "root"}:${fields.node}`,
    seq: 1,
    run: "root",
    plugin: "log",
    iteration: "",
    attempts: 1,
    queued: null,
    started: "2026-01-01T00:00:00Z",
    ended: status === "running" ? null : "2026-01-01T00:00:01Z",
    input: null,
    outputs: {},
    error: null,
    log: [],
    background_run: null,
    recorded: true,
    ...fields,
    status,
  };
}

/** `a.port->b` draws an edge of that name; `a->b` leaves from `payload`. */
export function graphOf(...edges: string[]): GraphDocument {
  const drawn = edges.map((text) => {
    const [from = "", target = ""] = text.split("->");
    const [source = "", port = "payload"] = from.split(".");
    return { id: text, source, source_port: port, target, target_port: "payload" };
  });
  const ids = [...new Set(drawn.flatMap((edge) => [edge.source, edge.target]))];
  return {
    format: "flowstudio/1",
    nodes: ids.map((id) => ({ id, plugin: "log", name: id, position: [0, 0], config: {} })),
    edges: drawn,
  };
}

/** Random numbers that are the same in every run of the tests. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}
