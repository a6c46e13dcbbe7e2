/** Events that happened lately: any of them can be fired again as a test. */
import { useQuery } from "@tanstack/react-query";
import { Zap } from "lucide-react";
import { api } from "@/api/client";
import type { EventRow, Json, Page } from "@/api/types";
import { formatWhen } from "@/run/format";
import { toast } from "@/ui/toast";
import { namesType } from "./acts";
import { useTestDraft } from "./draft";
import { format } from "./properties";
import { SourceItem } from "./SourceItem";

const SHOWN = 20;

export function useRecentEvents(): EventRow[] {
  const { data } = useQuery({
    queryKey: ["events", "recent"],
    queryFn: () => api.get<Page<EventRow>>("events/", { page_size: SHOWN }),
    refetchInterval: 15_000,
  });
  return data?.results ?? [];
}

/** Those of the types that the workflow takes, where there are any. */
export function RecentEvents({ types }: { types: string[] }) {
  const all = useRecentEvents();
  const fitting = all.filter((event) => namesType(types, event.type));
  const events = fitting.length > 0 ? fitting : all;
  return (
    <section aria-label="Recent events" className="flex flex-col pb-2">
      <header className="flex h-8 items-center px-3">
        <h3 className="font-semibold text-text text-xs">Recent events</h3>
      </header>
      {events.length === 0 && <p className="px-3 pb-2 text-faint text-xs">No event has arrived yet.</p>}
      {events.map((event) => (
        <SourceItem
          key={event.id}
          icon={Zap}
          title={event.type}
          hint={[formatWhen(event.received), event.is_test ? "test" : event.source]
            .filter(Boolean)
            .join(" · ")}
          onClick={() => void use(event)}
        />
      ))}
    </section>
  );
}

/** Take an event with its whole properties into the editor. */
export async function use(event: Pick<EventRow, "id" | "type">): Promise<void> {
  try {
    const whole = await api.get<EventRow>(`events/${event.id}/`);
    useTestDraft.getState().load({ type: whole.type, text: format(whole.properties as Json) });
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), {
      kind: "error",
      title: "The event was not loaded",
    });
  }
}
