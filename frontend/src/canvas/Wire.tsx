/** One edge: a curve, and once a payload went over it, what it was. */
import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath, getSmoothStepPath } from "@xyflow/react";
import { GitFork, Plus, TriangleAlert } from "lucide-react";
import { memo } from "react";
import { usePanels } from "@/editor/panels";
import { canEdit, shownDocument, useEditor } from "@/model/editor";
import { type EdgeRun, useEdgeRun } from "@/run/store";
import { summaryDetail, summaryText } from "./describe";
import { type FlowEdge, HANDLE } from "./flow";
import { openQuickAddInto } from "./quickAdd";

export const Wire = memo(function Wire(props: EdgeProps<FlowEdge>) {
  const { id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, selected, data } = props;
  const run = useEdgeRun(id);
  const editable = useEditor(canEdit);
  const wrong = useEditor((state) =>
    state.viewing ? undefined : state.problems.find((problem) => problem.edge === id),
  );
  const [path, x, y] = pathOf({
    // React Flow ends edges at the rim of the area that can be hit, the port is drawn in its middle.
    sourceX: sourceX - HANDLE / 2,
    sourceY,
    targetX: targetX + HANDLE / 2,
    targetY,
    sourcePosition,
    targetPosition,
  });
  const chip = run && (run.state === "handed_over" || run.delivered);
  return (
    <g
      className="fs-wire"
      data-state={run?.state}
      data-delivered={run?.delivered || undefined}
      data-background={data?.background || undefined}
      data-selected={selected || undefined}
      data-problem={wrong?.severity}
    >
      <BaseEdge id={id} path={path} interactionWidth={22} />
      {wrong && (
        <EdgeLabelRenderer>
          <span
            className="fs-wire-problem"
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y - 22}px)` }}
            data-severity={wrong.severity}
            title={wrong.message}
            role="img"
            aria-label={`Problem: ${wrong.message}`}
          >
            <TriangleAlert size={12} strokeWidth={2.4} aria-hidden />
          </span>
        </EdgeLabelRenderer>
      )}
      <EdgeLabelRenderer>
        <div
          className="fs-wire-label nopan"
          style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
        >
          {chip ? (
            <Chip edge={id} run={run} room={roomFor(targetX - sourceX)} />
          ) : (
            editable && (
              <button
                type="button"
                tabIndex={-1}
                className="fs-wire-add"
                data-shown={selected || undefined}
                aria-label="Put a node into this edge"
                onClick={(event) => openQuickAddInto(id, { x: event.clientX, y: event.clientY }, [x, y])}
              >
                <Plus size={13} strokeWidth={2.2} aria-hidden />
              </button>
            )
          )}
        </div>
      </EdgeLabelRenderer>
    </g>
  );
});

/** Onwards in a curve; back to the left around corners, so that it does not cross everything in between. */
function pathOf(ends: Parameters<typeof getSmoothStepPath>[0]): [path: string, x: number, y: number] {
  const back = ends.targetX < ends.sourceX;
  const [path, x, y] = back
    ? getSmoothStepPath({ ...ends, borderRadius: 16, offset: 28 })
    : getBezierPath({ ...ends, curvature: 0.32 });
  return [path, x, y];
}

/** Opens what went over the edge: the output of the node it comes from. */
function inspect(edge: string): void {
  const source = shownDocument(useEditor.getState()).edges.find((item) => item.id === edge)?.source;
  if (!source) return;
  useEditor.getState().select({ nodes: [source], edges: [] });
  usePanels.getState().showRight("data");
}

/** A chip on a short edge stays between its nodes. */
const roomFor = (dx: number): number =>
  dx < 0 ? WIDEST_CHIP : Math.min(WIDEST_CHIP, Math.max(64, dx + HANDLE - 8));
const WIDEST_CHIP = 160;

function Chip({ edge, run, room }: { edge: string; run: EdgeRun; room: number }) {
  const handedOver = run.state === "handed_over";
  const payload = run.delivered
    ? run.summary
      ? summaryText(run.summary)
      : handedOver
        ? null
        : "delivered"
    : null;
  const title = run.summary
    ? summaryDetail(run.summary)
    : handedOver
      ? "Goes on in a background run"
      : "Not recorded";
  return (
    <button
      type="button"
      tabIndex={-1}
      className="flex flex-col items-center gap-0.5"
      title={title}
      aria-label={[handedOver && "Handed over", payload && `Payload: ${payload}`].filter(Boolean).join(". ")}
      onClick={() => inspect(edge)}
    >
      {handedOver && (
        <span className="fs-wire-chip is-handed-over">
          <GitFork size={11} strokeWidth={2.2} className="shrink-0 rotate-180" aria-hidden />
          handed over
        </span>
      )}
      {payload && (
        <span className="fs-wire-chip" style={{ maxWidth: room }}>
          <span>{payload}</span>
        </span>
      )}
    </button>
  );
}
