/** The shown run: what started it, how it goes, what failed and what to do, its branches, its steps. */
import { CornerUpRight, Link2, OctagonX } from "lucide-react";
import { useState } from "react";
import { boot } from "@/api/boot";
import { api } from "@/api/client";
import type { Run } from "@/api/types";
import { copyText } from "@/inspector/io/copy";
import { shownDocument, useEditor } from "@/model/editor";
import { formatWhen, formatWhole, plural, useElapsed } from "@/run/format";
import { BranchIcon, REASON, StatusIcon, StatusWord } from "@/run/status";
import { runStore, useRunTree } from "@/run/store";
import { Button, IconButton } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { Empty } from "@/ui/Empty";
import { Spinner } from "@/ui/Spinner";
import { toast } from "@/ui/toast";
import { RunBadges } from "./RunBadges";
import { StepList } from "./StepList";
import { selectStep } from "./select";

export function RunDetails() {
  const { watched, root, runs, refusal } = useRunTree();
  const [only, setOnly] = useState<string | null>(null);
  if (refusal) return <Empty title="This run cannot be shown">{refusal}</Empty>;
  if (watched === null) {
    return (
      <Empty title="No run on the canvas">
        Choose one on the left: its steps, times and payloads show here and on the nodes.
      </Empty>
    );
  }
  if (!root) {
    return (
      <div className="flex h-full items-center justify-center text-muted">
        <Spinner size={18} />
      </div>
    );
  }
  const shown = only !== null && runs.some((row) => row.run.id === only) ? only : null;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <RunHeader run={root} />
      <Failures />
      {runs.length > 1 && <RunTree shown={shown} onChoose={setOnly} />}
      <StepList run={shown} />
    </div>
  );
}

function RunHeader({ run }: { run: Run }) {
  const { progress, began, ended, status } = useRunTree();
  const elapsed = useElapsed(began, ended);
  return (
    <header className="flex h-10 shrink-0 items-center gap-3 border-b pr-2 pl-3 text-sm">
      <StatusWord status={status ?? run.status} />
      <span className="min-w-16 truncate font-medium">{run.event.type}</span>
      <RunBadges run={run} />
      <span className="min-w-0 truncate text-muted text-xs tabular-nums">
        <time dateTime={run.queued} title={formatWhole(run.queued)}>
          {formatWhen(run.queued)}
        </time>
        {elapsed && ` · ${elapsed}`}
        {` · ${plural(progress.steps, "step")}`}
        {run.version !== null && ` · version ${run.version}`}
      </span>
      <span className="ml-auto flex items-center gap-1">
        {ended === null && <CancelButton run={run} />}
        <IconButton
          icon={Link2}
          size="sm"
          label="Copy link to this run"
          onClick={() => copyText(linkTo(run), "Link")}
        />
      </span>
    </header>
  );
}

const linkTo = (run: Run) => new URL(`${boot.base}runs/${run.id}/`, window.location.href).href;

function CancelButton({ run }: { run: Run }) {
  const mayRun = useEditor((state) => state.workflow?.roles.includes("run") ?? false);
  const [busy, setBusy] = useState(false);
  if (!mayRun) return null;
  async function cancel() {
    setBusy(true);
    try {
      runStore.addRun(await api.post<Run>(`runs/${run.id}/cancel/`));
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), {
        kind: "error",
        title: "Not cancelled",
      });
    }
    setBusy(false);
  }
  return (
    <Button size="sm" variant="danger" icon={OctagonX} busy={busy} onClick={cancel}>
      Cancel
    </Button>
  );
}

/** Which runs of the tree did not succeed, where, and what to do about it. */
function Failures() {
  const { runs } = useRunTree();
  const failed = runs.filter(({ run }) => run.status === "failed");
  if (failed.length === 0) return null;
  return (
    <ul aria-label="What failed" className="max-h-1/3 shrink-0 overflow-auto border-b bg-fail-soft py-1">
      {failed.map(({ run }) => (
        <RunFailure key={run.id} run={run} />
      ))}
    </ul>
  );
}

function RunFailure({ run }: { run: Run }) {
  const failing = failingNode(run);
  const name = useEditor((state) => shownDocument(state).nodes.find((node) => node.id === failing)?.name);
  const reason = REASON[run.reason ?? ""];
  const next = run.reason === "error" ? "" : reason?.next;
  return (
    <li className="flex items-start gap-2.5 px-3 py-1.5 text-sm" data-run-id={run.id}>
      <StatusIcon status="failed" className="mt-[3px]" />
      <div className="min-w-0 flex-1">
        <p className="break-words text-text">
          {name && <span className="font-medium">{name}: </span>}
          {run.error?.message ?? reason?.text ?? "The run failed."}
        </p>
        {next && <p className="text-muted text-xs">{next}</p>}
      </div>
      {failing && (
        <Button size="sm" icon={CornerUpRight} onClick={() => selectStep(failing, null)}>
          Jump to node
        </Button>
      )}
    </li>
  );
}

function failingNode(run: Run): string | null {
  const step = runStore.steps().find((each) => each.run === run.id && each.status === "failed");
  return step?.node ?? null;
}

/** Foreground and background runs; choosing one leaves only its steps in the list. */
function RunTree({ shown, onChoose }: { shown: string | null; onChoose: (run: string | null) => void }) {
  const { runs } = useRunTree();
  return (
    <div
      role="radiogroup"
      aria-label="Steps of"
      className="flex shrink-0 gap-1 overflow-x-auto border-b px-2 py-1"
    >
      <TreeChoice chosen={shown === null} onChoose={() => onChoose(null)}>
        All steps
      </TreeChoice>
      {runs.map(({ run, level }) => (
        <TreeChoice key={run.id} run={run} chosen={shown === run.id} onChoose={() => onChoose(run.id)}>
          {level > 1 && <span className="text-faint">{"›".repeat(level - 1)}</span>}
          {run.kind === "background" && <BranchIcon size={11} className="text-branch" />}
          {run.kind === "background" ? <BranchName run={run} /> : "Foreground"}
          <StatusIcon status={run.status} size={12} />
        </TreeChoice>
      ))}
    </div>
  );
}

function BranchName({ run }: { run: Run }) {
  return useEditor(
    (state) => shownDocument(state).nodes.find((node) => node.id === run.parent_node)?.name ?? "Background",
  );
}

function TreeChoice({
  run,
  chosen,
  onChoose,
  children,
}: {
  run?: Run;
  chosen: boolean;
  onChoose: () => void;
  children: React.ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a choice among buttons that show icon, name and state.
    <button
      type="button"
      role="radio"
      aria-checked={chosen}
      data-run-id={run?.id}
      data-status={run?.status}
      onClick={onChoose}
      className={cx(
        "flex h-6 shrink-0 items-center gap-1.5 rounded-md px-2 text-xs transition-colors",
        chosen ? "bg-hover font-medium text-text" : "text-muted hover:bg-hover",
      )}
    >
      {children}
    </button>
  );
}
