/** The zoomed-out view: one painted canvas instead of hundreds of nodes. */
import { type ReactFlowState, useStore } from "@xyflow/react";
import { useCallback, useRef } from "react";
import { useEditor } from "@/model/editor";
import { depths } from "@/model/loops";
import * as camera from "./camera";
import { paint, prepare } from "./paint";
import { useFrame } from "./useFrame";
import { usePicture } from "./usePicture";

const transformOf = (state: ReactFlowState) => state.transform;
const widthOf = (state: ReactFlowState) => state.width;
const heightOf = (state: ReactFlowState) => state.height;

export function Overview() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const picture = usePicture();
  const [x, y, zoom] = useStore(transformOf);
  const width = useStore(widthOf);
  const height = useStore(heightOf);

  const draw = useCallback(() => {
    const context = canvas.current && prepare(canvas.current, width, height);
    if (context) paint(context, picture, { x, y, zoom, width, height }, "names");
  }, [picture, x, y, zoom, width, height]);
  useFrame(draw);

  return (
    <div className="pointer-events-none absolute inset-0" aria-hidden="true">
      <canvas ref={canvas} className="size-full" />
    </div>
  );
}

/** The node that is painted at a point of the screen. */
export function nodeAt(
  picture: ReturnType<typeof usePicture>,
  screen: { x: number; y: number },
): string | null {
  const [x, y] = camera.toCanvas(screen);
  const hits = picture.document.nodes.filter((node) => {
    const layout = picture.layouts.get(node.id);
    const [left, top] = node.position;
    return layout && x >= left && x <= left + layout.width && y >= top && y <= top + layout.height;
  });
  const depth = depths(picture.document);
  const deepest = Math.max(...hits.map((node) => depth.get(node.id) ?? 0));
  return hits.findLast((node) => depth.get(node.id) === deepest)?.id ?? null;
}

/** A click on the overview selects; a double click goes there. */
export function pickOnOverview(id: string | null, add: boolean): void {
  const { selection, select } = useEditor.getState();
  if (id === null) {
    if (!add) select({ nodes: [], edges: [] });
    return;
  }
  const nodes = add ? [...selection.nodes.filter((item) => item !== id), id] : [id];
  select({ nodes, edges: add ? selection.edges : [] });
}
