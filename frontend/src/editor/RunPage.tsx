/** A run's own address: finds its workflow and opens the run on that workflow's canvas. */
import { useEffect, useState } from "react";
import { ApiError, api, Offline } from "@/api/client";
import type { RunDetail } from "@/api/types";
import { Empty } from "@/ui/Empty";
import { EditorPage } from "./EditorPage";

export function RunPage({ runId }: { runId: string }) {
  const [workflowId, setWorkflowId] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);

  useEffect(() => {
    api
      .get<RunDetail>(`runs/${runId}/`)
      .then((run) => setWorkflowId(run.workflow))
      .catch((reason: unknown) => {
        if (!(reason instanceof ApiError || reason instanceof Offline)) throw reason;
        setError(reason.message);
      });
  }, [runId]);

  if (error) return <Empty title="This run cannot be shown">{error}</Empty>;
  return workflowId ? <EditorPage workflowId={workflowId} runId={runId} /> : null;
}
