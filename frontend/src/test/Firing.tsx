/** The button that fires, why it may refuse, and what comes of it. */
import { CornerDownLeft, Play } from "lucide-react";
import type { GraphNode, Problem } from "@/api/types";
import { useEditor } from "@/model/editor";
import { selectStep } from "@/runs/select";
import { Button } from "@/ui/Button";
import { Acts } from "./ActingNodes";
import { startOf } from "./acts";
import { useTestDraft } from "./draft";
import { fireTest } from "./fire";
import { useFiring } from "./fired";
import { LastRun } from "./LastRun";
import { Listen } from "./Listen";

export function Fire({ triggers }: { triggers: GraphNode[] }) {
  const { busy, errors, run } = useFiring();
  const mayRun = useEditor((state) => state.workflow?.roles.includes("run") ?? false);
  const chosen = useTestDraft((state) => state.start);
  const start = startOf(triggers, chosen);
  const viewing = useEditor((state) => state.viewing !== null);
  return (
    <>
      <Button
        variant="primary"
        icon={Play}
        busy={busy}
        disabled={!mayRun || triggers.length === 0}
        onClick={() => void fireTest()}
        className="h-9 w-full"
        data-action="fire"
      >
        Fire test event
        <span className="ml-1">
          <FireKey />
        </span>
      </Button>
      {start?.plugin === "webhook" && mayRun && (
        <Listen node={start} onErrors={(next) => useFiring.setState({ errors: next })} />
      )}
      {!mayRun && <p className="text-muted text-xs">You may look at this workflow but not run it.</p>}
      {mayRun && triggers.length === 0 && (
        <p className="text-muted text-xs">
          The graph has no trigger yet. Add a Start node: events begin there.
        </p>
      )}
      {viewing && (
        <p className="text-muted text-xs">The test runs your draft, not the past run that is shown.</p>
      )}
      {errors.other && (
        <p role="alert" className="rounded-md bg-fail-soft px-2.5 py-2 text-fail text-xs">
          {errors.other}
        </p>
      )}
      {errors.problems && <Refusal problems={errors.problems} />}
      {run && <LastRun fired={run} />}
      <Acts triggers={start ? [start] : triggers} />
    </>
  );
}

const FireKey = () => (
  <span className="inline-flex items-center gap-0.5 text-2xs" aria-hidden>
    {/Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl"}
    <CornerDownLeft size={11} />
  </span>
);

function Refusal({ problems }: { problems: Problem[] }) {
  return (
    <div role="alert" className="rounded-md bg-fail-soft px-2.5 py-2 text-xs">
      <p className="font-medium text-fail">The draft cannot run yet</p>
      <ul className="mt-1 flex flex-col gap-1">
        {problems.slice(0, 6).map((problem) => (
          <li key={`${problem.node}${problem.edge}${problem.code}${problem.message}`}>
            {problem.node ? (
              <button
                type="button"
                className="text-left text-text underline-offset-2 hover:underline"
                onClick={() => problem.node && selectStep(problem.node, null)}
              >
                {problem.message}
              </button>
            ) : (
              problem.message
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
