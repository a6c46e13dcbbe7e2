/** What one node did in the watched run: which of its steps, and why there may be none. */
import { EyeOff, MousePointerClick, Radio } from "lucide-react";
import type { Step } from "@/api/types";
import { StatusIcon } from "@/run/status";
import { runStore, useNodeRun, useRunTree, useSteps } from "@/run/store";
import { beginsRun } from "@/run/view";
import { cx } from "@/ui/cx";
import { Empty } from "@/ui/Empty";
import { useStepChoice } from "./choice";
import { IterationPager } from "./IterationPager";
import { StepView } from "./StepView";

export function StepInspector({ nodeId }: { nodeId: string }) {
  const { watched, refusal } = useRunTree();
  const steps = useStepsOf(nodeId);
  const state = useNodeRun(nodeId);
  const { chosen } = useStepChoice();
  if (watched === null) {
    return (
      <Empty icon={Radio} title="No run is shown">
        Fire a test event, or open a run: then this shows what went into the node and what came out.
      </Empty>
    );
  }
  if (refusal) return <Empty title="This run cannot be shown">{refusal}</Empty>;
  const byHand = chosen?.node === nodeId ? steps.find((step) => step.id === chosen.step) : undefined;
  const step =
    byHand ??
    sameRound(steps, chosen?.step) ??
    steps.find((each) => each.id === state?.stepId) ??
    steps.at(-1);
  if (!step) return <NotReached skipped={state?.status === "skipped"} />;
  return (
    <div className="@container flex h-full min-h-0 flex-col" data-step-id={step.id} data-status={step.status}>
      {steps.length > 1 &&
        (steps.some((each) => each.iteration !== "") ? (
          <IterationPager nodeId={nodeId} steps={steps} current={step} />
        ) : (
          <StepChooser nodeId={nodeId} steps={steps} current={step} />
        ))}
      <StepView key={step.id} step={step} />
    </div>
  );
}

/** Who looks at one round of a loop at one node sees the same round at the next. */
function sameRound(steps: readonly Step[], chosen: string | undefined): Step | undefined {
  const iteration = chosen === undefined ? undefined : runStore.trace.step(chosen)?.iteration;
  return iteration ? steps.find((step) => step.iteration === iteration) : undefined;
}

function useStepsOf(nodeId: string): Step[] {
  useSteps(); // a new list with each change of any step
  return runStore.trace.stepsOf(nodeId);
}

function NotReached({ skipped }: { skipped: boolean }) {
  const { progress } = useRunTree();
  if (skipped) {
    return (
      <Empty icon={EyeOff} title="Skipped in this run">
        No edge that leads here delivered anything, so the node did not run.
      </Empty>
    );
  }
  return (
    <Empty icon={MousePointerClick} title={progress.ended ? "Not reached in this run" : "Not reached yet"}>
      {progress.ended
        ? "The run ended without coming here."
        : "Input and output show here as soon as the node begins."}
    </Empty>
  );
}

function StepChooser({ nodeId, steps, current }: { nodeId: string; steps: Step[]; current: Step }) {
  const { choose } = useStepChoice();
  return (
    <div
      role="radiogroup"
      aria-label="Step"
      className="flex shrink-0 gap-1 overflow-x-auto border-b px-3 py-1.5"
    >
      {steps.map((step) => (
        // biome-ignore lint/a11y/useSemanticElements: a choice among buttons that show icon, word and time.
        <button
          key={step.id}
          type="button"
          role="radio"
          aria-checked={step.id === current.id}
          onClick={() => choose(nodeId, step.id)}
          className={cx(
            "flex h-7 shrink-0 items-center gap-1.5 rounded-md px-2 text-xs transition-colors",
            step.id === current.id ? "bg-hover font-medium text-text" : "text-muted hover:bg-hover",
          )}
        >
          <StatusIcon status={step.status} size={13} />
          {labelOf(step)}
        </button>
      ))}
    </div>
  );
}

function labelOf(step: Step): string {
  const run = runStore.trace.runs.get(step.run);
  if (beginsRun(runStore.trace, step)) return "Start of the branch";
  return run?.kind === "background" ? "Background" : "Foreground";
}
