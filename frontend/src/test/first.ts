/** The event that a person finds in the Test panel before writing any. */
import { queryClient } from "@/app/query";
import { useEditor } from "@/model/editor";
import { firstEvent, triggersOf } from "./acts";
import { useTestDraft } from "./draft";
import { clearErrors } from "./fired";
import { format } from "./properties";
import { samplesOf } from "./Samples";

/** Has an event for this workflow at hand: the one written before, the first sample, or one a trigger takes. */
export async function prepareEvent(workflow: string): Promise<void> {
  if (useTestDraft.getState().workflow !== workflow) clearErrors();
  const [sample] = await queryClient
    .fetchQuery(samplesOf(workflow))
    .then((page) => page.results)
    .catch(() => []);
  const { workflow: open, document, plugins } = useEditor.getState();
  if (open?.id !== workflow) return;
  const [trigger] = triggersOf(document, plugins);
  const first = sample
    ? { type: sample.event_type, text: format(sample.properties) }
    : firstEvent(trigger, plugins);
  useTestDraft.getState().open(workflow, first);
}
