/** Pages over what a node did in each round of its loop: one at a time, all or only what failed. */
import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import type { Step } from "@/api/types";
import { StatusIcon } from "@/run/status";
import { IconButton } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { useStepChoice } from "./choice";
import { pagesOf, roundWords } from "./iterations";

interface Props {
  nodeId: string;
  steps: readonly Step[];
  current: Step;
}

export function IterationPager({ nodeId, steps, current }: Props) {
  const { choose } = useStepChoice();
  const [onlyFailed, setOnlyFailed] = useState(false);
  const failed = steps.filter((step) => step.status === "failed").length;
  const { at, of, before, after } = pagesOf(steps, current, onlyFailed && failed > 0);
  const go = (step: Step | undefined) => step && choose(nodeId, step.id);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of buttons, not of form fields.
    <div
      role="group"
      aria-label="Iterations"
      className="flex shrink-0 flex-wrap items-center gap-x-1 gap-y-1 border-b px-3 py-1.5 text-xs"
    >
      <IconButton
        icon={ChevronLeft}
        size="sm"
        label="Previous iteration"
        disabled={!before}
        onClick={() => go(before)}
      />
      <output className="flex min-w-24 items-center justify-center gap-1.5 tabular-nums" aria-live="polite">
        <StatusIcon status={current.status} size={13} />
        {at === null ? "–" : at + 1} of {of}
      </output>
      <IconButton
        icon={ChevronRight}
        size="sm"
        label="Next iteration"
        disabled={!after}
        onClick={() => go(after)}
      />
      <span className="ml-1 text-muted">{roundWords(current)}</span>
      {failed > 0 && (
        <button
          type="button"
          aria-pressed={onlyFailed}
          onClick={() => {
            setOnlyFailed(!onlyFailed);
            if (!onlyFailed && current.status !== "failed")
              go(steps.find((step) => step.status === "failed"));
          }}
          className={cx(
            "ml-auto h-6 rounded-md px-2 transition-colors",
            onlyFailed ? "bg-fail-soft font-medium text-fail" : "text-muted hover:bg-hover hover:text-text",
          )}
        >
          Only failed ({failed})
        </button>
      )}
    </div>
  );
}
