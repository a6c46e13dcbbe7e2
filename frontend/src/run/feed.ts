/** The runs of the open workflow as they start and end, and whether the canvas follows the latest. */
import { useSyncExternalStore } from "react";
import type { Run } from "@/api/types";
import { runStore } from "./store";
import { hasEnded } from "./trace";

/** So that a busy workflow does not turn the canvas into a flicker. */
const FOLLOW_EVERY_MS = 1_500;
const KEPT = 200;

export interface Feed {
  /** The latest change of each run that was reported, newest first. */
  runs: Run[];
  follow: boolean;
}

class RunFeed {
  private feed: Feed = { runs: [], follow: false };
  private readonly byId = new Map<string, Run>();
  private readonly listeners = new Set<() => void>();
  private scheduled = false;
  private followedAt = 0;

  /** Forget the runs of the workflow that was open before. */
  reset(): void {
    this.byId.clear();
    this.publish();
  }

  add(run: Run): void {
    const known = this.byId.get(run.id);
    if (known && hasEnded(known.status) && !hasEnded(run.status)) return;
    this.byId.set(run.id, run);
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => this.publish());
  }

  /** Show each new run on the canvas as it starts. */
  setFollow(follow: boolean): void {
    if (this.feed.follow === follow) return;
    this.feed = { ...this.feed, follow };
    this.followedAt = 0;
    this.publish();
  }

  current = (): Feed => this.feed;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private publish(): void {
    this.scheduled = false;
    const runs = [...this.byId.values()].sort((a, b) =>
      a.queued < b.queued ? 1 : a.queued > b.queued ? -1 : 0,
    );
    for (const run of runs.splice(KEPT)) this.byId.delete(run.id);
    this.feed = { ...this.feed, runs };
    if (this.feed.follow) this.followLatest();
    for (const listener of this.listeners) listener();
  }

  private followLatest(): void {
    const latest = this.feed.runs.find((run) => run.parent === null);
    const shown = runStore.tree().root;
    if (!latest || latest.id === shown?.id || (shown && latest.queued <= shown.queued)) return;
    const wait = this.followedAt + FOLLOW_EVERY_MS - Date.now();
    if (wait > 0) window.setTimeout(() => this.feed.follow && this.followLatest(), wait);
    else {
      this.followedAt = Date.now();
      runStore.watch(latest.id);
    }
  }
}

export const runFeed = new RunFeed();

export function useRunFeed(): Feed {
  return useSyncExternalStore(runFeed.subscribe, runFeed.current);
}
