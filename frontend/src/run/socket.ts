/** The live connection: watches runs and workflows, never loses a step, and says how it is doing.
 *
 * The record is the server's; a watch names the last position seen of each run and gets what is missing.
 * So a lost socket needs no repair but a new watch, and where no socket can be had the same rows are polled.
 */
import type { Run, RunDetail, Step } from "@/api/types";
import { hasEnded } from "./trace";

export type LiveState =
  | { kind: "connecting" }
  | { kind: "live" }
  | { kind: "reconnecting"; attempt: number; since: number }
  | { kind: "catching_up"; steps: number }
  | { kind: "polling" }
  | { kind: "offline"; since: number }
  | { kind: "signed_out" }
  | { kind: "refused"; detail: string };

/** What the rows are handed to. */
export interface Receiver {
  /** A row of the watched tree. */
  run(run: Run): void;
  /** A row of the watched workflow's list. */
  listed(run: Run): void;
  /** Steps of one run up to `seq`; answers how many were news. */
  steps(runId: string, steps: Step[], seq: number): number;
  /** The last position seen of each run of the watched tree. */
  positions(): Record<string, number>;
  /** The server does not show the watched run. */
  refused(detail: string): void;
}

/** The world around the connection, handed in so that tests need neither network nor clock. */
export interface Surroundings {
  open(): WebSocket;
  get<Result>(path: string, query?: Record<string, string | number>): Promise<Result>;
  /** Does this error of `get` mean that the person has to sign in? */
  isSignedOut(error: unknown): boolean;
  isOffline(error: unknown): boolean;
  now(): number;
  later(run: () => void, milliseconds: number): () => void;
  random(): number;
}

type Frame =
  | { op: "trace"; run: string; seq: number; steps: Step[]; size: number }
  | { op: "run"; run: Run; cursor?: unknown }
  | { op: "watching"; run?: string; runs?: string[]; workflow?: string; cursor?: unknown }
  | { op: "error"; code: string; detail: string; run?: string };

export const POLL_EVERY = 1_000;
/** The API answers so many steps at most; a full answer may have more behind it. */
const STEPS_PER_ANSWER = 1_000;
const SIGNED_OUT = 4401;
const FORBIDDEN = 4403;
/** So many sockets in a row through which nothing came mean: no socket can be had here. */
const GIVE_UP_AFTER = 3;
const SHORT_LIFE = 5_000;
const RETRY_WHILE_POLLING = 30_000;

export function backOff(attempt: number, random: number): number {
  return Math.min(10_000, 250 * 2 ** Math.min(attempt, 6)) * (0.75 + random / 2);
}

export class LiveConnection {
  state: LiveState = { kind: "connecting" };
  private socket: WebSocket | null = null;
  private watchedRun: string | null = null;
  private watchedWorkflow: string | null = null;
  private cursor: unknown = null;
  private failures = 0;
  private everLive = false;
  private lostSince = 0;
  private cancelRetry: (() => void) | null = null;
  private cancelPoll: (() => void) | null = null;
  /** All runs of the watched tree had ended when their steps were polled: nothing can be new. */
  private polledToEnd = false;
  private catchingUp = 0;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly receiver: Receiver,
    private readonly world: Surroundings,
  ) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  start(): void {
    if (!this.socket && !this.cancelRetry) this.connect();
  }

  stop(): void {
    this.cancelRetry?.();
    this.cancelRetry = null;
    this.stopPolling();
    this.drop();
  }

  /** Follow this run with its tree; null follows none. */
  watchRun(runId: string | null): void {
    if (runId === this.watchedRun) return;
    if (this.watchedRun) this.send({ op: "unwatch", run: this.watchedRun });
    this.watchedRun = runId;
    this.polledToEnd = false;
    if (runId) this.sendWatchRun();
    if (this.cancelPoll) this.pollNow();
  }

  /** Follow a workflow's list of runs; null follows none. */
  watchWorkflow(workflowId: string | null): void {
    if (workflowId === this.watchedWorkflow) return;
    if (this.watchedWorkflow) this.send({ op: "unwatch", workflow: this.watchedWorkflow });
    this.watchedWorkflow = workflowId;
    this.cursor = null;
    if (workflowId) this.sendWatchWorkflow();
  }

  /** The browser says that the network is gone: the socket is dead even if nobody told it. */
  networkLost(): void {
    this.drop();
    this.cancelRetry?.();
    this.cancelRetry = null;
    this.stopPolling();
    this.lostSince ||= this.world.now();
    this.set({ kind: "offline", since: this.lostSince });
  }

  networkBack(): void {
    if (this.socket) return;
    this.reconnectNow();
  }

  /** Somebody does not want to wait for the back-off. */
  reconnectNow(): void {
    if (this.state.kind === "signed_out") return;
    this.cancelRetry?.();
    this.cancelRetry = null;
    this.drop();
    this.connect();
  }

  private connect(): void {
    const began = this.world.now();
    let opened = false;
    const socket = this.world.open();
    this.socket = socket;
    socket.onopen = () => {
      opened = true;
      this.onOpen();
    };
    socket.onmessage = ({ data }) => {
      if (this.socket !== socket) return;
      this.failures = 0;
      this.everLive = true;
      this.onFrame(JSON.parse(String(data)) as Frame);
    };
    socket.onclose = ({ code, reason }) => {
      if (this.socket !== socket) return;
      // A proxy may open a socket and close it at once: that is no socket either.
      if (opened && this.world.now() - began > SHORT_LIFE) this.failures = 0;
      this.onClose(code, reason);
    };
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private onOpen(): void {
    this.stopPolling();
    this.catchingUp = 0;
    const resumes = this.watchedRun !== null && this.everLive;
    this.lostSince = 0;
    this.set(resumes ? { kind: "catching_up", steps: 0 } : { kind: "live" });
    this.sendWatchRun();
    this.sendWatchWorkflow();
  }

  private onClose(code: number, reason: string): void {
    this.socket = null;
    if (code === SIGNED_OUT) this.set({ kind: "signed_out" });
    else if (code === FORBIDDEN) {
      this.set({ kind: "refused", detail: reason || "The server refused the live connection." });
    } else this.retry();
  }

  private retry(): void {
    this.lostSince ||= this.world.now();
    this.failures += 1;
    if (this.failures >= GIVE_UP_AFTER) this.startPolling();
    if (!this.cancelPoll) {
      this.set({ kind: "reconnecting", attempt: this.failures, since: this.lostSince });
    }
    // Where a socket was had before it will be had again; elsewhere it is tried now and then.
    this.retryIn(
      this.cancelPoll && !this.everLive ? RETRY_WHILE_POLLING : backOff(this.failures, this.world.random()),
    );
  }

  private retryIn(wait: number): void {
    this.cancelRetry?.();
    this.cancelRetry = this.world.later(() => {
      this.cancelRetry = null;
      this.connect();
    }, wait);
  }

  private onFrame(frame: Frame): void {
    if (frame.op === "trace") {
      const news = this.receiver.steps(frame.run, frame.steps, frame.seq);
      this.send({ op: "ack", run: frame.run, seq: frame.seq });
      this.countCatchUp(news);
    } else if (frame.op === "run") {
      this.takeRun(frame);
    } else if (frame.op === "watching") {
      if (frame.cursor !== undefined) this.cursor = frame.cursor;
      if (this.state.kind === "catching_up" && frame.run === this.watchedRun) this.set({ kind: "live" });
    } else if (frame.op === "error") {
      if (frame.run === undefined || frame.run !== this.watchedRun) return;
      if (this.state.kind === "catching_up") this.set({ kind: "live" });
      this.receiver.refused(frame.detail);
    }
  }

  private takeRun(frame: Extract<Frame, { op: "run" }>): void {
    // Only rows of a workflow's list carry a cursor; the same run may come by both ways.
    if (frame.cursor === undefined) {
      this.receiver.run(frame.run);
    } else {
      this.cursor = frame.cursor;
      this.receiver.listed(frame.run);
    }
  }

  private countCatchUp(news: number): void {
    if (this.state.kind !== "catching_up") return;
    this.catchingUp += news;
    this.set({ kind: "catching_up", steps: this.catchingUp });
  }

  private sendWatchRun(): void {
    if (this.watchedRun) this.send({ op: "watch", run: this.watchedRun, after: this.receiver.positions() });
  }

  private sendWatchWorkflow(): void {
    if (this.watchedWorkflow) this.send({ op: "watch", workflow: this.watchedWorkflow, cursor: this.cursor });
  }

  private send(message: object): void {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(message));
  }

  // ── Polling: the same rows without a socket ─────────────────────────────────────────────────────────

  private startPolling(): void {
    if (this.cancelPoll) return;
    this.set({ kind: "polling" });
    this.pollLater(0);
  }

  private pollNow(): void {
    this.cancelPoll?.();
    this.pollLater(0);
  }

  private stopPolling(): void {
    this.cancelPoll?.();
    this.cancelPoll = null;
  }

  private pollLater(wait: number): void {
    this.cancelPoll = this.world.later(async () => {
      const cancel = this.cancelPoll;
      await this.poll();
      if (this.cancelPoll === cancel && cancel) this.pollLater(POLL_EVERY);
    }, wait);
  }

  private async poll(): Promise<void> {
    try {
      await Promise.all([this.pollWorkflow(), this.pollRun()]);
      if (!this.cancelPoll) return;
      const isBack = this.state.kind === "offline";
      this.set({ kind: "polling" });
      if (isBack && this.cancelRetry) this.retryIn(0);
    } catch (error) {
      if (!this.cancelPoll) return;
      if (this.world.isSignedOut(error)) {
        this.stop();
        this.set({ kind: "signed_out" });
      } else if (this.world.isOffline(error)) {
        this.set({ kind: "offline", since: this.lostSince });
      }
    }
  }

  private async pollRun(): Promise<void> {
    const watched = this.watchedRun;
    if (!watched || this.polledToEnd) return;
    const detail = await this.world.get<RunDetail>(`runs/${watched}/`);
    if (watched !== this.watchedRun) return;
    const positions = this.receiver.positions();
    for (const run of detail.tree) {
      await this.pollSteps(watched, run.id, positions[run.id] ?? 0);
      if (watched !== this.watchedRun) return;
      this.receiver.run(run); // after its steps: a run that reads "ended" lacks none
    }
    this.polledToEnd = detail.tree.every((run) => hasEnded(run.status));
  }

  private async pollSteps(watched: string, runId: string, after: number): Promise<void> {
    for (let position = after; ; ) {
      const trace = await this.world.get<{ results: Step[]; seq: number }>(`runs/${runId}/steps/`, {
        after: position,
      });
      if (watched !== this.watchedRun) return;
      this.receiver.steps(runId, trace.results, trace.seq);
      if (trace.results.length < STEPS_PER_ANSWER) return;
      position = trace.seq;
    }
  }

  private async pollWorkflow(): Promise<void> {
    const workflow = this.watchedWorkflow;
    if (!workflow) return;
    const page = await this.world.get<{ results: Run[] }>("runs/", { workflow });
    if (workflow !== this.watchedWorkflow) return;
    for (const run of page.results) this.receiver.listed(run);
  }

  private set(state: LiveState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}
