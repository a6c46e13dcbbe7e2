/** Opening runs on the canvas: which graph is drawn, what the address says. */

import { api } from "@/api/client";
import type { GraphDocument, Run, RunDetail } from "@/api/types";
import { queryClient } from "@/app/query";
import { filled } from "@/model/compare";
import { useEditor } from "@/model/editor";
import { runFeed } from "@/run/feed";
import { runStore } from "@/run/store";
import { canvasRoot } from "@/run/trace";

/** Runs fired from this page: the draft is what they ran, so it stays on the canvas and can be edited. */
const fired = new Set<string>();

export const runDetail = (runId: string) => ({
  queryKey: ["run", runId],
  queryFn: () => api.get<RunDetail>(`runs/${runId}/`),
  staleTime: 60_000,
});

/** Show a run, past or live, on the canvas. */
export function openRun(runId: string): void {
  runFeed.setFollow(false);
  runStore.watch(runId);
}

/** Show the run that a test event has just started, on the draft that it was fired from. */
export function openFired(run: Run): void {
  fired.add(run.id);
  openRun(run.id);
  runStore.addRun(run);
}

/** Show no run; the draft is drawn again. */
export function closeRun(): void {
  runFeed.setFollow(false);
  runStore.clear();
}

/** Whatever run is watched, draw the graph it ran on. Returns how to stop. */
export function drawWatchedRun(): () => void {
  return runStore.onWatch((runId) => {
    writeAddress(runId);
    if (runId === null) showDraft();
    else void drawGraphOf(runId);
  });
}

async function drawGraphOf(runId: string): Promise<void> {
  let detail: RunDetail;
  try {
    detail = await queryClient.fetchQuery(runDetail(runId));
  } catch (error) {
    if (runStore.isWatched(runId)) runStore.refuse(error instanceof Error ? error.message : String(error));
    return;
  }
  if (!runStore.isWatched(runId)) return;
  for (const run of detail.tree) runStore.addRun(run);
  const { viewing, document, view } = useEditor.getState();
  const runs = new Map([detail, ...detail.tree].map((run) => [run.id, run]));
  if (fired.has(canvasRoot(runs, runId)) || sameGraph(detail.graph, document)) showDraft();
  else if (viewing?.runId !== runId) view(detail);
}

function showDraft(): void {
  const { viewing, view } = useEditor.getState();
  if (viewing) view(null);
}

/** Do both do the same? Where nodes lie and what is noted beside them makes no difference. */
export function sameGraph(a: GraphDocument, b: GraphDocument): boolean {
  return essence(a) === essence(b);
}

function essence({ nodes, edges }: GraphDocument): string {
  const does = nodes.map((node) => {
    const { id, plugin, name, config, settings, parent } = filled(node);
    return [id, plugin, name, parent, sorted(config), sorted({ ...settings, notes: "" })];
  });
  const leads = edges.map((edge) =>
    [edge.source, edge.source_port, edge.target, edge.target_port].join("\n"),
  );
  return JSON.stringify([does.sort(), leads.sort()]);
}

/** With keys in one order, however deep, since the order of keys says nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, sorted(inner)]);
}

/** Keeps the run in the address of the editor, so that it can be sent to somebody. */
function writeAddress(runId: string | null): void {
  const url = new URL(window.location.href);
  if (!url.pathname.includes("/workflows/") || url.searchParams.get("run") === runId) return;
  if (runId) url.searchParams.set("run", runId);
  else url.searchParams.delete("run");
  window.history.replaceState(window.history.state, "", url);
}

/** The run that the address names. */
export const runInAddress = (): string | null => new URL(window.location.href).searchParams.get("run");
