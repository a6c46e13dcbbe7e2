/** What the run did to a node: shape, word and time. */
import { formatDuration } from "@/run/format";
import { STATUS } from "@/run/status";
import type { NodeRun } from "@/run/store";
import { roundsInWords } from "@/run/view";
import { cx } from "@/ui/cx";
import { useNow } from "@/ui/useNow";
import { elapsed, STATE_COLOUR } from "./status";

export function StatusBadge({ run }: { run: NodeRun }) {
  const { icon: Icon, word } = STATUS[run.status];
  const active = run.status === "running" || run.status === "waiting";
  const now = useNow(active);
  const ms = elapsed(run, now);
  return (
    <span
      className="fs-node-status"
      style={{ color: `var(--fs-${STATE_COLOUR[run.status]})` }}
      data-status={run.status}
    >
      <Icon size={12} strokeWidth={2.2} className={cx(run.status === "running" && "fs-spin")} aria-hidden />
      {word}
      {ms !== null && !run.rounds && run.status !== "skipped" && (
        <span className="text-muted tabular-nums">{formatDuration(ms)}</span>
      )}
      {run.attempts > 1 && <span className="text-warn">attempt {run.attempts}</span>}
      {run.rounds ? (
        <span className="text-muted tabular-nums">{roundsInWords(run.rounds)}</span>
      ) : (
        run.count > 1 && <span className="text-muted">×{run.count}</span>
      )}
    </span>
  );
}
