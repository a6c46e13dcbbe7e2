/** The run that a step called: another workflow's, with a canvas of its own, so this only leads there. */
import { SquareArrowOutUpRight } from "lucide-react";
import { useLocation } from "wouter";
import type { Run } from "@/api/types";
import { useElapsed } from "@/run/format";
import { StatusWord } from "@/run/status";
import { Button } from "@/ui/Button";

export function CallCard({ run }: { run: Run }) {
  const [, navigate] = useLocation();
  const elapsed = useElapsed(run.started, run.ended);
  return (
    <section aria-label="Called run" className="flex items-center gap-3 rounded-lg border px-3 py-2 text-xs">
      <span className="min-w-0 flex-1 truncate text-sm">Called another workflow.</span>
      <StatusWord status={run.status} />
      {elapsed && <span className="text-muted tabular-nums">{elapsed}</span>}
      <Button size="sm" icon={SquareArrowOutUpRight} onClick={() => navigate(`/runs/${run.id}/`)}>
        Open its run
      </Button>
    </section>
  );
}
