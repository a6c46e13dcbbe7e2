/** What one node did in the watched run: input and output, log, error, attempts, the branch it began. */
import { ArrowRight, ChevronRight, EyeOff, MousePointerClick, Radio } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Step } from "@/api/types";
import { useEditor, useNode } from "@/model/editor";
import { formatFineClock, useElapsed } from "@/run/format";
import { BranchIcon, StatusIcon, StatusWord } from "@/run/status";
import { runStore, useNodeRun, useRunTree, useSteps } from "@/run/store";
import { beginsRun } from "@/run/view";
import { cx } from "@/ui/cx";
import { Empty } from "@/ui/Empty";
import { useStepChoice } from "./choice";
import { ErrorCard } from "./ErrorCard";
import { LogLines } from "./LogLines";
import { PayloadView } from "./PayloadView";
import { useStepDetail } from "./useStepDetail";

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
  const step = byHand ?? steps.find((each) => each.id === state?.stepId) ?? steps.at(-1);
  if (!step) return <NotReached skipped={state?.status === "skipped"} />;
  return (
    <div className="@container flex h-full min-h-0 flex-col" data-step-id={step.id} data-status={step.status}>
      {steps.length > 1 && <StepChooser nodeId={nodeId} steps={steps} current={step} />}
      <StepView key={step.id} step={step} />
    </div>
  );
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

// ── Which step ──────────────────────────────────────────────────────────────────────────────────────

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
  const where = run?.kind === "background" ? "Background" : "Foreground";
  return step.iteration ? `${where} · ${step.iteration}` : where;
}

// ── The step ────────────────────────────────────────────────────────────────────────────────────────

function StepView({ step }: { step: Step }) {
  const node = useNode(step.node);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <StepHeader step={step} />
      {(step.error || step.background_run) && (
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

// ── Input, output, log ──────────────────────────────────────────────────────────────────────────────

function Panes({ step }: { step: Step }) {
  const detail = useStepDetail(step);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [chosenPort, setPort] = useState<string | null>(null);
  const ports = Object.keys(step.outputs);
  const port = chosenPort !== null && ports.includes(chosenPort) ? chosenPort : (ports[0] ?? null);
  const toggle = (name: string) =>
    setClosed((before) =>
      before.has(name) ? new Set([...before].filter((each) => each !== name)) : new Set([...before, name]),
    );
  const before = detail.step?.input && !detail.step.input.cut ? detail.step.input.value : undefined;
  const output = port === null ? null : detail.step?.outputs[port];

  return (
    <div className="flex min-h-0 flex-1 flex-col border-t @xl:flex-row">
      <Pane name="Input" closed={closed.has("Input")} onToggle={() => toggle("Input")}>
        {detail.step?.input ? (
          <PayloadView payload={detail.step.input} root="payload" label="Input" />
        ) : (
          <Nothing step={step} detail={detail} none="Nothing came in: a trigger begins with the event." />
        )}
      </Pane>
      <Pane
        name="Output"
        closed={closed.has("Output")}
        onToggle={() => toggle("Output")}
        end={ports.length > 1 && <PortChooser ports={ports} port={port} onChange={setPort} />}
      >
        {output ? (
          <PayloadView
            payload={output}
            root="payload"
            label="Output"
            before={before}
            lead={ports.length === 1 && port !== "payload" && <PortName port={port ?? ""} />}
          />
        ) : (
          <Nothing step={step} detail={detail} none={step.ended ? "No port fired." : "Nothing yet."} />
        )}
      </Pane>
      {step.log.length > 0 && (
        <Pane
          name="Log"
          count={step.log.length}
          closed={closed.has("Log")}
          onToggle={() => toggle("Log")}
          small
        >
          <LogLines lines={step.log} className="min-h-0 flex-1" />
        </Pane>
      )}
    </div>
  );
}

interface PaneProps {
  name: string;
  count?: number;
  closed: boolean;
  onToggle: () => void;
  end?: ReactNode;
  /** Takes no more room than it needs, up to a third. */
  small?: boolean;
  children: ReactNode;
}

function Pane({ name, count, closed, onToggle, end, small, children }: PaneProps) {
  return (
    <section
      aria-label={name}
      className={cx(
        "flex min-w-0 flex-col border-b last:border-b-0 @xl:border-r @xl:border-b-0 @xl:last:border-r-0",
        closed
          ? "shrink-0"
          : small
            ? "max-h-1/3 min-h-24 shrink-0 @xl:max-h-none @xl:w-1/4"
            : "min-h-28 flex-1",
      )}
    >
      <header className="flex h-8 shrink-0 items-center gap-1 pr-2 pl-1.5">
        <button
          type="button"
          aria-expanded={!closed}
          onClick={onToggle}
          className="flex h-6 items-center gap-1 rounded-md pr-1.5 pl-0.5 font-semibold text-text text-xs hover:bg-hover"
        >
          <ChevronRight
            size={13}
            className={cx("text-faint transition-transform", !closed && "rotate-90")}
            aria-hidden
          />
          {name}
          {count !== undefined && <span className="font-normal text-faint">{count.toLocaleString()}</span>}
        </button>
        <span className="ml-auto flex min-w-0 items-center">{end}</span>
      </header>
      {!closed && <div className="flex min-h-0 flex-1 flex-col">{children}</div>}
    </section>
  );
}

const PortName = ({ port }: { port: string }) => (
  <span className="mr-1.5 inline-flex items-center gap-1 rounded bg-sunken px-1.5 text-muted leading-4">
    <ArrowRight size={10} aria-hidden />
    {port}
  </span>
);

function PortChooser({
  ports,
  port,
  onChange,
}: {
  ports: string[];
  port: string | null;
  onChange: (port: string) => void;
}) {
  return (
    <span
      role="radiogroup"
      aria-label="Output port"
      className="flex overflow-x-auto rounded-md bg-sunken p-0.5"
    >
      {ports.map((each) => (
        // biome-ignore lint/a11y/useSemanticElements: a short row of names to choose from.
        <button
          key={each}
          type="button"
          role="radio"
          aria-checked={each === port}
          onClick={() => onChange(each)}
          className={cx(
            "h-5 shrink-0 rounded px-1.5 text-2xs",
            each === port ? "bg-raised font-medium text-text shadow-xs" : "text-muted hover:text-text",
          )}
        >
          {each}
        </button>
      ))}
    </span>
  );
}

/** Why there is no payload to show. */
function Nothing({
  step,
  detail,
  none,
}: {
  step: Step;
  detail: ReturnType<typeof useStepDetail>;
  none: string;
}) {
  const mayRead = useEditor((state) => state.workflow?.roles.includes("payloads") ?? false);
  const text = !mayRead
    ? "You may not see payloads of this workflow."
    : detail.error
      ? detail.error
      : !step.recorded && step.ended
        ? "Payloads of this run were not recorded. Switch on “Collect debugging information”, or fire a test event."
        : detail.loading
          ? ""
          : none;
  return <p className="px-3 py-1 text-muted text-xs">{text}</p>;
}
