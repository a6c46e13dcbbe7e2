/** Firing the test event on the draft as it is drawn, saved or not. */
import { ApiError, api, Offline } from "@/api/client";
import type { Run } from "@/api/types";
import { queryClient } from "@/app/query";
import { usePanels } from "@/editor/panels";
import { useEditor } from "@/model/editor";
import { openFired } from "@/runs/open";
import { startOf, triggersOf } from "./acts";
import { useTestDraft } from "./draft";
import { type FireErrors, useFiring } from "./fired";
import { prepareEvent } from "./first";
import { parseProperties } from "./properties";

/** Fire. Errors stand at their places in the Test panel, which is opened to show them. */
export async function fireTest(options: { until?: string } = {}): Promise<void> {
  const { workflow } = useEditor.getState();
  if (!workflow || useFiring.getState().busy) return;
  usePanels.getState().showBottom("test");
  if (useTestDraft.getState().workflow !== workflow.id) await prepareEvent(workflow.id);
  const { type } = useTestDraft.getState();
  const { value, error } = parseProperties(useTestDraft.getState().text);
  if (type.trim() === "") return refuse({ type: "Name the event's type." });
  if (error) return refuse({ properties: `${error.message} (line ${error.line}, column ${error.column})` });
  useFiring.setState({ busy: true, errors: {} });
  try {
    const answer = await api.post<{ run: Run }>(`workflows/${workflow.id}/test/`, {
      event: { type: type.trim(), properties: value },
      start: startInDraft(),
      ...options,
      ...draftIfMine(),
    });
    useFiring.setState({ run: answer.run });
    openFired(answer.run);
    void queryClient.invalidateQueries({ queryKey: ["events"] });
  } catch (reason) {
    refuse(errorsOf(reason));
  } finally {
    useFiring.setState({ busy: false });
  }
}

/** Who may run but not edit fires what is saved. */
function draftIfMine(): { graph?: ReturnType<typeof draftForTest> } {
  return useEditor.getState().workflow?.roles.includes("edit") ? { graph: draftForTest() } : {};
}

const draftForTest = () => useEditor.getState().documentForTest();

function startInDraft(): string | undefined {
  const { document, plugins } = useEditor.getState();
  return startOf(triggersOf(document, plugins), useTestDraft.getState().start)?.id;
}

function refuse(errors: FireErrors): void {
  useFiring.setState({ errors });
}

/** A problem document, sorted to the fields that it speaks of. */
export function errorsOf(reason: unknown): FireErrors {
  if (reason instanceof Offline) return { other: "The server cannot be reached. The event was not fired." };
  if (!(reason instanceof ApiError)) throw reason;
  const found: FireErrors = {};
  const { errors = [], problems, detail, title } = reason.problem;
  for (const { path, message } of errors) {
    const place = Array.isArray(path) ? path : path.split(".");
    const [first, second] = place;
    if (first === "event" && second === "type") found.type = message;
    else if (first === "event" && second === "properties") found.properties = message;
    else if (first !== "graph") found.other = message;
  }
  if (problems?.length) found.problems = problems;
  const isPlaced = found.type || found.properties || found.other || found.problems;
  return isPlaced ? found : { other: detail || title };
}
