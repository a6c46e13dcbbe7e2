/** One event: where it came from, what it holds, which runs it started. */
import { ArrowLeft, Copy, CornerDownRight, Terminal } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import type { EventRow, Json, Run } from "@/api/types";
import { copyText } from "@/inspector/io/copy";
import { PayloadView } from "@/inspector/io/PayloadView";
import { formatWhole, useElapsed } from "@/run/format";
import { BranchIcon, StatusWord } from "@/run/status";
import { RunBadges, TestBadge } from "@/runs/RunBadges";
import { Button, IconButton } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { Spinner } from "@/ui/Spinner";
import { useWorkflowNames } from "@/workflows/useWorkflows";
import { curlOf } from "./SendHint";
import { useEvent, useRunsOf } from "./useEvents";

export function EventDetails({ id, onClose }: { id: string; onClose: () => void }) {
  const { data: event, error } = useEvent(id);
  if (error) return <Empty title="This event cannot be shown">{error.message}</Empty>;
  if (!event) {
    return (
      <div className="flex h-full items-center justify-center text-muted">
        <Spinner size={20} />
      </div>
    );
  }
  return (
    <div className="flex h-full min-h-0 flex-col" data-event-id={event.id}>
      <Header event={event} onClose={onClose} />
      <Facts event={event} />
      <StartedRuns event={event} />
      <Properties event={event} />
    </div>
  );
}

function Header({ event, onClose }: { event: EventRow; onClose: () => void }) {
  const command = () => copyText(curlOf(event.type, event.properties as Json), "Command");
  return (
    <header className="flex shrink-0 items-center gap-2 px-5 pt-4 pb-2">
      <IconButton
        icon={ArrowLeft}
        label="Back to the list"
        size="sm"
        onClick={onClose}
        className="@3xl:hidden"
      />
      <h2 className="min-w-0 truncate font-semibold text-base text-text">{event.type}</h2>
      {event.is_test && <TestBadge />}
      <Button size="sm" variant="ghost" icon={Terminal} onClick={command} className="ml-auto">
        Copy as curl
      </Button>
    </header>
  );
}

function Facts({ event }: { event: EventRow }) {
  return (
    <dl className="grid shrink-0 grid-cols-[5.5rem_1fr] gap-x-3 gap-y-1 px-5 pb-4 text-xs">
      <Fact name="Received">
        <time dateTime={event.received}>{formatWhole(event.received)}</time>
      </Fact>
      {formatWhole(event.time) !== formatWhole(event.received) && (
        <Fact name="Happened">{formatWhole(event.time)}</Fact>
      )}
      {event.source && <Fact name="Source">{event.source}</Fact>}
      {event.subject && <Fact name="Subject">{event.subject}</Fact>}
      <Fact name="Id">
        <code className="truncate font-mono text-2xs">{event.event_id}</code>
        <IconButton
          icon={Copy}
          label="Copy id"
          size="sm"
          className="-my-1"
          onClick={() => copyText(event.event_id, "Id")}
        />
      </Fact>
      {event.run && (
        <Fact name="Came from">
          <Link
            href={`/runs/${event.run}/`}
            className="inline-flex items-center gap-1 text-accent hover:underline"
          >
            <BranchIcon size={12} />a run
          </Link>
        </Fact>
      )}
      {event.depth > 0 && <Fact name="Depth">{event.depth} events before it in its chain</Fact>}
    </dl>
  );
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <>
    <dt className="text-faint">{name}</dt>
    <dd className="flex min-w-0 items-center gap-1 text-text">{children}</dd>
  </>
);

function StartedRuns({ event }: { event: EventRow }) {
  const { data } = useRunsOf(event.id);
  const runs = data?.results.toSorted((a, b) => (a.queued < b.queued ? -1 : 1));
  return (
    <section aria-label="Runs" className="flex max-h-[40%] min-h-0 shrink-0 flex-col border-t">
      <h3 className="px-5 pt-3 pb-1 font-semibold text-text text-xs">Runs</h3>
      {runs?.length === 0 && (
        <p className="px-5 pb-3 text-muted text-xs">
          {event.run
            ? "Recorded by a run; it starts nothing by itself."
            : "No workflow was waiting for this event."}
        </p>
      )}
      <ul className="min-h-0 overflow-auto px-2 pb-2">
        {runs?.map((run) => (
          <li key={run.id}>
            <RunRow run={run} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function RunRow({ run }: { run: Run }) {
  const elapsed = useElapsed(run.started, run.ended);
  const nameOf = useWorkflowNames();
  return (
    <Link
      href={`/runs/${run.id}/`}
      data-run-id={run.id}
      data-status={run.status}
      className="flex h-8 items-center gap-3 rounded-md px-3 text-sm hover:bg-hover"
    >
      <StatusWord status={run.status} className="w-24 shrink-0 text-xs" />
      {run.parent && <CornerDownRight size={13} className="-mr-1.5 shrink-0 text-faint" aria-hidden />}
      <span className="min-w-0 flex-1 truncate">{nameOf(run.workflow)}</span>
      <RunBadges run={run} />
      <span className="shrink-0 text-muted text-xs tabular-nums">{elapsed}</span>
    </Link>
  );
}

function Properties({ event }: { event: EventRow }) {
  const properties = event.properties as Json;
  return (
    <section aria-label="Properties" className="flex min-h-40 flex-1 flex-col border-t">
      <h3 className="px-5 pt-3 font-semibold text-text text-xs">Properties</h3>
      <div className="flex min-h-0 flex-1 flex-col px-2">
        <PayloadView
          payload={{ value: properties, size: event.size, cut: false }}
          root="event.properties"
          label="Properties"
        />
      </div>
    </section>
  );
}
