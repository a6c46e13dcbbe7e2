/** The whole payloads of one step, fetched when it is looked at; what streams live are summaries. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Step, StepDetail } from "@/api/types";

export interface LoadedStep {
  step: StepDetail | null;
  loading: boolean;
  error: string | null;
}

/** Loaded anew whenever the step changes: `seq` is part of what is asked for. */
export function useStepDetail(step: Step): LoadedStep {
  const { data, isPending, isFetching, error } = useQuery({
    queryKey: ["step", step.id, step.seq],
    queryFn: () => api.get<StepDetail>(`runs/${step.run}/steps/${step.id}/`),
    enabled: step.recorded,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const own = data?.id === step.id ? data : null;
  return {
    step: own,
    loading: step.recorded && (isPending || (isFetching && !own)),
    error: error?.message ?? null,
  };
}
