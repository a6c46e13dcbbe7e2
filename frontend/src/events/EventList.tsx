/** The events that were read, one row each, with the state of the runs they started. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef } from "react";
import type { EventRow, RunShort } from "@/api/types";
import { formatBytes, formatWhen, formatWhole, plural } from "@/run/format";
import { BranchIcon, StatusIcon } from "@/run/status";
import { TestBadge } from "@/runs/RunBadges";
import { cx } from "@/ui/cx";
import type { useEvents } from "./useEvents";

const ROW = 46;

interface EventListProps {
  query: ReturnType<typeof useEvents>;
  shown: string | null;
  onShow: (event: string) => void;
}

export function EventList({ query, shown, onShow }: EventListProps) {
  const { events, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => events[index]?.id ?? index,
    overscan: 10,
  });
  const last = virtual.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= events.length - 5 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [last, events.length, hasNextPage, isFetchingNextPage, fetchNextPage]);

  const at = events.findIndex((event) => event.id === shown);
  function onKeyDown(event: KeyboardEvent) {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: events.length - 1 }[event.key];
    const next = to === undefined ? undefined : events[Math.min(events.length - 1, Math.max(0, to))];
    if (!next) return;
    event.preventDefault();
    onShow(next.id);
    virtual.scrollToIndex(events.indexOf(next));
  }

  return (
    <div
      ref={scroller}
      role="listbox"
      tabIndex={0}
      aria-label="Events"
      aria-activedescendant={at >= 0 ? `event-${shown}` : undefined}
      onKeyDown={onKeyDown}
      className="min-h-0 flex-1 overflow-auto outline-offset-[-2px]"
    >
      <div className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const event = events[item.index];
          return (
            event && (
              <Row
                key={item.key}
                event={event}
                top={item.start}
                current={event.id === shown}
                onShow={onShow}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

interface RowProps {
  event: EventRow;
  top: number;
  current: boolean;
  onShow: (event: string) => void;
}

function Row({ event, top, current, onShow }: RowProps) {
  const origin = event.run ? "from a run" : event.source;
  const preview =
    event.properties && typeof event.properties === "object" && "preview" in event.properties
      ? event.properties.preview
      : "";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list that holds the focus has the keys of all its rows.
    <div
      id={`event-${event.id}`}
      role="option"
      tabIndex={-1}
      aria-selected={current}
      data-event-id={event.id}
      data-event-type={event.type}
      onClick={() => onShow(event.id)}
      style={{ transform: `translateY(${top}px)`, height: ROW }}
      className={cx(
        "absolute inset-x-0 top-0 flex cursor-pointer items-center gap-3 border-b px-6 text-sm",
        current ? "bg-accent-soft [--fs-faint:var(--fs-muted)]" : "hover:bg-hover",
      )}
    >
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-2">
          <span className="truncate font-medium text-text">{event.type}</span>
          {event.is_test && <TestBadge />}
        </span>
        <span className="flex items-center gap-2 text-faint text-xs">
          {event.run && <BranchIcon size={11} className="text-branch" />}
          {origin && <span className="max-w-40 shrink-0 truncate">{origin}</span>}
          <span className="shrink-0 tabular-nums">{formatBytes(event.size)}</span>
          <span className="truncate font-mono text-2xs">{String(preview)}</span>
        </span>
      </span>
      <RunMarks runs={event.runs} />
      <time
        dateTime={event.received}
        title={formatWhole(event.received)}
        className="w-28 shrink-0 text-right text-faint text-xs tabular-nums"
      >
        {formatWhen(event.received)}
      </time>
    </div>
  );
}

const MARKS = 5;

function RunMarks({ runs }: { runs: RunShort[] }) {
  if (runs.length === 0) return <span className="shrink-0 text-faint text-xs">no run</span>;
  return (
    <span className="flex shrink-0 items-center gap-1" title={plural(runs.length, "run")}>
      {runs.slice(0, MARKS).map((run) => (
        <StatusIcon key={run.id} status={run.status} />
      ))}
      {runs.length > MARKS && <span className="text-muted text-xs">+{runs.length - MARKS}</span>}
      <span className="sr-only">
        {plural(runs.length, "run")}: {runs.map((run) => run.status).join(", ")}
      </span>
    </span>
  );
}
