/** Past and live runs of the workflow; the one that is opened is drawn on the canvas and listed step by step. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { Crosshair, History } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Run } from "@/api/types";
import { useEditor } from "@/model/editor";
import { runFeed, useRunFeed } from "@/run/feed";
import { formatWhen, formatWhole, useElapsed } from "@/run/format";
import { STATUS, StatusIcon } from "@/run/status";
import { useRunTree } from "@/run/store";
import { Button, IconButton } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { Empty } from "@/ui/Empty";
import { Select } from "@/ui/Select";
import { Spinner } from "@/ui/Spinner";
import { openRun } from "./open";
import { RunBadges } from "./RunBadges";
import { RunDetails } from "./RunDetails";
import { EVERY_RUN, type RunFilter, useRuns } from "./useRuns";

const ROW = 48;

export function RunsPanel() {
  return (
    <div className="@container h-full">
      <div className="grid h-full min-h-0 grid-cols-1 grid-rows-2 @3xl:grid-cols-[minmax(19rem,1fr)_2fr] @3xl:grid-rows-1">
        <section aria-label="Runs" className="flex min-h-0 flex-col border-b @3xl:border-r @3xl:border-b-0">
          <RunList />
        </section>
        <section aria-label="Shown run" className="min-h-0">
          <RunDetails />
        </section>
      </div>
    </div>
  );
}

function RunList() {
  const workflow = useEditor((state) => state.workflow?.id);
  const [filter, setFilter] = useState<RunFilter>(EVERY_RUN);
  const { runs, isPending, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useRuns(
    workflow,
    filter,
  );
  const { watched } = useRunTree();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: runs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => runs[index]?.id ?? index,
    overscan: 10,
  });
  const last = virtual.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= runs.length - 5 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [last, runs.length, hasNextPage, isFetchingNextPage, fetchNextPage]);

  const at = runs.findIndex((run) => run.id === watched);
  function onKeyDown(event: KeyboardEvent) {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: runs.length - 1 }[event.key];
    const run = to === undefined ? undefined : runs[Math.min(runs.length - 1, Math.max(0, to))];
    if (!run) return;
    event.preventDefault();
    openRun(run.id);
    virtual.scrollToIndex(runs.indexOf(run));
  }

  return (
    <>
      <Filters filter={filter} onChange={setFilter} />
      {error && <p className="px-3 py-2 text-fail text-sm">{error.message}</p>}
      {isPending && (
        <div className="flex flex-1 items-center justify-center text-muted">
          <Spinner size={18} />
        </div>
      )}
      {!isPending && runs.length === 0 && (
        <NoRuns filtered={filter !== EVERY_RUN} onClear={() => setFilter(EVERY_RUN)} />
      )}
      <div
        ref={scroller}
        role="listbox"
        tabIndex={0}
        aria-label="Runs of this workflow"
        aria-activedescendant={at >= 0 ? `run-${watched}` : undefined}
        onKeyDown={onKeyDown}
        className={cx("min-h-0 flex-1 overflow-auto outline-offset-[-2px]", runs.length === 0 && "hidden")}
      >
        <div className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const run = runs[item.index];
            return run && <RunRow key={item.key} run={run} top={item.start} current={run.id === watched} />;
          })}
        </div>
      </div>
    </>
  );
}

function NoRuns({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  if (filtered) {
    return (
      <Empty
        icon={History}
        title="No run fits the filter"
        action={<Button onClick={onClear}>Show all runs</Button>}
      />
    );
  }
  return (
    <Empty icon={History} title="No runs yet">
      Fire a test event, or publish and switch the workflow on: each run appears here as it starts.
    </Empty>
  );
}

const STATUSES = [
  { value: "all", label: "Any status" },
  { value: "queued", label: "Queued" },
  { value: "running", label: "Running" },
  { value: "waiting", label: "Waiting" },
  { value: "succeeded", label: "Succeeded" },
  { value: "failed", label: "Failed" },
  { value: "cancelled", label: "Cancelled" },
] satisfies { value: RunFilter["status"]; label: string }[];

const WHICH = [
  { value: "all", label: "All runs" },
  { value: "foreground", label: "Foreground" },
  { value: "background", label: "Background" },
  { value: "test", label: "Tests" },
  { value: "event", label: "Real events" },
] satisfies { value: RunFilter["which"]; label: string }[];

function Filters({ filter, onChange }: { filter: RunFilter; onChange: (filter: RunFilter) => void }) {
  const { follow } = useRunFeed();
  const set = (part: Partial<RunFilter>) => {
    const next = { ...filter, ...part };
    onChange(next.status === "all" && next.which === "all" ? EVERY_RUN : next);
  };
  return (
    <div className="flex h-10 shrink-0 items-center gap-1.5 border-b px-2">
      <span className="w-32">
        <Select
          size="sm"
          label="Which runs"
          value={filter.which}
          options={WHICH}
          onChange={(which) => set({ which })}
        />
      </span>
      <span className="w-32">
        <Select
          size="sm"
          label="Status"
          value={filter.status}
          options={STATUSES}
          onChange={(status) => set({ status })}
        />
      </span>
      <span className="ml-auto">
        <IconButton
          icon={Crosshair}
          label={follow ? "Following: each new run is shown" : "Follow the latest run"}
          pressed={follow}
          onClick={() => runFeed.setFollow(!follow)}
        />
      </span>
    </div>
  );
}

function RunRow({ run, top, current }: { run: Run; top: number; current: boolean }) {
  const elapsed = useElapsed(run.started, run.ended);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list that holds the focus has the keys of all its rows.
    <div
      id={`run-${run.id}`}
      role="option"
      tabIndex={-1}
      aria-selected={current}
      data-run-id={run.id}
      data-status={run.status}
      data-kind={run.kind}
      onClick={() => openRun(run.id)}
      style={{ transform: `translateY(${top}px)`, height: ROW }}
      className={cx(
        "absolute inset-x-0 top-0 flex cursor-pointer items-start gap-2.5 border-b px-3 pt-1.5 text-sm",
        current ? "bg-accent-soft [--fs-faint:var(--fs-muted)]" : "hover:bg-hover",
      )}
    >
      <StatusIcon status={run.status} size={15} className="mt-[3px]" />
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-1.5">
          <span className="min-w-0 flex-1 truncate text-text">{run.event.type}</span>
          <RunBadges run={run} />
        </span>
        <span className="flex items-center gap-1.5 text-xs leading-4">
          <span className={STATUS[run.status].text}>{STATUS[run.status].word}</span>
          <span className="text-muted tabular-nums">{elapsed}</span>
          <time
            dateTime={run.queued}
            title={formatWhole(run.queued)}
            className="ml-auto text-faint tabular-nums"
          >
            {formatWhen(run.queued)}
          </time>
        </span>
      </span>
    </div>
  );
}
