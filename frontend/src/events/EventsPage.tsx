/** Events that arrived or were recorded, with the runs they started and the run they came from. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { Search, Zap } from "lucide-react";
import { type KeyboardEvent, useDeferredValue, useEffect, useRef, useState } from "react";
import { useSearchParams } from "wouter";
import type { EventRow, RunShort } from "@/api/types";
import { ConnectionState } from "@/live/ConnectionState";
import { formatBytes, formatWhen, formatWhole, plural } from "@/run/format";
import { BranchIcon, StatusIcon } from "@/run/status";
import { TestBadge } from "@/runs/RunBadges";
import { Button } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { Empty } from "@/ui/Empty";
import { Select } from "@/ui/Select";
import { Spinner } from "@/ui/Spinner";
import { EventDetails } from "./EventDetails";
import { SendHint } from "./SendHint";
import { type EventFilter, useEvents } from "./useEvents";

const ROW = 46;
const NO_FILTER: EventFilter = { type: "", origin: "all" };

export function EventsPage() {
  const [filter, setFilter] = useState<EventFilter>(NO_FILTER);
  const type = useDeferredValue(filter.type.trim());
  const query = useEvents({ ...filter, type });
  const [parameters, setParameters] = useSearchParams();
  const shown = parameters.get("event");
  const show = (event: string) => setParameters({ event }, { replace: shown !== null });
  const filtered = filter.type !== "" || filter.origin !== "all";

  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex shrink-0 flex-wrap items-center gap-3 px-6 pt-6 pb-4">
        <h1 className="mr-auto font-semibold text-lg text-text tracking-tight">Events</h1>
        <ConnectionState />
        <Filters filter={filter} onChange={setFilter} />
      </header>
      {query.error && (
        <p role="alert" className="mx-6 mb-3 rounded-lg bg-fail-soft px-3 py-2 text-fail text-sm">
          {query.error.message}
        </p>
      )}
      <div className="@container min-h-0 flex-1">
        <div className="grid h-full min-h-0 grid-cols-1 border-t @3xl:grid-cols-[minmax(24rem,1fr)_minmax(0,1.2fr)]">
          <section
            aria-label="List of events"
            className={cx("flex min-h-0 flex-col bg-surface @3xl:border-r", shown && "@max-3xl:hidden")}
          >
            {query.isPending ? (
              <div className="flex flex-1 items-center justify-center text-muted">
                <Spinner size={20} />
              </div>
            ) : query.events.length === 0 ? (
              <NoEvents filtered={filtered} onClear={() => setFilter(NO_FILTER)} />
            ) : (
              <EventList query={query} shown={shown} onShow={show} />
            )}
          </section>
          <section aria-label="Event" className={cx("min-h-0 bg-surface", !shown && "@max-3xl:hidden")}>
            {shown ? (
              <EventDetails key={shown} id={shown} onClose={() => setParameters({})} />
            ) : (
              <Empty icon={Zap} title="Choose an event">
                Its properties, the runs it started and the run it came from show here.
              </Empty>
            )}
          </section>
        </div>
      </div>
    </div>
  );
}

const ORIGINS = [
  { value: "all", label: "Tests and events" },
  { value: "test", label: "Tests" },
  { value: "event", label: "Real events" },
] satisfies { value: EventFilter["origin"]; label: string }[];

function Filters({ filter, onChange }: { filter: EventFilter; onChange: (filter: EventFilter) => void }) {
  return (
    <>
      <label className="relative block w-56">
        <span className="sr-only">Event type</span>
        <Search
          size={14}
          className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-faint"
          aria-hidden
        />
        <input
          type="search"
          value={filter.type}
          placeholder="Exact event type"
          onChange={(event) => onChange({ ...filter, type: event.target.value })}
          className="h-8 w-full rounded-md border border-line-strong bg-raised pr-2 pl-8 text-sm hover:border-control focus:border-accent focus:outline-2 focus:outline-accent/25"
        />
      </label>
      <Select
        label="Origin"
        value={filter.origin}
        options={ORIGINS}
        onChange={(origin) => onChange({ ...filter, origin })}
        className="max-w-44"
      />
    </>
  );
}

function NoEvents({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  if (filtered) {
    return (
      <Empty
        icon={Search}
        title="No event fits the filter"
        action={<Button onClick={onClear}>Show all events</Button>}
      />
    );
  }
  return (
    <div className="flex flex-col items-center overflow-auto">
      <Empty icon={Zap} title="No events yet">
        Fire a test event in a workflow's Test panel, or send a real one:
      </Empty>
      <SendHint />
    </div>
  );
}

interface EventListProps {
  query: ReturnType<typeof useEvents>;
  shown: string | null;
  onShow: (event: string) => void;
}

function EventList({ query, shown, onShow }: EventListProps) {
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
