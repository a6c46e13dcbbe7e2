/** One node as a card: icon, name, plugin, ports, and what the run did to it. */
import type { NodeProps } from "@xyflow/react";
import { Ellipsis, GitFork, TriangleAlert } from "lucide-react";
import { memo } from "react";
import { shownDocument, useEditor, useNode, usePlugin } from "@/model/editor";
import { problemsByNode } from "@/model/problems";
import { useNodeRun } from "@/run/store";
import { cx } from "@/ui/cx";
import { pluginIcon } from "@/ui/pluginIcons";
import { nodeLabel } from "./describe";
import type { FlowNode } from "./flow";
import { LoopBody } from "./LoopBox";
import { NodeName } from "./NodeName";
import { InputPort, OutputPort } from "./NodePort";
import { StatusBadge } from "./StatusBadge";
import { useCanvas } from "./state";
import { subtitle } from "./subtitle";

export const NodeCard = memo(function NodeCard({ id, selected, data }: NodeProps<FlowNode>) {
  const node = useNode(id);
  const plugin = usePlugin(node?.plugin);
  const run = useNodeRun(id);
  const problems = useEditor((state) => (state.viewing ? undefined : problemsByNode(state.problems).get(id)));
  const fits = useCanvas((state) => (state.fits === null ? null : state.fits.has(id)));
  const aimed = useCanvas((state) => state.connectMode?.target?.node === id);
  const label = useEditor((state) => nodeLabel(shownDocument(state), state.plugins, id, run));
  if (!node) return null;

  const Icon = pluginIcon(plugin?.icon);
  const disabled = node.settings?.disabled === true;
  const wrong = problems?.some((problem) => problem.severity === "error");
  const { layout, background } = data;
  const inBackground = run ? run.isBackground : background;

  return (
    // biome-ignore lint/a11y/useSemanticElements: a node is a group of controls, not a set of form fields.
    <div
      id={`node-${id}`}
      role="group"
      aria-roledescription="node"
      aria-label={label}
      data-status={run?.status}
      data-background={inBackground || undefined}
      data-selected={selected || undefined}
      data-disabled={disabled || undefined}
      data-fits={fits === null ? undefined : fits}
      data-aimed={aimed || undefined}
      data-loop={layout.body === undefined ? undefined : ""}
      className="fs-node group"
      style={{ width: layout.width, height: layout.height }}
    >
      <div className="fs-node-head flex h-14 items-center gap-2.5 px-3">
        <span className={cx("fs-node-icon", plugin?.trigger && "is-trigger")}>
          <Icon size={17} strokeWidth={1.8} aria-hidden />
        </span>
        <span className="min-w-0 flex-1">
          <NodeName id={id} name={node.name} />
          <span className="flex items-center gap-1 text-muted text-xs leading-4">
            {inBackground && <GitFork size={11} className="shrink-0 rotate-180 text-branch" aria-hidden />}
            <span className="truncate">
              {subtitle(plugin, node)}
              {disabled && " · disabled"}
            </span>
          </span>
        </span>
        <button
          type="button"
          tabIndex={-1}
          aria-label={`Actions of ${node.name}`}
          className="nodrag -mr-1.5 flex size-6 items-center justify-center rounded-md text-muted opacity-0 hover:bg-hover hover:text-text group-hover:opacity-100 group-data-selected:opacity-100"
          onClick={(event) => {
            const { left, bottom } = event.currentTarget.getBoundingClientRect();
            useEditor.getState().select({ nodes: [id], edges: [] });
            useCanvas
              .getState()
              .set({ menu: { screen: { x: left, y: bottom + 4 }, position: node.position, node: id } });
          }}
        >
          <Ellipsis size={15} aria-hidden />
        </button>
      </div>
      {layout.body !== undefined && <LoopBody node={node} layout={layout} />}
      {layout.inputs.map((port) => (
        <InputPort key={port.name} port={port} />
      ))}
      {layout.outputs.map((port) => (
        <OutputPort key={port.name} port={port} node={id} fired={run?.ports.includes(port.name) ?? false} />
      ))}
      {run && <StatusBadge run={run} />}
      {problems && problems.length > 0 && (
        <span
          className={cx("fs-node-problems", wrong ? "bg-fail text-white dark:text-black" : "bg-warn")}
          title={problems.map((problem) => problem.message).join("\n")}
        >
          <TriangleAlert size={11} strokeWidth={2.4} aria-hidden />
          {problems.length}
          <span className="sr-only">{problems.length === 1 ? " problem" : " problems"}</span>
        </span>
      )}
    </div>
  );
});
