/** The rounds of a loop as pages: their order, neighbours and names. */
import type { Step } from "@/api/types";

const path = (step: Step): number[] => step.iteration.split(".").filter(Boolean).map(Number);

/** By the rounds of the outermost loop, then of the next; what ran outside of every loop first. */
export function byIteration(a: Step, b: Step): number {
  const [left, right] = [path(a), path(b)];
  for (let level = 0; level < Math.max(left.length, right.length); level++) {
    const difference = (left[level] ?? -1) - (right[level] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

export interface Pages {
  /** From 0; null where the shown step is none of the pages. */
  at: number | null;
  of: number;
  before: Step | undefined;
  after: Step | undefined;
}

export function pagesOf(steps: readonly Step[], current: Step, onlyFailed: boolean): Pages {
  const pages = steps.filter((step) => !onlyFailed || step.status === "failed").sort(byIteration);
  const index = pages.findIndex((step) => step.id === current.id);
  if (index >= 0) return { at: index, of: pages.length, before: pages[index - 1], after: pages[index + 1] };
  const next = pages.findIndex((step) => byIteration(step, current) > 0);
  const split = next < 0 ? pages.length : next;
  return { at: null, of: pages.length, before: pages[split - 1], after: pages[split] };
}

/** "index 2", of a loop in a loop "index 2 › 0": what the expressions in the body read. */
export const roundWords = (step: Step): string =>
  step.iteration === "" ? "" : `index ${step.iteration.replaceAll(".", " › ")}`;
