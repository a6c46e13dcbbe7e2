/** Events that arrived or were recorded, with the runs they started and the run they came from. */
import { Search, Zap } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useSearchParams } from "wouter";
import { ConnectionState } from "@/live/ConnectionState";
import { Button } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { Empty } from "@/ui/Empty";
import { Select } from "@/ui/Select";
import { Spinner } from "@/ui/Spinner";
import { EventDetails } from "./EventDetails";
import { EventList } from "./EventList";
import { SendHint } from "./SendHint";
import { type EventFilter, useEvents } from "./useEvents";

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
