/** What every node has beside its config: switched off, what a failure does, notes. */
import { CircleAlert } from "lucide-react";
import { useId } from "react";
import type { GraphNode, OnError, Plugin } from "@/api/types";
import { useEditor } from "@/model/editor";
import { declaredOutputs, ERROR_PORT } from "@/model/ports";
import { Button } from "@/ui/Button";
import { TextArea } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { Switch } from "@/ui/Switch";
import { RetrySettings } from "./RetrySettings";

const ON_ERROR: { value: OnError; label: string; hint: string }[] = [
  {
    value: "fail",
    label: "Fail its branch",
    hint: "The run ends as failed once its other branches have ended.",
  },
  {
    value: "continue",
    label: "Go on with the input",
    hint: "The error is noted; the payload goes on as it came.",
  },
];

interface Props {
  node: GraphNode;
  plugin: Plugin | undefined;
  readOnly: boolean;
}

export function NodeSettingsForm({ node, plugin, readOnly }: Props) {
  const id = useId();
  const settings = node.settings ?? {};
  const set = useEditor((state) => state.setSettings);
  return (
    <fieldset disabled={readOnly} className="flex flex-col gap-4 border-t pt-4">
      <legend className="sr-only">Node settings</legend>
      <div className="flex items-center justify-between gap-3">
        <label htmlFor={`${id}-disabled`} className="font-medium text-sm">
          Disabled
          <span className="block font-normal text-muted text-xs">The payload passes through untouched.</span>
        </label>
        <Switch
          id={`${id}-disabled`}
          checked={settings.disabled ?? false}
          disabled={readOnly}
          onChange={(disabled) =>
            set(node.id, { disabled }, `${disabled ? "Disable" : "Enable"} ${node.name}`)
          }
        />
      </div>
      {!plugin?.trigger && <RetrySettings key={node.id} node={node} readOnly={readOnly} />}
      {!plugin?.trigger && (
        <div className="flex flex-col gap-1.5">
          <label htmlFor={`${id}-error`} className="font-medium text-sm">
            When it fails
          </label>
          <Select
            id={`${id}-error`}
            value={settings.on_error ?? "fail"}
            options={ON_ERROR}
            disabled={readOnly}
            onChange={(on_error) => set(node.id, { on_error }, `Edit ${node.name}`)}
          />
          <ErrorPath node={node} plugin={plugin} readOnly={readOnly} />
        </div>
      )}
      <div className="flex flex-col gap-1.5">
        <label htmlFor={`${id}-notes`} className="font-medium text-sm">
          Notes
        </label>
        <TextArea
          id={`${id}-notes`}
          rows={2}
          readOnly={readOnly}
          placeholder="Why is this node here?"
          value={settings.notes ?? ""}
          onChange={(event) => set(node.id, { notes: event.target.value }, `Edit notes of ${node.name}`)}
        />
      </div>
    </fieldset>
  );
}

function ErrorPath({ node, plugin, readOnly }: Props) {
  const wired = useEditor((state) =>
    state.document.edges.some((edge) => edge.source === node.id && edge.source_port === ERROR_PORT.name),
  );
  const drawn = useEditor((state) => state.errorPorts.has(node.id));
  const declared = plugin && declaredOutputs(plugin, node).some((port) => port.name === ERROR_PORT.name);
  if (wired)
    return (
      <p className="text-muted text-xs">Its error port is connected, so a failure goes there instead.</p>
    );
  if (drawn || declared || readOnly) return null;
  return (
    <Button
      size="sm"
      variant="ghost"
      icon={CircleAlert}
      className="self-start"
      onClick={() => useEditor.getState().showErrorPort(node.id)}
    >
      Add error path
    </Button>
  );
}
