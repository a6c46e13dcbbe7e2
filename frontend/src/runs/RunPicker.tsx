/** The run on the canvas, in the top bar: which it is, how it goes, and how to show another one. */
import { ChevronDown, Crosshair, History, List, X } from "lucide-react";
import { useEffect } from "react";
import type { Run } from "@/api/types";
import { usePanels } from "@/editor/panels";
import { useEditor } from "@/model/editor";
import { runFeed, useRunFeed } from "@/run/feed";
import { formatWhen, useElapsed } from "@/run/format";
import { live } from "@/run/live";
import { BranchIcon, STATUS, StatusIcon } from "@/run/status";
import { useRunTree } from "@/run/store";
import { hasEnded } from "@/run/trace";
import { IconButton } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { Menu, MenuGroup, MenuItem, MenuSeparator } from "@/ui/Menu";
import { closeRun, drawWatchedRun, openRun, runInAddress } from "./open";
import { RunAnnouncer } from "./RunAnnouncer";
import { RunBadges } from "./RunBadges";
import { EVERY_RUN, useRuns } from "./useRuns";

const OFFERED = 8;

export function RunPicker() {
  const { watched, root, status } = useRunTree();
  const { follow } = useRunFeed();
  useLiveRuns();
  return (
    <div
      className="flex items-center gap-0.5"
      data-run-id={watched ?? undefined}
      data-status={status ?? undefined}
    >
      <Menu
        align="end"
        trigger={
          <button
            type="button"
            className={cx(
              "flex h-8 min-w-0 max-w-72 items-center gap-2 rounded-md px-2.5 max-sm:max-w-28 max-sm:px-1.5 text-sm transition-colors hover:bg-hover data-popup-open:bg-hover",
              watched ? "border border-line-strong bg-raised text-text" : "text-muted hover:text-text",
            )}
          >
            {root ? <ShownRun run={root} /> : <NoRun waiting={watched !== null} follow={follow} />}
            <span className="sr-only">, choose another</span>
            <ChevronDown size={13} className="shrink-0 text-muted" aria-hidden />
          </button>
        }
      >
        <Choices />
      </Menu>
      {watched && <IconButton icon={X} label="Show no run" size="sm" onClick={closeRun} />}
      <RunAnnouncer />
    </div>
  );
}

function ShownRun({ run }: { run: Run }) {
  const { began, ended, status } = useRunTree();
  const elapsed = useElapsed(began, ended);
  const onlyBranches = hasEnded(run.status) && ended === null;
  return (
    <>
      <StatusIcon status={status ?? run.status} />
      <span className="sr-only">Shown run: {STATUS[status ?? run.status].word}, </span>
      <span className="min-w-0 truncate">{run.event.type}</span>
      {onlyBranches && <BranchIcon size={12} className="text-branch" />}
      <span className="shrink-0 text-muted text-xs tabular-nums">{elapsed}</span>
    </>
  );
}

function NoRun({ waiting, follow }: { waiting: boolean; follow: boolean }) {
  const { runs } = useRunFeed();
  const open = runs.filter((run) => !hasEnded(run.status)).length;
  return (
    <>
      <History size={15} className="shrink-0" aria-hidden />
      <span className="truncate max-sm:sr-only">
        {waiting ? "Loading run…" : follow ? "Waiting for the next run" : "Runs"}
      </span>
      {open > 0 && <span className="shrink-0 text-accent text-xs tabular-nums">{open} active</span>}
    </>
  );
}

function Choices() {
  const workflow = useEditor((state) => state.workflow?.id);
  const { runs } = useRuns(workflow, EVERY_RUN);
  const { follow } = useRunFeed();
  const { root } = useRunTree();
  const showBottom = usePanels((state) => state.showBottom);
  const roots = runs.filter((run) => run.parent === null).slice(0, OFFERED);
  return (
    <>
      <MenuItem icon={Crosshair} onClick={() => runFeed.setFollow(!follow)}>
        <span className="flex items-center gap-2">
          Follow the latest run
          {follow && <span className="rounded bg-accent-soft px-1.5 text-2xs text-accent leading-4">on</span>}
        </span>
      </MenuItem>
      <MenuSeparator />
      {roots.length > 0 && (
        <MenuGroup label="Latest runs">
          {roots.map((run) => (
            <MenuItem
              key={run.id}
              onClick={() => openRun(run.id)}
              className={run.id === root?.id ? "bg-hover" : ""}
            >
              <RunLine run={run} />
            </MenuItem>
          ))}
        </MenuGroup>
      )}
      {roots.length === 0 && <p className="px-2 py-1.5 text-muted text-xs">No runs yet.</p>}
      <MenuSeparator />
      <MenuItem icon={List} onClick={() => showBottom("runs")}>
        All runs
      </MenuItem>
    </>
  );
}

function RunLine({ run }: { run: Run }) {
  const elapsed = useElapsed(run.started, run.ended);
  return (
    <span className="flex min-w-64 items-center gap-2">
      <StatusIcon status={run.status} />
      <span className="sr-only">{STATUS[run.status].word}</span>
      <span className="min-w-0 flex-1 truncate">{run.event.type}</span>
      <RunBadges run={run} />
      <span className="shrink-0 text-muted text-xs tabular-nums">{elapsed}</span>
      <span className="w-24 shrink-0 text-right text-faint text-xs tabular-nums">
        {formatWhen(run.queued)}
      </span>
    </span>
  );
}

/** Follows the open workflow's runs, draws the graph of the one that is shown, opens the one in the address. */
function useLiveRuns(): void {
  const workflow = useEditor((state) => state.workflow?.id ?? null);
  useEffect(() => {
    live.watchWorkflow(workflow);
    return () => {
      live.watchWorkflow(null);
      runFeed.reset();
    };
  }, [workflow]);
  useEffect(() => {
    if (workflow === null) return;
    const wanted = runInAddress();
    if (wanted) {
      openRun(wanted);
      usePanels.getState().showBottom("runs");
    }
    const stop = drawWatchedRun();
    return () => {
      stop();
      closeRun();
    };
  }, [workflow]);
}
