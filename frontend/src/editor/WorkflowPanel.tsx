/** The panel beside the canvas while no node is selected: the workflow itself. */
import { useEffect, useState } from "react";
import { ApiError, Offline } from "@/api/client";
import type { Workflow } from "@/api/types";
import { useEditor } from "@/model/editor";
import { Button } from "@/ui/Button";
import { TextArea, TextInput } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { toast } from "@/ui/toast";
import { useDialogs } from "./dialogState";

const RECORDINGS = [
  { value: "all", label: "Everything", hint: "Payloads of each step, kept by retention." },
  { value: "status", label: "States and times", hint: "No payloads." },
  { value: "none", label: "Nothing", hint: "Only that a run took place." },
] as const;

export function WorkflowPanel() {
  const workflow = useEditor((state) => state.workflow);
  const counts = useEditor(
    (state) => `${state.document.nodes.length} nodes, ${state.document.edges.length} edges`,
  );
  const show = useDialogs((state) => state.show);
  if (!workflow) return null;
  const editable = workflow.roles.includes("edit");
  return (
    <section aria-label="Workflow" className="flex min-h-0 flex-1 flex-col gap-5 overflow-auto px-4 py-4">
      <header>
        <h2 className="font-semibold text-base">Workflow</h2>
        <p className="text-muted text-xs">{counts}. Select a node to see its config.</p>
      </header>
      <Description key={workflow.id} text={workflow.description} readOnly={!editable} />
      <div className="flex flex-col gap-1.5">
        <label htmlFor="recording" className="font-medium text-sm">
          Record of each run
        </label>
        <Select
          id="recording"
          value={workflow.settings.recording ?? "all"}
          options={[...RECORDINGS]}
          disabled={!editable}
          onChange={(recording) => save({ settings: { ...workflow.settings, recording } })}
        />
        <p className="text-muted text-xs">For real events. A test run always records everything.</p>
      </div>
      <TimeLimit key={`limit-${workflow.id}`} settings={workflow.settings} readOnly={!editable} />
      <div className="flex flex-col gap-1.5">
        <h3 className="font-medium text-sm">Versions</h3>
        <p className="text-muted text-sm">
          {workflow.published_version === null
            ? "Not published yet: events start nothing until it is."
            : `Version ${workflow.published_version} is published.`}
        </p>
        {workflow.published_version !== null && (
          <Button size="sm" className="self-start" onClick={() => show("versions")}>
            Show versions
          </Button>
        )}
      </div>
    </section>
  );
}

function TimeLimit({ settings, readOnly }: { settings: Workflow["settings"]; readOnly: boolean }) {
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor="max-seconds" className="font-medium text-sm">
        Time limit of a run
      </label>
      <div className="flex items-center gap-2">
        <TextInput
          id="max-seconds"
          type="number"
          min={0}
          step="any"
          readOnly={readOnly}
          defaultValue={settings.max_seconds ?? ""}
          className="max-w-32"
          aria-describedby="max-seconds-help"
          onBlur={(event) => {
            const text = event.target.value.trim();
            const max_seconds = text === "" ? null : Number(text);
            if (max_seconds !== (settings.max_seconds ?? null))
              save({ settings: { ...settings, max_seconds } });
          }}
        />
        <span className="text-muted text-xs">seconds</span>
      </div>
      <p id="max-seconds-help" className="text-muted text-xs">
        A run that takes longer is stopped and fails. Empty: the installation's limit.
      </p>
    </div>
  );
}

function Description({ text, readOnly }: { text: string; readOnly: boolean }) {
  const [value, setValue] = useState(text);
  useEffect(() => setValue(text), [text]);
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor="description" className="font-medium text-sm">
        Description
      </label>
      <TextArea
        id="description"
        rows={3}
        value={value}
        readOnly={readOnly}
        placeholder="What is this workflow for?"
        onChange={(event) => setValue(event.target.value)}
        onBlur={() => value !== text && save({ description: value })}
      />
    </div>
  );
}

type Fields = Parameters<ReturnType<typeof useEditor.getState>["setWorkflow"]>[0];

function save(fields: Fields): void {
  useEditor
    .getState()
    .setWorkflow(fields)
    .catch((error: unknown) => {
      if (!(error instanceof ApiError || error instanceof Offline)) throw error;
      toast(error.message, { kind: "error", id: "workflow" });
    });
}
