/** What expressions of a node can read, from the run that is shown: its real payload and event. */
import { api } from "@/api/client";
import type { EventRow, GraphDocument, Json, StepDetail } from "@/api/types";
import { queryClient } from "@/app/query";
import { shownDocument, useEditor } from "@/model/editor";
import { runStore } from "@/run/store";
import type { Scope } from "./complete";

/** Never fails: what cannot be read is left out. */
export async function loadScope(nodeId: string): Promise<Scope> {
  const run = runStore.nodeRun(nodeId);
  const root = runStore.tree().root;
  const [step, event] = await Promise.all([
    run?.stepId ? quietly(() => stepOf(run.runId, run.stepId as string)) : undefined,
    root ? quietly(() => eventOf(root.event.id)) : undefined,
  ]);
  return {
    payload: step?.input?.value,
    event: event && (eventJson(event) as Json),
    nodes: namesInFront(shownDocument(useEditor.getState()), nodeId),
  };
}

const stepOf = (run: string, step: string) =>
  queryClient.fetchQuery({
    queryKey: ["scope", step],
    queryFn: () => api.get<StepDetail>(`runs/${run}/steps/${step}/`),
    staleTime: 60_000,
  });

const eventOf = (id: string) =>
  queryClient.fetchQuery({
    queryKey: ["event", id],
    queryFn: () => api.get<EventRow>(`events/${id}/`),
    staleTime: 60_000,
  });

const eventJson = ({ event_id, type, source, subject, time, properties }: EventRow) => ({
  id: event_id,
  type,
  source,
  subject,
  time,
  properties,
});

async function quietly<Result>(read: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await read();
  } catch {
    return undefined;
  }
}

/** Only what lies in front has run when the node does. */
export function namesInFront(document: GraphDocument, nodeId: string): string[] {
  const before = new Map<string, string[]>();
  for (const { source, target } of document.edges)
    before.set(target, [...(before.get(target) ?? []), source]);
  const seen = new Set<string>();
  const open = [...(before.get(nodeId) ?? [])];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(before.get(id) ?? []));
  }
  return document.nodes.filter((node) => seen.has(node.id)).map((node) => node.name);
}
