/** Every step of the shown tree in the order it began, with its time as a bar; linked both ways with the canvas. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useMemo, useRef } from "react";
import type { Step } from "@/api/types";
import { summaryText } from "@/canvas/describe";
import { useStepChoice } from "@/inspector/io/choice";
import { shownDocument, useEditor, useSelectedNode } from "@/model/editor";
import { useElapsed } from "@/run/format";
import { BranchIcon, STATUS, StatusIcon } from "@/run/status";
import { runStore, useRunTree, useSteps } from "@/run/store";
import { beginsRun } from "@/run/view";
import { cx } from "@/ui/cx";
import { useNow } from "@/ui/useNow";
import { selectStep } from "./select";
import { barOf, type Span, spanOf } from "./timeline";

const ROW = 30;

export function StepList({ run }: { run: string | null }) {
  const all = useSteps();
  const { runs, progress } = useRunTree();
  const steps = useMemo(() => (run === null ? all : all.filter((step) => step.run === run)), [all, run]);
  const now = useNow(!progress.ended);
  const span = useMemo(
    () =>
      spanOf(
        runs.map((row) => row.run),
        steps,
        now,
      ),
    [runs, steps, now],
  );
  const selected = useSelectedNode();
  const { chosen } = useStepChoice();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: steps.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => steps[index]?.id ?? index,
    overscan: 12,
  });
  const current = steps.findIndex((step) => isCurrent(step, selected, chosen));

  // biome-ignore lint/correctness/useExhaustiveDependencies: the list follows a selection made elsewhere, not new steps.
  useEffect(() => {
    if (current >= 0) virtual.scrollToIndex(current, { align: "auto" });
  }, [selected, chosen?.step]);

  function onKeyDown(event: KeyboardEvent) {
    const to = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: steps.length - 1 }[event.key];
    const step = to === undefined ? undefined : steps[Math.min(steps.length - 1, Math.max(0, to))];
    if (!step) return;
    event.preventDefault();
    selectStep(step.node, step.id);
  }

  if (steps.length === 0) return <NoSteps ended={progress.ended} />;
  return (
    <div
      ref={scroller}
      role="listbox"
      tabIndex={0}
      aria-label="Steps"
      aria-activedescendant={current >= 0 ? `step-${steps[current]?.id}` : undefined}
      onKeyDown={onKeyDown}
      className="@container min-h-0 flex-1 overflow-auto outline-offset-[-2px]"
    >
      <div className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const step = steps[item.index];
          if (!step) return null;
          return (
            <StepRow
              key={item.key}
              step={step}
              top={item.start}
              span={span}
              now={now}
              current={item.index === current}
            />
          );
        })}
      </div>
    </div>
  );
}

function NoSteps({ ended }: { ended: boolean }) {
  return (
    <p className="px-3 py-3 text-muted text-sm">
      {ended ? "Nothing of this run's steps was recorded." : "Steps show here as soon as they begin."}
    </p>
  );
}

function isCurrent(
  step: Step,
  selected: string | null,
  chosen: { node: string; step: string } | null,
): boolean {
  if (step.node !== selected) return false;
  return chosen?.node === selected ? chosen.step === step.id : runStore.nodeRun(selected)?.stepId === step.id;
}

interface StepRowProps {
  step: Step;
  top: number;
  span: Span;
  now: number;
  current: boolean;
}

function StepRow({ step, top, span, now, current }: StepRowProps) {
  const name = useEditor(
    (state) => shownDocument(state).nodes.find((node) => node.id === step.node)?.name ?? step.node,
  );
  const elapsed = useElapsed(step.started, step.ended);
  const background = runStore.trace.runs.get(step.run)?.kind === "background";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list that holds the focus has the keys of all its rows.
    <div
      id={`step-${step.id}`}
      role="option"
      tabIndex={-1}
      aria-selected={current}
      data-step-id={step.id}
      data-seq={step.seq}
      data-run-id={step.run}
      data-node={step.node}
      data-status={step.status}
      onClick={() => selectStep(step.node, step.id)}
      style={{ transform: `translateY(${top}px)`, height: ROW }}
      className={cx(
        "absolute inset-x-0 top-0 grid cursor-pointer grid-cols-[16px_minmax(0,1fr)_3.5rem] @md:grid-cols-[16px_minmax(9rem,1.6fr)_3.5rem_minmax(4rem,1.3fr)_minmax(5rem,1.2fr)] items-center gap-2.5 px-3 text-sm",
        current ? "bg-accent-soft [--fs-faint:var(--fs-muted)]" : "hover:bg-hover",
      )}
    >
      <StatusIcon status={step.status} />
      <span className="flex min-w-0 items-center gap-1.5">
        <span className="truncate">{name}</span>
        <span className="sr-only">{STATUS[step.status].word}</span>
        {step.iteration !== "" && (
          <span className="shrink-0 text-2xs text-muted tabular-nums">#{step.iteration}</span>
        )}
        {background && <BranchIcon size={11} className="text-branch" />}
        {step.attempts > 1 && <span className="shrink-0 text-2xs text-warn">attempt {step.attempts}</span>}
      </span>
      <span className="text-right text-muted text-xs tabular-nums">{elapsed}</span>
      <TimeBar step={step} span={span} now={now} />
      <span
        className={cx("truncate text-xs @max-md:hidden", step.error ? "text-fail" : "text-faint")}
        title={step.error?.message}
      >
        {resultOf(step)}
      </span>
    </div>
  );
}

function resultOf(step: Step): string {
  if (step.error) return step.error.message;
  if (step.background_run) return "handed over";
  if (beginsRun(runStore.trace, step)) return "branch begins";
  const fired = Object.entries(step.outputs);
  return fired
    .map(([port, summary]) => {
      const text = summary ? summaryText(summary) : "";
      return port === "payload" ? text : [port, text].filter(Boolean).join(": ");
    })
    .join(", ");
}

const BAR: Record<Step["status"], string> = {
  queued: "bg-line-strong",
  running: "bg-accent",
  waiting: "bg-warn",
  succeeded: "bg-ok",
  failed: "bg-fail",
  cancelled: "bg-line-strong",
};

/** Waiting hatched, running solid. */
function TimeBar({ step, span, now }: { step: Step; span: Span; now: number }) {
  const bar = barOf(step, span, now);
  if (!bar) return <span className="@max-md:hidden" />;
  const percent = (share: number) => `${(share * 100).toFixed(2)}%`;
  return (
    <span className="relative h-2 @max-md:hidden" aria-hidden>
      <span className="absolute inset-x-0 top-[3.5px] h-px bg-line" />
      <span
        className="absolute inset-y-0.5 rounded-l-sm bg-line-strong opacity-60"
        style={{ left: percent(bar.waitFrom), width: percent(bar.from - bar.waitFrom) }}
      />
      <span
        className={cx("absolute inset-y-0 min-w-[3px] rounded-sm", BAR[step.status])}
        style={{ left: percent(Math.min(bar.from, 0.985)), width: percent(bar.to - bar.from) }}
      />
    </span>
  );
}
