/** Small words about a run: background, test. */
import { FlaskConical } from "lucide-react";
import type { Run, RunShort } from "@/api/types";
import { BranchIcon } from "@/run/status";
import { cx } from "@/ui/cx";

const LOOK = "inline-flex h-[18px] shrink-0 items-center gap-1 rounded px-1.5 font-medium text-2xs";

export function RunBadges({ run }: { run: Run | RunShort }) {
  return (
    <>
      {run.kind === "background" && (
        <span className={cx(LOOK, "bg-branch-soft text-branch")}>
          <BranchIcon size={11} />
          Background
        </span>
      )}
      {run.is_test && <TestBadge />}
    </>
  );
}

export const TestBadge = () => (
  <span className={cx(LOOK, "bg-sunken text-muted")}>
    <FlaskConical size={11} aria-hidden />
    Test
  </span>
);
