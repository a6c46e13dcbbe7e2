/** The whole payloads of one step, fetched when it is looked at; what streams live are summaries. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Step, StepDetail } from "@/api/types";
import { useEditor } from "@/model/editor";

export interface LoadedStep {
  step: StepDetail | null;
  loading: boolean;
  error: string | null;
}

/** Loaded anew when what it worked on changed, not with every line that it logs. */
export function useStepDetail(step: Step): LoadedStep {
  const mayRead = useEditor((state) => state.workflow?.roles.includes("payloads") ?? false);
  const wanted = step.recorded && mayRead;
  const { data, isPending, isFetching, error } = useQuery({
    queryKey: ["step", step.id, step.status, step.attempts, Object.keys(step.outputs)],
    queryFn: () => api.get<StepDetail>(`runs/${step.run}/steps/${step.id}/`),
    enabled: wanted,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const own = data?.id === step.id ? data : null;
  return { step: own, loading: wanted && (isPending || (isFetching && !own)), error: error?.message ?? null };
}
