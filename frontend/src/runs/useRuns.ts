/** The runs of a workflow: the pages that were read, with what has changed since then. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "@/api/client";
import type { Page, Run, RunStatus } from "@/api/types";
import { useRunFeed } from "@/run/feed";

export interface RunFilter {
  status: RunStatus | "all";
  which: "all" | "foreground" | "background" | "test" | "event";
}

export const EVERY_RUN: RunFilter = { status: "all", which: "all" };

export function useRuns(workflow: string | undefined, filter: RunFilter) {
  const { runs: news } = useRunFeed();
  const query = useInfiniteQuery({
    queryKey: ["runs", workflow, filter],
    enabled: workflow !== undefined,
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      api.get<Page<Run>>(pageParam || "runs/", pageParam ? undefined : { workflow, ...parameters(filter) }),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const pages = query.data?.pages;
  const runs = useMemo(
    () => merge(pages?.flatMap((page) => page.results) ?? [], news, filter, workflow),
    [pages, news, filter, workflow],
  );
  return { ...query, runs };
}

function parameters({ status, which }: RunFilter): Record<string, string | boolean> {
  const narrowed: Record<RunFilter["which"], Record<string, string | boolean>> = {
    all: {},
    foreground: { kind: "foreground" },
    background: { kind: "background" },
    test: { is_test: true },
    event: { is_test: false },
  };
  return { ...narrowed[which], ...(status !== "all" && { status }) };
}

export function fits(run: Run, { status, which }: RunFilter): boolean {
  if (status !== "all" && run.status !== status) return false;
  if (which === "test" || which === "event") return run.is_test === (which === "test");
  return which === "all" || run.kind === which;
}

/** Rows that were read, replaced by their newer state and joined by new ones; newest first. */
export function merge(read: Run[], news: Run[], filter: RunFilter, workflow: string | undefined): Run[] {
  const byId = new Map(read.map((run) => [run.id, run]));
  const oldest = read.at(-1)?.queued ?? "";
  for (const run of news) {
    const isOurs = run.workflow === workflow && (byId.has(run.id) || run.queued >= oldest);
    if (isOurs && !olderThan(run, byId.get(run.id))) byId.set(run.id, run);
  }
  return [...byId.values()]
    .filter((run) => fits(run, filter))
    .sort((a, b) => (a.queued === b.queued ? (a.id < b.id ? 1 : -1) : a.queued < b.queued ? 1 : -1));
}

const olderThan = (run: Run, known: Run | undefined): boolean => Boolean(known?.ended && !run.ended);
