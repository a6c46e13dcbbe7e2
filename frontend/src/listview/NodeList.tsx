/** The graph as a table: the same nodes, selection and actions as the canvas, for who reads better than looks. */
import { CopyPlus, Spline, Trash2 } from "lucide-react";
import { useMemo, useRef } from "react";
import type { GraphNode } from "@/api/types";
import * as camera from "@/canvas/camera";
import * as connectMode from "@/canvas/connectMode";
import { usePanels } from "@/editor/panels";
import { canEdit, shownDocument, useEditor, usePlugin } from "@/model/editor";
import { depths } from "@/model/loops";
import { problemsByNode } from "@/model/problems";
import { StatusWord } from "@/run/status";
import { useNodeRun } from "@/run/store";
import { IconButton } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { Empty } from "@/ui/Empty";
import { pluginIcon } from "@/ui/pluginIcons";
import { inOrder, linksOf, type NodeLinks } from "./order";

const HEADINGS = ["Node", "Plugin", "State", "From", "To", "Problems"];
const NO_LINKS: NodeLinks = { from: [], to: [] };

export function NodeList() {
  const document = useEditor(shownDocument);
  const body = useRef<HTMLTableSectionElement>(null);
  const nodes = useMemo(() => inOrder(document), [document]);
  const links = useMemo(() => linksOf(document), [document]);
  const depth = useMemo(() => depths(document), [document]);
  if (nodes.length === 0) return <Empty title="No nodes yet">Add one from the list on the left.</Empty>;

  function move(from: number, by: number) {
    body.current?.querySelectorAll<HTMLElement>("[data-row]")[from + by]?.focus();
  }

  return (
    <table className="w-full text-left text-sm">
      <caption className="sr-only">
        Nodes in the order in which they run. Arrow keys move between them.
      </caption>
      <thead className="sticky top-0 bg-surface text-muted text-xs">
        <tr>
          {HEADINGS.map((heading) => (
            <th key={heading} scope="col" className="border-b px-3 py-1.5 font-medium">
              {heading}
            </th>
          ))}
          <th scope="col" className="border-b px-3 py-1.5">
            <span className="sr-only">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody ref={body}>
        {nodes.map((node, index) => (
          <Row
            key={node.id}
            node={node}
            links={links.get(node.id) ?? NO_LINKS}
            depth={depth.get(node.id) ?? 0}
            onMove={(by) => move(index, by)}
          />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  node: GraphNode;
  links: NodeLinks;
  /** In how many loops it stands. */
  depth: number;
  onMove: (by: number) => void;
}

function Row({ node, links, depth, onMove }: RowProps) {
  const plugin = usePlugin(node.plugin);
  const run = useNodeRun(node.id);
  const selected = useEditor((state) => state.selection.nodes.includes(node.id));
  const problems = useEditor((state) =>
    state.viewing ? 0 : (problemsByNode(state.problems).get(node.id)?.length ?? 0),
  );
  const Icon = pluginIcon(plugin?.icon);

  function choose() {
    useEditor.getState().select({ nodes: [node.id], edges: [] });
    camera.reveal(node.id);
  }

  return (
    <tr className={cx("border-b", selected ? "bg-accent-soft" : "hover:bg-hover")}>
      <th scope="row" className="px-3 py-1 font-medium">
        <button
          type="button"
          data-row
          aria-current={selected || undefined}
          className="flex items-center gap-2 text-left"
          style={{ paddingLeft: depth * 20 }}
          onClick={choose}
          onKeyDown={(event) => {
            if (event.key === "ArrowDown") onMove(1);
            else if (event.key === "ArrowUp") onMove(-1);
            else if (event.key === "Delete") useEditor.getState().remove({ nodes: [node.id], edges: [] });
            else return;
            event.preventDefault();
          }}
        >
          <Icon size={15} className="shrink-0 text-muted" aria-hidden />
          {node.name}
          {depth > 0 && <span className="sr-only">(in a loop)</span>}
          {node.settings?.disabled && <span className="font-normal text-muted">(disabled)</span>}
        </button>
      </th>
      <td className="px-3 py-1 text-muted">{plugin?.name ?? node.plugin}</td>
      <td className="px-3 py-1">
        {run ? <StatusWord status={run.status} /> : <span className="text-faint">–</span>}
      </td>
      <td className="px-3 py-1">{links.from.join(", ") || <span className="text-faint">–</span>}</td>
      <td className="px-3 py-1">{links.to.join(", ") || <span className="text-faint">–</span>}</td>
      <td className="px-3 py-1">
        {problems > 0 && (
          <button
            type="button"
            className="text-fail underline"
            onClick={() => {
              choose();
              usePanels.getState().showRight("config");
            }}
          >
            {problems}
          </button>
        )}
      </td>
      <td className="px-3 py-1">
        <Actions node={node} choose={choose} />
      </td>
    </tr>
  );
}

function Actions({ node, choose }: { node: GraphNode; choose: () => void }) {
  const editable = useEditor(canEdit);
  if (!editable) return null;
  return (
    <div className="flex justify-end gap-0.5">
      <IconButton
        icon={Spline}
        label={`Connect ${node.name}`}
        size="sm"
        onClick={() => {
          choose();
          camera.focusCanvas();
          connectMode.begin();
        }}
      />
      <IconButton
        icon={CopyPlus}
        label={`Duplicate ${node.name}`}
        size="sm"
        onClick={() => useEditor.getState().duplicate({ nodes: [node.id], edges: [] })}
      />
      <IconButton
        icon={Trash2}
        label={`Delete ${node.name}`}
        size="sm"
        onClick={() => useEditor.getState().remove({ nodes: [node.id], edges: [] })}
      />
    </div>
  );
}
