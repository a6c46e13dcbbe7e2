/** Where each step lies in the time of its tree of runs: the arithmetic of the small bars. */
import type { Run, Step } from "@/api/types";

export interface Span {
  begin: number;
  end: number;
}

export interface Bar {
  /** In parts of the whole, 0 to 1. */
  waitFrom: number;
  from: number;
  to: number;
}

/** From the first thing that was queued to the last that ended, or to now while something goes on. */
export function spanOf(runs: readonly Run[], steps: Iterable<Step>, now: number): Span {
  let begin = Number.POSITIVE_INFINITY;
  let end = 0;
  for (const run of runs) {
    begin = Math.min(begin, Date.parse(run.queued));
    end = Math.max(end, run.ended ? Date.parse(run.ended) : now);
  }
  for (const step of steps) if (step.ended) end = Math.max(end, Date.parse(step.ended));
  return { begin, end: Math.max(end, begin + 1) };
}

export function barOf(step: Step, { begin, end }: Span, now: number): Bar | null {
  if (!step.started && !step.queued) return null;
  const share = (time: number) => Math.min(1, Math.max(0, (time - begin) / (end - begin)));
  const started = Date.parse(step.started ?? step.queued ?? "");
  const queued = step.queued ? Date.parse(step.queued) : started;
  return {
    waitFrom: share(Math.min(queued, started)),
    from: share(started),
    to: share(step.ended ? Date.parse(step.ended) : Math.max(now, started)),
  };
}
