/** How a run's state looks: shape, word and colour together, never colour alone. */
import { Ban, CircleCheck, CircleDashed, CircleX, Hourglass, LoaderCircle, type LucideIcon, CircleMinus } from "lucide-react";
import type { NodeRun } from "@/run/store";

export type Shown = NodeRun["status"];

interface Look {
  word: string;
  icon: LucideIcon;
  /** The name of the token, without --fs-. */
  colour: "muted" | "accent" | "warn" | "ok" | "fail" | "faint";
}

export const STATUS: Readonly<Record<Shown, Look>> = {
  queued: { word: "Queued", icon: CircleDashed, colour: "muted" },
  running: { word: "Running", icon: LoaderCircle, colour: "accent" },
  waiting: { word: "Waiting", icon: Hourglass, colour: "warn" },
  succeeded: { word: "Done", icon: CircleCheck, colour: "ok" },
  failed: { word: "Failed", icon: CircleX, colour: "fail" },
  cancelled: { word: "Cancelled", icon: Ban, colour: "muted" },
  skipped: { word: "Skipped", icon: CircleMinus, colour: "faint" },
};

/** 840 ms, 1.2 s, 14 s, 2 m 05 s. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} m ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
}

export function elapsed(run: Pick<NodeRun, "started" | "ended">, now: number): number | null {
  if (!run.started) return null;
  return (run.ended ? Date.parse(run.ended) : now) - Date.parse(run.started);
}

export function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  if (size < 1_000_000) return `${(size / 1000).toFixed(size < 10_000 ? 1 : 0)} kB`;
  return `${(size / 1_000_000).toFixed(1)} MB`;
}
