/** What the watched run did to each node and edge, outside React, told once per animation frame. */
import { useCallback, useSyncExternalStore } from "react";
import type { GraphDocument, Run, RunStatus, Step } from "@/api/types";
import { canvasRoot, hasEnded, Trace } from "./trace";
import {
  beginsRun,
  EdgeIndex,
  type EdgeRun,
  edgeView,
  isSkipped,
  type NodeRun,
  nodeView,
  skippedNode,
} from "./view";

export type { EdgeRun, NodeRun } from "./view";

export interface RunTree {
  /** The run that is watched, as asked for; it may be a background run of the tree. */
  watched: string | null;
  root: Run | null;
  runs: { run: Run; level: number }[];
  progress: Progress;
  /** From the first that was queued to the last that ended; `ended` is null while something goes on. */
  began: string | null;
  ended: string | null;
  /** The worst of all runs while none goes on; else `running`, or `queued` before anything began. */
  status: RunStatus | null;
  /** Why the server does not show the run. */
  refusal: string | null;
}

export interface Progress {
  steps: number;
  done: number;
  failed: number;
  /** The tree is known and none of its runs goes on. */
  ended: boolean;
}

type Listener = () => void;
type Schedule = (apply: () => void) => void;

const NOTHING: RunTree = {
  watched: null,
  root: null,
  runs: [],
  progress: { steps: 0, done: 0, failed: 0, ended: false },
  began: null,
  ended: null,
  status: null,
  refusal: null,
};

export class RunStore {
  trace = new Trace();
  private graph: GraphDocument | null = null;
  private index = new EdgeIndex(null);
  private reachable = new Set<string>();
  private nodes = new Map<string, NodeRun>();
  private edges = new Map<string, EdgeRun>();
  private runTree: RunTree = NOTHING;
  private stepList: Step[] | null = [];
  /** Runs of trees that were watched before: frames on their way when they were left. */
  private readonly left = new Set<string>();
  private watched: string | null = null;
  private refusal: string | null = null;
  private scheduled = false;
  private everything = false;
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly watchers = new Set<(runId: string | null) => void>();

  constructor(private readonly schedule: Schedule = (apply) => requestAnimationFrame(apply)) {}

  /** The graph whose edges are drawn; called whenever the canvas' document changes. */
  setGraph(document: GraphDocument | null): void {
    if (document?.edges === this.graph?.edges && bodies(document) === bodies(this.graph)) {
      this.graph = document;
      return;
    }
    this.graph = document;
    this.index = new EdgeIndex(document);
    this.recomputeAll();
  }

  /** Show this run and its tree; what is shown of another one goes at once. */
  watch(runId: string): void {
    if (this.watched === runId) return;
    if (!this.trace.runs.has(runId)) this.leave();
    this.left.delete(runId);
    this.watched = runId;
    this.refusal = null;
    this.recomputeAll();
    for (const tell of this.watchers) tell(runId);
  }

  /** Show no run. */
  clear(): void {
    if (this.watched === null) return;
    this.watched = null;
    this.refusal = null;
    this.leave();
    this.recomputeAll();
    for (const tell of this.watchers) tell(null);
  }

  isWatched(runId: string): boolean {
    return this.watched === runId;
  }

  /** The server does not show the watched run. */
  refuse(detail: string): void {
    this.refusal = detail;
    this.request();
  }

  /** `tell` learns which run is to be watched, now and later. */
  onWatch(tell: (runId: string | null) => void): () => void {
    this.watchers.add(tell);
    tell(this.watched);
    return () => this.watchers.delete(tell);
  }

  /** Take a run's row of the watched tree; late rows of a tree that was left change nothing. */
  addRun(run: Run): void {
    if (!this.concerns(run)) return;
    const isNew = !this.trace.runs.has(run.id);
    if (!this.trace.addRun(run)) return;
    // Steps that came before their run may turn out to belong to another canvas.
    if (isNew && (run.call > 0 || !this.trace.isShown(run.id))) this.everything = true;
    this.request();
  }

  /** Take the steps of a frame; returns how many were news. */
  addSteps(runId: string, steps: readonly Step[], seq: number): number {
    if (this.watched === null || this.left.has(runId)) return 0;
    const news = this.trace.addSteps(runId, steps, seq);
    if (news > 0) this.request();
    return news;
  }

  nodeRun(id: string): NodeRun | undefined {
    return this.nodes.get(id);
  }

  edgeRun(id: string): EdgeRun | undefined {
    return this.edges.get(id);
  }

  tree(): RunTree {
    return this.runTree;
  }

  /** Every step of the tree in order; sorted when asked for, since most frames ask for none of it. */
  steps(): Step[] {
    this.stepList ??= this.trace.allSteps();
    return this.stepList;
  }

  /** `key` is `node:ID`, `edge:ID`, `tree`, or `any` (told once per frame in which anything changed). */
  subscribe(key: string, listener: Listener): () => void {
    const set = this.listeners.get(key) ?? new Set();
    this.listeners.set(key, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0) this.listeners.delete(key);
    };
  }

  private concerns(run: Run): boolean {
    if (this.watched === null || this.left.has(run.root)) return false;
    const watched = this.trace.runs.get(this.watched);
    return watched === undefined || watched.root === run.root;
  }

  private leave(): void {
    for (const run of this.trace.runs.values()) this.left.add(run.id).add(run.root);
    this.trace = new Trace();
  }

  private request(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.schedule(() => this.apply());
  }

  private recomputeAll(): void {
    this.everything = true;
    this.request();
  }

  private apply(): void {
    this.scheduled = false;
    this.trace.showCanvasOf(this.watched);
    const changes = this.trace.takeChanges();
    const all = this.everything;
    this.everything = false;
    if (all || changes.runs.size > 0) this.reachable = this.index.reachable(this.starts());
    const touched = all ? this.resetViews(changes.nodes) : changes.nodes;
    const keys = this.follow(touched);
    if (all) for (const key of this.listeners.keys()) keys.add(key);
    this.stepList = null;
    this.runTree = this.makeTree();
    keys.add("tree").add("any");
    for (const key of keys) for (const listener of this.listeners.get(key) ?? []) listener();
  }

  private starts(): string[] {
    return this.trace.shownRuns().map((run) => run.start_node);
  }

  private resetViews(changed: ReadonlySet<string>): Set<string> {
    this.nodes = new Map();
    this.edges = new Map();
    const ofGraph = this.graph?.nodes.map((node) => node.id) ?? [];
    return new Set([...changed, ...ofGraph, ...this.trace.nodes()]);
  }

  /** Recompute nodes and the edges behind them, on through everything that is skipped thereby. */
  private follow(touched: Iterable<string>): Set<string> {
    const keys = new Set<string>();
    const open = [...touched];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      this.updateNode(node, keys);
      for (const edge of this.index.outOf.get(node) ?? []) {
        if (this.updateEdge(edge.id, keys) && !this.trace.hasSteps(edge.target)) open.push(edge.target);
      }
    }
    return keys;
  }

  private updateNode(id: string, keys: Set<string>): void {
    const view = nodeView(this.trace, id) ?? this.skipped(id);
    if (view) this.nodes.set(id, view);
    else this.nodes.delete(id);
    keys.add(`node:${id}`);
  }

  private skipped(id: string): NodeRun | undefined {
    return isSkipped(id, this.index, this.reachable, this.edges)
      ? skippedNode(this.watched ?? "")
      : undefined;
  }

  private updateEdge(id: string, keys: Set<string>): boolean {
    const edge = this.index.byId.get(id);
    if (!edge) return false;
    const before = this.edges.get(id);
    const view = edgeView(this.trace, edge, this.nodes.get(edge.source)?.status === "skipped");
    if (!view && !before) return false;
    if (view) this.edges.set(id, view);
    else this.edges.delete(id);
    keys.add(`edge:${id}`);
    return before?.state !== view?.state;
  }

  private makeTree(): RunTree {
    const runs = this.trace.tree();
    const watched = this.watched ? this.trace.runs.get(this.watched) : undefined;
    return {
      watched: this.watched,
      root: (watched && this.trace.runs.get(canvasRoot(this.trace.runs, watched.id))) ?? null,
      runs,
      progress: progressOf(this.trace),
      ...wholeOf(runs.map((row) => row.run)),
      refusal: this.refusal,
    };
  }
}

/** Which node stands in which loop, as one text to compare. */
const bodies = (document: GraphDocument | null): string =>
  (document?.nodes ?? []).flatMap((node) => (node.parent ? [node.id, node.parent] : [])).join(" ");

function progressOf(trace: Trace): Progress {
  const progress = { steps: 0, done: 0, failed: 0, ended: false };
  for (const step of trace.shownSteps()) {
    if (beginsRun(trace, step)) continue;
    progress.steps += 1;
    if (hasEnded(step.status)) progress.done += 1;
    if (step.status === "failed") progress.failed += 1;
  }
  const runs = trace.shownRuns();
  progress.ended = runs.length > 0 && runs.every((run) => hasEnded(run.status));
  return progress;
}

/** A tree of runs as one: when it began and ended, and how it goes. */
export function wholeOf(runs: readonly Run[]): Pick<RunTree, "began" | "ended" | "status"> {
  const [root] = runs;
  if (!root) return { began: null, ended: null, status: null };
  const open = runs.filter((run) => !hasEnded(run.status));
  if (open.length > 0) {
    const begun = runs.some((run) => run.status !== "queued");
    return { began: root.queued, ended: null, status: begun ? "running" : "queued" };
  }
  const ended = runs.reduce((last, run) => (run.ended && run.ended > last ? run.ended : last), "");
  const worst = runs.find((run) => run.status === "failed") ?? runs.find((run) => run.status === "cancelled");
  return { began: root.queued, ended: ended || null, status: (worst ?? root).status };
}

export const runStore = new RunStore();

export function useNodeRun(nodeId: string): NodeRun | undefined {
  const subscribe = useCallback(
    (listener: Listener) => runStore.subscribe(`node:${nodeId}`, listener),
    [nodeId],
  );
  return useSyncExternalStore(subscribe, () => runStore.nodeRun(nodeId));
}

export function useEdgeRun(edgeId: string): EdgeRun | undefined {
  const subscribe = useCallback(
    (listener: Listener) => runStore.subscribe(`edge:${edgeId}`, listener),
    [edgeId],
  );
  return useSyncExternalStore(subscribe, () => runStore.edgeRun(edgeId));
}

const toTree = (listener: Listener) => runStore.subscribe("tree", listener);

/** The runs that are watched: root, background runs, how far they are. */
export function useRunTree(): RunTree {
  return useSyncExternalStore(toTree, () => runStore.tree());
}

/** Every step of the watched tree in order. */
export function useSteps(): Step[] {
  return useSyncExternalStore(toTree, () => runStore.steps());
}
