/** Before firing: what the test will do outside of the run. */
import { ShieldCheck, TriangleAlert } from "lucide-react";
import { useMemo } from "react";
import type { GraphNode } from "@/api/types";
import { useEditor, usePlugin } from "@/model/editor";
import { selectStep } from "@/runs/select";
import { cx } from "@/ui/cx";
import { Tooltip } from "@/ui/Tooltip";
import { actingNodes } from "./acts";

export function Acts({ triggers }: { triggers: GraphNode[] }) {
  const document = useEditor((state) => state.document);
  const plugins = useEditor((state) => state.plugins);
  const acting = useMemo(
    () =>
      actingNodes(
        document,
        plugins,
        triggers.map((trigger) => trigger.id),
      ),
    [document, plugins, triggers],
  );
  if (triggers.length === 0) return null;
  if (acting.length === 0) {
    return (
      <p className="flex items-start gap-2 text-muted text-xs">
        <ShieldCheck size={14} className="mt-0.5 shrink-0 text-ok" aria-hidden />
        Nothing in this workflow acts outside of the run.
      </p>
    );
  }
  return (
    <section aria-label="Nodes that act for real">
      <h3 className="flex items-center gap-1.5 font-semibold text-text text-xs">
        <TriangleAlert size={13} className="text-warn" aria-hidden />
        {acting.length === 1 ? "One node acts" : `${acting.length} nodes act`} for real
      </h3>
      <ul className="mt-1 flex flex-col">
        {acting.map(({ node, does }) => (
          <li key={node.id}>
            <ActingNode node={node} does={does} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function ActingNode({ node, does }: { node: GraphNode; does: string }) {
  const plugin = usePlugin(node.plugin);
  return (
    <Tooltip label={plugin?.name ?? node.plugin} side="left">
      <button
        type="button"
        onClick={() => selectStep(node.id, null)}
        className={cx("w-full rounded-md px-1.5 py-1 text-left text-xs hover:bg-hover")}
      >
        <span className="font-medium text-text">{node.name}</span> <span className="text-muted">{does}</span>
      </button>
    </Tooltip>
  );
}
