/** Events, newest first, kept fresh while somebody looks at them. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { EventRow, Page, Run } from "@/api/types";

export interface EventFilter {
  type: string;
  origin: "all" | "test" | "event";
}

const FRESH_MS = 3_000;

export function useEvents({ type, origin }: EventFilter) {
  const query = useInfiniteQuery({
    queryKey: ["events", type, origin],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      api.get<Page<EventRow>>(
        pageParam || "events/",
        pageParam ? undefined : { type, is_test: origin === "all" ? undefined : origin === "test" },
      ),
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: FRESH_MS,
    placeholderData: (before) => before,
  });
  return { ...query, events: query.data?.pages.flatMap((page) => page.results) ?? [] };
}

export const useEvent = (id: string | null) =>
  useQuery({
    queryKey: ["event", id],
    enabled: id !== null,
    queryFn: () => api.get<EventRow>(`events/${id}/`),
    refetchInterval: FRESH_MS,
  });

/** The runs that an event started, with the names of their workflows. */
export const useRunsOf = (event: string) =>
  useQuery({
    queryKey: ["runs of event", event],
    queryFn: () => api.get<Page<Run>>("runs/", { event, page_size: 200 }),
    refetchInterval: FRESH_MS,
  });
