/** What a trace means for one node and one edge of the canvas: pure functions of the rows. */
import type { ErrorValue, GraphDocument, GraphEdge, RunStatus, Step, StepStatus, Summary } from "@/api/types";
import { hasEnded, type Trace } from "./trace";

export interface NodeRun {
  /** `skipped`: no edge delivered anything, so the node will not run. */
  status: StepStatus | "skipped";
  started: string | null;
  ended: string | null;
  attempts: number;
  iteration: string;
  runId: string;
  stepId: string | null;
  /** The step belongs to a background run. */
  isBackground: boolean;
  /** The background run that this step submitted; what lies behind the node runs there. */
  backgroundRun: string | null;
  backgroundStatus: RunStatus | null;
  error: ErrorValue | null;
  /** In how many steps the node ran (several runs, or iterations). */
  count: number;
  /** In a loop: how its rounds went so far. */
  rounds: Rounds | null;
  /** The ports that fired. */
  ports: string[];
}

export interface Rounds {
  begun: number;
  ended: number;
  failed: number;
}

export interface EdgeRun {
  state: "delivered" | "skipped" | "handed_over" | "idle";
  /** Of the payload delivered last; null where it was not recorded. */
  summary?: Summary | null;
  /** The run that delivered; of a handed over edge the background run. */
  runId: string;
  /** A payload went over the edge; on a handed over edge: in the background run. */
  delivered: boolean;
}

/** The edges of a graph by the nodes at their ends. */
export class EdgeIndex {
  readonly byId = new Map<string, GraphEdge>();
  readonly into = new Map<string, GraphEdge[]>();
  readonly outOf = new Map<string, GraphEdge[]>();
  private readonly bodies = new Map<string, string[]>();

  constructor(graph: GraphDocument | null) {
    for (const edge of graph?.edges ?? []) {
      this.byId.set(edge.id, edge);
      this.into.set(edge.target, [...(this.into.get(edge.target) ?? []), edge]);
      this.outOf.set(edge.source, [...(this.outOf.get(edge.source) ?? []), edge]);
    }
    for (const { id, parent } of graph?.nodes ?? []) {
      if (parent) this.bodies.set(parent, [...(this.bodies.get(parent) ?? []), id]);
    }
  }

  /** The nodes that a run beginning at one of `starts` can reach. */
  reachable(starts: Iterable<string>): Set<string> {
    const reached = new Set(starts);
    const open = [...reached];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      const behind = (this.outOf.get(node) ?? []).map((edge) => edge.target);
      for (const target of [...behind, ...(this.bodies.get(node) ?? [])]) {
        if (reached.has(target)) continue;
        reached.add(target);
        open.push(target);
      }
    }
    return reached;
  }
}

/** The state of a node that ran. Undefined where it has no step. */
export function nodeView(trace: Trace, nodeId: string): NodeRun | undefined {
  const steps = trace.stepsOf(nodeId);
  const step = mainStep(trace, steps);
  if (!step) return undefined;
  const child = step.background_run ? trace.runs.get(step.background_run) : undefined;
  return {
    status: step.status,
    started: step.started,
    ended: step.ended,
    attempts: step.attempts,
    iteration: step.iteration,
    runId: step.run,
    stepId: step.id,
    isBackground: trace.runs.get(step.run)?.kind === "background",
    backgroundRun: step.background_run,
    backgroundStatus: child?.status ?? null,
    error: step.error,
    count: steps.filter((each) => !beginsRun(trace, each)).length || 1,
    rounds: roundsOf(steps.filter((each) => !beginsRun(trace, each))),
    ports: Object.keys(step.outputs),
  };
}

function roundsOf(steps: readonly Step[]): Rounds | null {
  const rounds = steps.filter((step) => step.iteration !== "");
  if (rounds.length < 2) return null;
  return {
    begun: rounds.length,
    ended: rounds.filter((step) => hasEnded(step.status)).length,
    failed: rounds.filter((step) => step.status === "failed").length,
  };
}

/** "12 of 120", "120 rounds", "1 failed of 120": the count beside a node's state. */
export function roundsInWords({ begun, ended, failed }: Rounds): string {
  if (failed > 0) return `${failed} failed of ${begun}`;
  return ended < begun ? `${ended} of ${begun}` : `×${begun}`;
}

/** A node that will not run in this trace. */
export function skippedNode(runId: string): NodeRun {
  return {
    status: "skipped",
    started: null,
    ended: null,
    attempts: 0,
    iteration: "",
    runId,
    stepId: null,
    isBackground: false,
    backgroundRun: null,
    backgroundStatus: null,
    error: null,
    count: 0,
    rounds: null,
    ports: [],
  };
}

/** The state of an edge. `sourceSkipped`: the node it leads from will not run. */
export function edgeView(trace: Trace, edge: GraphEdge, sourceSkipped: boolean): EdgeRun | undefined {
  const steps = trace.stepsOf(edge.source);
  const last = steps.at(-1);
  if (!last) return sourceSkipped ? { state: "skipped", runId: "", delivered: false } : undefined;
  const fired = steps.filter((step) => edge.source_port in step.outputs);
  const delivered = fired.findLast((step) => !step.background_run);
  const handedOver = fired.findLast((step) => step.background_run);
  const summary = delivered?.outputs[edge.source_port] ?? null;
  if (handedOver?.background_run) {
    return {
      state: "handed_over",
      runId: handedOver.background_run,
      summary,
      delivered: delivered !== undefined,
    };
  }
  if (delivered) return { state: "delivered", runId: delivered.run, summary, delivered: true };
  if (steps.every((step) => hasEnded(step.status))) {
    return { state: "skipped", runId: last.run, delivered: false };
  }
  return { state: "idle", runId: last.run, delivered: false };
}

/** Does nothing lead to the node any more? Edges from nodes that no run can reach do not count. */
export function isSkipped(
  nodeId: string,
  index: EdgeIndex,
  reachable: ReadonlySet<string>,
  edges: ReadonlyMap<string, EdgeRun>,
): boolean {
  const incoming = (index.into.get(nodeId) ?? []).filter((edge) => reachable.has(edge.source));
  return incoming.length > 0 && incoming.every((edge) => edges.get(edge.id)?.state === "skipped");
}

/** The first step of a background run at the node that submitted it: the second half of one act. */
export function beginsRun(trace: Trace, step: Step): boolean {
  const run = trace.runs.get(step.run);
  return (
    run?.kind === "background" && run.parent !== null && run.parent_node === step.node && !step.background_run
  );
}

/** Which of a node's steps the canvas shows. */
function mainStep(trace: Trace, steps: Step[]): Step | undefined {
  const own = steps.filter((step) => !beginsRun(trace, step));
  const candidates = own.length > 0 ? own : steps;
  const open = candidates.findLast((step) => !hasEnded(step.status));
  const failed = candidates.findLast((step) => step.status === "failed");
  // Among the rounds of a loop the worst counts; else what still goes on says more than what failed before.
  const worst = candidates.some((step) => step.iteration !== "") ? (failed ?? open) : (open ?? failed);
  return worst ?? candidates.at(-1);
}
