/** The whole graph in a corner, coloured by the run's state; click or drag to move the view. */
import { type ReactFlowState, useStore } from "@xyflow/react";
import { type PointerEvent, useCallback, useMemo, useRef } from "react";
import * as camera from "./camera";
import { type Box, boundsOf } from "./geometry";
import { paint, prepare } from "./paint";
import { useFrame } from "./useFrame";
import { usePicture } from "./usePicture";

const WIDTH = 180;
const HEIGHT = 112;
const MARGIN = 10;

const transformOf = (state: ReactFlowState) => state.transform;
const widthOf = (state: ReactFlowState) => state.width;
const heightOf = (state: ReactFlowState) => state.height;

export function Minimap() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const picture = usePicture();
  const bounds = useMemo(() => boundsOf(picture.document.nodes, picture.layouts), [picture]);
  const scale = useMemo(() => scaleFor(bounds), [bounds]);

  const draw = useCallback(() => {
    const context = canvas.current && prepare(canvas.current, WIDTH, HEIGHT);
    if (context) paint(context, picture, { ...scale, width: WIDTH, height: HEIGHT }, "blocks");
  }, [picture, scale]);
  useFrame(draw);

  function go(event: PointerEvent<HTMLElement>) {
    if (event.buttons !== 1) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const rect = event.currentTarget.getBoundingClientRect();
    const x = (event.clientX - rect.left - scale.x) / scale.zoom;
    const y = (event.clientY - rect.top - scale.y) / scale.zoom;
    camera.jump(x, y);
  }

  return (
    <div
      className="relative overflow-hidden rounded-lg border bg-surface/90 shadow-node"
      style={{ width: WIDTH + 2, height: HEIGHT + 2 }}
      aria-hidden="true"
      onPointerDown={go}
      onPointerMove={go}
    >
      <canvas ref={canvas} style={{ width: WIDTH, height: HEIGHT }} className="block" />
      <Frame scale={scale} />
    </div>
  );
}

/** What part of the graph is seen; moves without painting the graph again. */
function Frame({ scale }: { scale: { x: number; y: number; zoom: number } }) {
  const [x, y, zoom] = useStore(transformOf);
  const width = useStore(widthOf);
  const height = useStore(heightOf);
  return (
    <div
      className="pointer-events-none absolute rounded-[3px] border border-accent bg-accent/8"
      style={{
        left: (-x / zoom) * scale.zoom + scale.x,
        top: (-y / zoom) * scale.zoom + scale.y,
        width: (width / zoom) * scale.zoom,
        height: (height / zoom) * scale.zoom,
      }}
    />
  );
}

function scaleFor(bounds: Box | null): { x: number; y: number; zoom: number } {
  if (!bounds) return { x: WIDTH / 2, y: HEIGHT / 2, zoom: 0.1 };
  const zoom = Math.min((WIDTH - MARGIN * 2) / bounds.width, (HEIGHT - MARGIN * 2) / bounds.height, 0.16);
  return {
    x: WIDTH / 2 - (bounds.x + bounds.width / 2) * zoom,
    y: HEIGHT / 2 - (bounds.y + bounds.height / 2) * zoom,
    zoom,
  };
}
