/** The panel beside the canvas for the one node that is selected: config, data of the run, help. */
import { BookOpen, Braces, SlidersHorizontal, X } from "lucide-react";
import { Suspense, useState } from "react";
import { usePanels } from "@/editor/panels";
import { canEdit, useEditor, useNode, usePlugin } from "@/model/editor";
import { IconButton } from "@/ui/Button";
import { Empty } from "@/ui/Empty";
import { lazily } from "@/ui/lazily";
import { pluginIcon } from "@/ui/pluginIcons";
import { TabPanel, Tabs } from "@/ui/Tabs";
import { ConfigForm } from "./form/ConfigForm";
import { HelpPanel } from "./HelpPanel";

const StepInspector = lazily(async () => (await import("./io/StepInspector")).StepInspector);

export function NodePanel({ nodeId }: { nodeId: string }) {
  const node = useNode(nodeId);
  const plugin = usePlugin(node?.plugin);
  const { right, showRight } = usePanels();
  if (!node) return null;
  const Icon = pluginIcon(plugin?.icon);
  return (
    <section aria-label={`Node ${node.name}`} className="flex min-h-0 flex-1 flex-col">
      <header className="flex items-center gap-2.5 px-4 pt-3 pb-1">
        <span className={`fs-node-icon ${plugin?.trigger ? "is-trigger" : ""}`}>
          <Icon size={17} strokeWidth={1.8} aria-hidden />
        </span>
        <div className="min-w-0 flex-1">
          <NameField key={`${node.id}:${node.name}`} id={node.id} name={node.name} />
          <p className="truncate text-muted text-xs">{plugin?.name ?? node.plugin}</p>
        </div>
        <IconButton
          icon={X}
          label="Close"
          shortcut="Esc"
          onClick={() => useEditor.getState().select({ nodes: [], edges: [] })}
        />
      </header>
      <Tabs
        label="Node"
        value={right}
        onChange={showRight}
        className="flex-1"
        items={[
          { value: "config", label: "Config", icon: SlidersHorizontal },
          { value: "data", label: "Data", icon: Braces },
          { value: "help", label: "Help", icon: BookOpen },
        ]}
      >
        <TabPanel value="config">
          <ConfigForm key={node.id} node={node} plugin={plugin} />
        </TabPanel>
        <TabPanel value="data">
          <Suspense>
            <StepInspector nodeId={node.id} />
          </Suspense>
        </TabPanel>
        <TabPanel value="help">
          {plugin ? (
            <HelpPanel plugin={plugin} />
          ) : (
            <Empty title="No help">The plugin is not installed.</Empty>
          )}
        </TabPanel>
      </Tabs>
    </section>
  );
}

function NameField({ id, name }: { id: string; name: string }) {
  const editable = useEditor(canEdit);
  const [error, setError] = useState<string | null>(null);
  const commit = (input: HTMLInputElement) => {
    const reason = useEditor.getState().rename(id, input.value);
    setError(reason);
    if (reason) input.value = name;
  };
  return (
    <>
      <input
        defaultValue={name}
        readOnly={!editable}
        aria-label="Name of the node"
        aria-invalid={error !== null}
        className="-mx-1 block w-full truncate rounded px-1 font-semibold text-base text-text hover:bg-hover focus:bg-sunken focus:outline-1 focus:outline-accent"
        onBlur={(event) => commit(event.currentTarget)}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
          if (event.key === "Escape") {
            event.currentTarget.value = name;
            event.currentTarget.blur();
          }
        }}
      />
      {error && (
        <p role="alert" className="text-fail text-xs">
          {error}
        </p>
      )}
    </>
  );
}
