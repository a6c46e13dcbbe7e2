/** The shown run: what started it, how it goes, what failed and what to do, its branches, its steps. */
import { Link2, OctagonX } from "lucide-react";
import { useState } from "react";
import { boot } from "@/api/boot";
import { api } from "@/api/client";
import type { Run } from "@/api/types";
import { copyText } from "@/inspector/io/copy";
import { ErrorCard } from "@/inspector/io/ErrorCard";
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
import { jumpTo } from "./select";

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
      {runs.map(({ run }) => run.status === "failed" && <RunFailure key={run.id} run={run} />)}
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

function RunFailure({ run }: { run: Run }) {
  const failing = failingNode(run);
  const reason = REASON[run.reason ?? ""];
  const name = useEditor((state) => shownDocument(state).nodes.find((node) => node.id === failing)?.name);
  const where = run.kind === "background" ? "The background run failed" : "The run failed";
  const message = [name ? `${where} at “${name}”.` : `${where}.`, run.error?.message ?? reason?.text]
    .filter(Boolean)
    .join(" ");
  return (
    <div className="shrink-0 px-3 pt-2.5 pb-1">
      <ErrorCard
        error={{ ...run.error, type: run.error?.type ?? run.reason ?? "", message }}
        facts={{
          Run: run.id,
          Event: run.event.type,
          Node: name ?? "",
          Reason: run.reason ?? "",
          Began: run.queued,
        }}
        onJump={failing ? () => jumpTo(failing) : undefined}
      />
      {reason && <p className="px-1 pt-1.5 text-muted text-xs">{reason.next}</p>}
    </div>
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
