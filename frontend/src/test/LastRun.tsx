/** How the run that was fired here goes; it is done when its branches are. */
import { useEffect } from "react";
import type { Run } from "@/api/types";
import { usePanels } from "@/editor/panels";
import { useEditor } from "@/model/editor";
import { plural, useElapsed } from "@/run/format";
import { StatusIcon, StatusWord } from "@/run/status";
import { runStore, useRunTree } from "@/run/store";
import { selectStep } from "@/runs/select";

export function LastRun({ fired }: { fired: Run }) {
  const { watched, root, runs, progress, began, ended, status } = useRunTree();
  const showBottom = usePanels((state) => state.showBottom);
  const shown = watched === fired.id && root !== null && status !== null;
  const elapsed = useElapsed(shown ? began : null, ended);
  useJumpToFailure(shown && ended !== null && status === "failed" ? fired.id : null);
  if (!shown) return null;
  return (
    <section
      aria-label="Test run"
      data-run-id={fired.id}
      data-status={status}
      className="rounded-lg border bg-sunken px-2.5 py-2 text-xs"
    >
      <div className="flex items-center gap-2">
        <StatusWord status={status} />
        <span className="text-muted tabular-nums">{elapsed}</span>
        <button
          type="button"
          onClick={() => showBottom("runs")}
          className="ml-auto font-medium text-accent hover:underline"
        >
          {plural(progress.steps, "step")}
        </button>
      </div>
      {runs.length > 1 && (
        <div className="mt-1 flex flex-wrap gap-x-3 gap-y-0.5 text-muted">
          {runs.map(({ run }) => (
            <span key={run.id} className="inline-flex items-center gap-1">
              <StatusIcon status={run.status} size={12} />
              {run.kind === "background" ? "Background" : "Foreground"}
            </span>
          ))}
        </div>
      )}
    </section>
  );
}

/** Once per failed test, and only while nobody looks at something else, the failing node is shown. */
function useJumpToFailure(run: string | null): void {
  useEffect(() => {
    if (run === null || useEditor.getState().selection.nodes.length > 0) return;
    const step = runStore.steps().find((each) => each.status === "failed");
    if (step) selectStep(step.node, null);
  }, [run]);
}
