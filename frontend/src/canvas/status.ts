/** The colour of a state, as the name of its token without `--fs-`; words and icons are in run/status. */
import type { AnyStatus } from "@/run/status";
import type { NodeRun } from "@/run/store";

export const STATE_COLOUR = {
  queued: "muted",
  running: "accent",
  waiting: "warn",
  succeeded: "ok",
  failed: "fail",
  cancelled: "muted",
  skipped: "muted",
} as const satisfies Record<AnyStatus, string>;

export function elapsed(run: Pick<NodeRun, "started" | "ended">, now: number): number | null {
  if (!run.started) return null;
  return Math.max(0, (run.ended ? Date.parse(run.ended) : now) - Date.parse(run.started));
}
