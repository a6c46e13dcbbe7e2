/** The form of one node: the fields of its plugin's config, then its own settings. */
import { useMemo } from "react";
import type { GraphNode, Plugin } from "@/api/types";
import { canEdit, useEditor } from "@/model/editor";
import { problemsByNode } from "@/model/problems";
import { Empty } from "@/ui/Empty";
import { FieldRow } from "./FieldRow";
import { NodeProblems } from "./NodeProblems";
import { NodeSettingsForm } from "./NodeSettingsForm";
import { fieldsOf, grouped, isShown } from "./schema";
import { WebhookAddress } from "./WebhookAddress";

const WEBHOOK = "webhook";

export function ConfigForm({ node, plugin }: { node: GraphNode; plugin: Plugin | undefined }) {
  const editable = useEditor(canEdit);
  const problems = useEditor((state) =>
    state.viewing ? undefined : problemsByNode(state.problems).get(node.id),
  );
  const fields = useMemo(() => (plugin ? fieldsOf(plugin.config_schema) : []), [plugin]);
  const shown = fields.filter((field) => isShown(field, node.config, fields));
  const names = new Set(shown.map((field) => field.name));
  const elsewhere = problems?.filter(({ path }) => !(path[0] === "config" && names.has(String(path[1]))));

  return (
    <form
      className="flex flex-col gap-5 px-4 py-4"
      aria-label={`Config of ${node.name}`}
      onSubmit={(event) => event.preventDefault()}
    >
      {elsewhere && elsewhere.length > 0 && <NodeProblems problems={elsewhere} />}
      {!plugin && (
        <Empty title={`The plugin “${node.plugin}” is not installed`}>
          The node keeps its config. Install the plugin, or put another node in its place.
        </Empty>
      )}
      {plugin && shown.length === 0 && <p className="text-muted text-sm">This node needs no settings.</p>}
      {node.plugin === WEBHOOK && <WebhookAddress path={node.config.path} />}
      {grouped(shown).map((group) => (
        <fieldset key={group.name} disabled={!editable} className="flex min-w-0 flex-col gap-4">
          {group.name && <legend className="mb-3 font-semibold text-muted text-xs">{group.name}</legend>}
          {group.fields.map((field) => (
            <FieldRow
              key={field.name}
              field={field}
              node={node.id}
              config={node.config}
              path={[]}
              readOnly={!editable}
            />
          ))}
        </fieldset>
      ))}
      <NodeSettingsForm node={node} plugin={plugin} readOnly={!editable} />
    </form>
  );
}
