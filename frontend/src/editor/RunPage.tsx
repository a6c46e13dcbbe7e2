/** A run's own address: finds its workflow and opens the run on that workflow's canvas. */
import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { ApiError, api, Offline } from "@/api/client";
import type { RunDetail } from "@/api/types";
import { Empty } from "@/ui/Empty";

export function RunPage({ runId }: { runId: string }) {
  const [, navigate] = useLocation();
  const [error, setError] = useState<string | null>(null);

  useEffect(() => {
    api
      .get<RunDetail>(`runs/${runId}/`)
      .then((run) => navigate(`/workflows/${run.workflow}/?run=${runId}`, { replace: true }))
      .catch((reason: unknown) => {
        if (!(reason instanceof ApiError || reason instanceof Offline)) throw reason;
        setError(reason.message);
      });
  }, [runId, navigate]);

  return error ? <Empty title="This run cannot be shown">{error}</Empty> : null;
}
