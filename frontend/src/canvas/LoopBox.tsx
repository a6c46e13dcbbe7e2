/** A loop as a box: a head like a node's, and beneath it the place where its body stands. */
import { Plus } from "lucide-react";
import type { GraphNode } from "@/api/types";
import { canEdit, shownDocument, useEditor } from "@/model/editor";
import { parentOf } from "@/model/loops";
import type { NodeLayout } from "./geometry";
import { LOOP_PAD } from "./geometry";
import { openQuickAdd } from "./quickAdd";

/** Lets the mouse through, so that edges can be drawn and frames dragged inside; only the hint can be hit. */
export function LoopBody({ node, layout }: { node: GraphNode; layout: NodeLayout }) {
  const empty = useEditor((state) => !shownDocument(state).nodes.some((item) => parentOf(item) === node.id));
  const editable = useEditor(canEdit);
  const top = layout.body ?? 0;
  const [x, y] = node.position;
  return (
    <>
      <div className="fs-loop-head" style={{ height: top }} />
      <div className="fs-loop-body" style={{ top }}>
        {empty && editable && (
          <button
            type="button"
            tabIndex={-1}
            className="fs-loop-hint nodrag"
            onClick={(event) =>
              openQuickAdd({
                screen: { x: event.clientX, y: event.clientY },
                position: [x + LOOP_PAD, y + top + LOOP_PAD],
                parent: node.id,
              })
            }
          >
            <Plus size={14} aria-hidden />
            Drop nodes here
          </button>
        )}
        {empty && !editable && <span className="fs-loop-hint">Nothing in this loop</span>}
      </div>
    </>
  );
}
