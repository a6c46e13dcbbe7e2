/** The event that a person finds in the Test panel before writing any. */
import { queryClient } from "@/app/query";
import { useEditor } from "@/model/editor";
import { firstEvent, triggersOf } from "./acts";
import { useTestDraft } from "./draft";
import { clearErrors } from "./fired";
import { format } from "./properties";
import { samplesOf } from "./Samples";

/** Has an event for this workflow at hand at once: the one written before, or one that a trigger takes.
 * The first sample takes its place, unless somebody has begun to write by then. */
export async function prepareEvent(workflow: string): Promise<void> {
  const draft = useTestDraft.getState();
  if (draft.workflow !== workflow) clearErrors();
  const { document, plugins } = useEditor.getState();
  draft.open(workflow, firstEvent(triggersOf(document, plugins)[0], plugins));
  const [sample] = await queryClient
    .fetchQuery(samplesOf(workflow))
    .then((page) => page.results)
    .catch(() => []);
  if (!sample || useEditor.getState().workflow?.id !== workflow) return;
  draft.open(workflow, { type: sample.event_type, text: format(sample.properties) });
}
