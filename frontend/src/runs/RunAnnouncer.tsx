/** Tells screen readers how the shown run goes: at most a sentence every two seconds, a failure at once. */
import { useEffect, useRef, useState } from "react";
import { useEditor } from "@/model/editor";
import { formatDuration, plural } from "@/run/format";
import { type RunTree, runStore, useRunTree } from "@/run/store";

const EVERY_MS = 2_000;

export function RunAnnouncer() {
  const tree = useRunTree();
  const [polite, setPolite] = useState("");
  const [assertive, setAssertive] = useState("");
  const latest = useRef(tree);
  const timer = useRef<number | undefined>(undefined);
  const failed = tree.progress.failed;
  latest.current = tree;

  // biome-ignore lint/correctness/useExhaustiveDependencies: every change of the tree may be worth a sentence.
  useEffect(() => {
    timer.current ??= window.setTimeout(() => {
      timer.current = undefined;
      setPolite(sentence(latest.current));
    }, EVERY_MS);
  }, [tree]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  useEffect(() => setAssertive(failed > 0 ? failure() : ""), [failed]);

  return (
    <>
      <span role="status" className="sr-only">
        {polite}
      </span>
      <span role="alert" className="sr-only">
        {assertive}
      </span>
    </>
  );
}

export function sentence({ progress, began, ended, status }: RunTree): string {
  if (!began) return "";
  if (!ended) return `${progress.done} of ${plural(progress.steps, "step")} done.`;
  const took = formatDuration(Date.parse(ended) - Date.parse(began));
  return `The run ${status} after ${took}: ${plural(progress.steps, "step")}.`;
}

function failure(): string {
  const step = runStore.steps().findLast((each) => each.status === "failed");
  if (!step) return "";
  const { document, viewing } = useEditor.getState();
  const node = (viewing?.graph ?? document).nodes.find((each) => each.id === step.node);
  return `${node?.name ?? step.node} failed: ${step.error?.message ?? "no message"}`;
}
