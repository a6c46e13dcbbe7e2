/** The page's one live connection, wired to the run store and to the workflow's list of runs. */
import { useSyncExternalStore } from "react";
import { liveUrl } from "@/api/boot";
import { ApiError, api, Offline } from "@/api/client";
import { runFeed } from "./feed";
import { LiveConnection, type LiveState } from "./socket";
import { runStore } from "./store";

export const live = new LiveConnection(
  {
    run: (run) => runStore.addRun(run),
    listed: (run) => runFeed.add(run),
    steps: (runId, steps, seq) => runStore.addSteps(runId, steps, seq),
    positions: () => runStore.trace.positions(),
    refused: (detail) => runStore.refuse(detail),
  },
  {
    open: () => new WebSocket(liveUrl()),
    get: (path, query) => api.get(path, query),
    isSignedOut: (error) => error instanceof ApiError && (error.status === 401 || error.status === 403),
    isOffline: (error) => error instanceof Offline,
    now: () => Date.now(),
    later: (run, milliseconds) => {
      const timer = window.setTimeout(run, milliseconds);
      return () => window.clearTimeout(timer);
    },
    random: () => Math.random(),
  },
);

runStore.onWatch((runId) => live.watchRun(runId));

let begun = false;

/** Connect, and stay connected while the page lives. */
export function goLive(): void {
  if (begun) return;
  begun = true;
  window.addEventListener("offline", () => live.networkLost());
  window.addEventListener("online", () => live.networkBack());
  if (navigator.onLine) live.start();
  else live.networkLost();
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(live.subscribe, () => live.state);
}
