/** The rows of a watched tree of runs, merged so that neither order nor repetition of frames matters. */
import type { Run, RunStatus, Step } from "@/api/types";

const ENDED: ReadonlySet<RunStatus> = new Set(["succeeded", "failed", "cancelled"]);
/** A status never goes back from a later group to an earlier one, except that a waiting run goes on. */
const PROGRESS: Record<RunStatus, number> = {
  queued: 0,
  waiting: 1,
  running: 1,
  succeeded: 2,
  failed: 2,
  cancelled: 2,
};

export const hasEnded = (status: RunStatus): boolean => ENDED.has(status);

export interface Changes {
  nodes: Set<string>;
  runs: Set<string>;
}

export class Trace {
  readonly runs = new Map<string, Run>();
  private readonly steps = new Map<string, Step>();
  private readonly byNode = new Map<string, Map<string, Step>>();
  private readonly positionOf = new Map<string, number>();
  /** The run whose canvas is shown; runs of called workflows have canvases of their own. */
  private canvas: string | null = null;
  private changes: Changes = { nodes: new Set(), runs: new Set() };

  /** Show the canvas on which this run is drawn. */
  showCanvasOf(runId: string | null): void {
    this.canvas = runId === null ? null : canvasRoot(this.runs, runId);
  }

  /** Is the run drawn on the shown canvas? One that is not known yet counts as such. */
  isShown(runId: string): boolean {
    return this.canvas === null || !this.runs.has(runId) || canvasRoot(this.runs, runId) === this.canvas;
  }

  /** The runs that are drawn on the shown canvas. */
  shownRuns(): Run[] {
    return [...this.runs.values()].filter((run) => this.isShown(run.id));
  }

  /** The latest run that a step called. */
  calledBy(step: Step): Run | undefined {
    return [...this.runs.values()]
      .filter(
        (run) =>
          run.call > 0 &&
          run.parent === step.run &&
          run.parent_node === step.node &&
          run.parent_iteration === step.iteration,
      )
      .sort((a, b) => b.call - a.call)[0];
  }

  /** Take a run's row; an older one that arrives late is dropped. */
  addRun(run: Run): boolean {
    const known = this.runs.get(run.id);
    if (known && PROGRESS[known.status] > PROGRESS[run.status]) return false;
    this.runs.set(run.id, run);
    this.changes.runs.add(run.id);
    this.changes.nodes.add(run.start_node);
    if (run.parent_node) this.changes.nodes.add(run.parent_node);
    return true;
  }

  /** Take steps of one run up to `seq`. Returns how many were news: a step is replaced by a later change only. */
  addSteps(runId: string, steps: readonly Step[], seq: number): number {
    let news = 0;
    for (const step of steps) {
      const known = this.steps.get(step.id);
      if (known && known.seq >= step.seq) continue;
      this.steps.set(step.id, step);
      this.ofNode(step.node).set(step.id, step);
      this.changes.nodes.add(step.node);
      news += 1;
    }
    this.positionOf.set(runId, Math.max(seq, this.positionOf.get(runId) ?? 0));
    return news;
  }

  /** What a `watch` sends as `after`: the last position seen of each run. */
  positions(): Record<string, number> {
    return Object.fromEntries(this.positionOf);
  }

  stepsOf(nodeId: string): Step[] {
    const steps = this.byNode.get(nodeId);
    return steps ? [...steps.values()].filter((step) => this.isShown(step.run)).sort(inOrder) : [];
  }

  hasSteps(nodeId: string): boolean {
    return [...(this.byNode.get(nodeId)?.values() ?? [])].some((step) => this.isShown(step.run));
  }

  step(id: string): Step | undefined {
    return this.steps.get(id);
  }

  shownSteps(): Step[] {
    return [...this.steps.values()].filter((step) => this.isShown(step.run));
  }

  /** The nodes that have steps. */
  nodes(): Iterable<string> {
    return this.byNode.keys();
  }

  /** Every step, in the order in which the nodes began. */
  allSteps(): Step[] {
    return this.shownSteps().sort(inOrder);
  }

  /** Runs from the root down, each parent before its children, siblings by the time they were queued. */
  tree(): { run: Run; level: number }[] {
    const children = new Map<string | null, Run[]>();
    for (const run of this.shownRuns()) {
      const parent = run.id !== this.canvas && run.parent && this.runs.has(run.parent) ? run.parent : null;
      children.set(parent, [...(children.get(parent) ?? []), run]);
    }
    const rows: { run: Run; level: number }[] = [];
    const walk = (parent: string | null, level: number) => {
      const runs = children.get(parent) ?? [];
      for (const run of runs.sort((a, b) => compare(a.queued, b.queued) || compare(a.id, b.id))) {
        rows.push({ run, level });
        walk(run.id, level + 1);
      }
    };
    walk(null, 0);
    return rows;
  }

  /** What has changed since the last call. */
  takeChanges(): Changes {
    const changes = this.changes;
    this.changes = { nodes: new Set(), runs: new Set() };
    return changes;
  }

  private ofNode(nodeId: string): Map<string, Step> {
    const steps = this.byNode.get(nodeId) ?? new Map<string, Step>();
    this.byNode.set(nodeId, steps);
    return steps;
  }
}

/** The run on whose canvas a run is drawn: itself, or the nearest above it that was called or has no parent. */
export function canvasRoot(runs: ReadonlyMap<string, Pick<Run, "call" | "parent">>, runId: string): string {
  const run = runs.get(runId);
  if (!run || run.call > 0 || run.parent === null || !runs.has(run.parent)) return runId;
  return canvasRoot(runs, run.parent);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By when the node began; ids are UUIDv7, so they order what began at the same instant. */
function inOrder(a: Step, b: Step): number {
  const began = (step: Step) => step.started ?? step.queued ?? "";
  return compare(began(a), began(b)) || compare(a.id, b.id);
}
