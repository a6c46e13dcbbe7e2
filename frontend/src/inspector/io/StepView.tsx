/** One step: how it went, what failed, the branch it began, and its payloads. */
import type { Step } from "@/api/types";
import { useNode } from "@/model/editor";
import { formatFineClock, useElapsed } from "@/run/format";
import { BranchIcon, StatusWord } from "@/run/status";
import { runStore, useRunTree } from "@/run/store";
import { CallCard } from "./CallCard";
import { ErrorCard } from "./ErrorCard";
import { Panes } from "./Panes";

export function StepView({ step }: { step: Step }) {
  const node = useNode(step.node);
  useRunTree(); // the called run's row comes and goes by itself
  const called = runStore.trace.calledBy(step);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <StepHeader step={step} />
      {(step.error || step.background_run || called) && (
        <div className="flex shrink-0 flex-col gap-2 px-3 pb-3">
          {step.error && (
            <ErrorCard
              error={step.error}
              attempts={step.attempts}
              facts={{
                Node: `${node?.name ?? step.node} (${step.plugin})`,
                Attempt: String(step.attempts),
                Began: step.started ?? "",
                Run: step.run,
                Step: step.id,
              }}
            />
          )}
          {called && <CallCard run={called} />}
          {step.background_run && <BranchCard runId={step.background_run} />}
        </div>
      )}
      <Panes step={step} />
    </div>
  );
}

function StepHeader({ step }: { step: Step }) {
  const elapsed = useElapsed(step.started, step.ended);
  const background = runStore.trace.runs.get(step.run)?.kind === "background";
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2.5 text-xs">
      <StatusWord status={step.status} className="text-sm" />
      {elapsed && <span className="tabular-nums text-text">{elapsed}</span>}
      {step.attempts > 1 && <span className="text-warn">Attempt {step.attempts}</span>}
      {background && (
        <span className="inline-flex items-center gap-1 text-branch">
          <BranchIcon size={12} />
          Background
        </span>
      )}
      {step.started && (
        <time dateTime={step.started} className="ml-auto tabular-nums text-faint">
          {formatFineClock(step.started)}
        </time>
      )}
    </div>
  );
}

function BranchCard({ runId }: { runId: string }) {
  const { runs } = useRunTree();
  const run = runs.find((row) => row.run.id === runId)?.run;
  const elapsed = useElapsed(run?.started ?? null, run?.ended ?? null);
  return (
    <section
      aria-label="Background run"
      className="rounded-lg border border-branch-line bg-branch-soft px-3 py-2.5"
    >
      <div className="flex items-center gap-2 text-sm">
        <BranchIcon size={15} className="text-branch" />
        <span className="min-w-0 flex-1">Everything behind this node runs in the background.</span>
      </div>
      <div className="mt-1.5 flex items-center gap-3 pl-[23px] text-xs">
        {run && <StatusWord status={run.status} />}
        {elapsed && <span className="text-muted tabular-nums">{elapsed}</span>}
        <code className="ml-auto truncate font-mono text-2xs text-muted" title={runId}>
          {runId.slice(-8)}
        </code>
      </div>
    </section>
  );
}
