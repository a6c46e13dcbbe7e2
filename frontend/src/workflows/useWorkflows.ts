/** The workflows that the person may see, and what can be done with them from the list. */
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useLocation } from "wouter";
import { api } from "@/api/client";
import type { Page, PluginList, Workflow, WorkflowRow } from "@/api/types";
import { download } from "@/model/files";
import { withOwnTokens } from "@/model/graph";
import { toast } from "@/ui/toast";
import type { Template } from "./templates";

const KEY = ["workflows"];

/** All of them: the list is searched here, so it is read to its end. */
export function useWorkflows() {
  const { data, isPending, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: KEY,
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      api.get<Page<WorkflowRow>>(pageParam || "workflows/", pageParam ? undefined : { page_size: 200 }),
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: 5_000,
  });
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return { workflows: data?.pages.flatMap((page) => page.results) ?? [], isPending, error };
}

/** The names of the workflows by their ids; one that was deleted has none. */
export function useWorkflowNames(): (id: string) => string {
  const { workflows, isPending } = useWorkflows();
  return (id) =>
    workflows.find((workflow) => workflow.id === id)?.name ?? (isPending ? "" : "A deleted workflow");
}

export function useWorkflowActions() {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const refresh = () => client.invalidateQueries({ queryKey: KEY });
  const refused = (title: string) => (error: Error) => toast(error.message, { kind: "error", title });

  const create = useMutation({
    mutationFn: (template: Template & { description?: string; settings?: Workflow["settings"] }) =>
      api.post<Workflow>("workflows/", template),
    onSuccess: (workflow) => {
      void refresh();
      navigate(`/workflows/${workflow.id}/`);
    },
    onError: refused("The workflow was not created"),
  });
  const duplicate = useMutation({
    mutationFn: async ({ id }: WorkflowRow) => {
      const [{ name, description, graph, settings }, { results }] = await Promise.all([
        api.get<Workflow>(`workflows/${id}/`),
        api.get<PluginList>("plugins/"),
      ]);
      const plugins = Object.fromEntries(results.map((plugin) => [plugin.id, plugin]));
      return api.post<Workflow>("workflows/", {
        name: `${name} (copy)`,
        description,
        graph: withOwnTokens(graph, plugins),
        settings,
      });
    },
    onSuccess: ({ name }) => {
      void refresh();
      toast(`“${name}” created, switched off.`, { kind: "ok" });
    },
    onError: refused("The workflow was not duplicated"),
  });
  const remove = useMutation({
    mutationFn: ({ id }: WorkflowRow) => api.delete(`workflows/${id}/`),
    onSuccess: (_, { name }) => {
      void refresh();
      toast(`“${name}” deleted.`);
    },
    onError: refused("The workflow was not deleted"),
  });
  const enable = useMutation({
    mutationFn: ({ workflow, enabled }: { workflow: WorkflowRow; enabled: boolean }) =>
      api.patch<Workflow>(`workflows/${workflow.id}/`, { revision: workflow.revision, enabled }),
    onSettled: refresh,
    onError: refused("The switch was not changed"),
  });
  return { create, duplicate, remove, enable };
}

/** Hands the draft graph to the person as a file. */
export async function exportWorkflow({ id, name }: WorkflowRow): Promise<void> {
  try {
    const { graph } = await api.get<Workflow>(`workflows/${id}/`);
    download(name, graph);
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), {
      kind: "error",
      title: "The workflow was not exported",
    });
  }
}
