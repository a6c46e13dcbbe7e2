/** Moves the view of the canvas: fit, centre, reveal. Works on the document, since not every node is mounted. */
import type { ReactFlowInstance, Viewport } from "@xyflow/react";
import type { GraphDocument } from "@/api/types";
import { shownDocument, useEditor } from "@/model/editor";
import { type Box, boundsOf, layoutsOf } from "./geometry";

export const MIN_ZOOM = 0.08;
export const MAX_ZOOM = 2;
/** Below this the overview is painted instead of nodes. */
export const OVERVIEW_BELOW = 0.35;
const PADDING = { side: 40, top: 24, foot: 56 }; // at the foot lie the controls

let flow: ReactFlowInstance | null = null;
let pane: HTMLElement | null = null;

export function attach(instance: ReactFlowInstance | null, element: HTMLElement | null): void {
  flow = instance;
  pane = element;
}

const calm = (): boolean => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const glide = () => ({ duration: calm() ? 0 : 240 });

export function paneSize(): { width: number; height: number } {
  return { width: pane?.clientWidth ?? 0, height: pane?.clientHeight ?? 0 };
}

export function viewportFor(box: Box, size: { width: number; height: number }, maxZoom: number): Viewport {
  const height = size.height - PADDING.top - PADDING.foot;
  const zoom = Math.min(
    maxZoom,
    Math.max(MIN_ZOOM, Math.min((size.width - PADDING.side * 2) / box.width, height / box.height)),
  );
  return {
    x: size.width / 2 - (box.x + box.width / 2) * zoom,
    y: PADDING.top + height / 2 - (box.y + box.height / 2) * zoom,
    zoom,
  };
}

function boundsOfNodes(ids?: readonly string[]): Box | null {
  const state = useEditor.getState();
  const document: GraphDocument = shownDocument(state);
  const nodes = ids ? document.nodes.filter((node) => ids.includes(node.id)) : document.nodes;
  return boundsOf(nodes, layoutsOf(document, state.plugins, state.errorPorts));
}

/** Where the view begins: the whole graph, in a place of this size. */
export function wholeView(size: { width: number; height: number }): Viewport {
  const box = boundsOfNodes();
  return box && size.width > 0 ? viewportFor(box, size, 1) : { x: 0, y: 0, zoom: 1 };
}

/** The whole graph was asked for and the view not moved since. */
let whole = false;

export const moved = (): void => {
  whole = false;
};

/** The canvas changed its size: what was seen whole stays seen whole. */
export const resized = (): void => {
  if (whole) fitView(undefined, true);
};

export function fitView(ids?: readonly string[], instant = false): void {
  const box = boundsOfNodes(ids);
  const size = paneSize();
  if (!flow || !box || size.width === 0) return;
  void flow.setViewport(viewportFor(box, size, ids ? 1.2 : 1), instant ? { duration: 0 } : glide());
  whole = ids === undefined;
}

export const zoomIn = (): void => void flow?.zoomIn(glide());
export const zoomOut = (): void => void flow?.zoomOut(glide());
export const zoomTo = (zoom: number): void => void flow?.zoomTo(zoom, glide());

/** Moves the view as little as it takes to show the whole node. */
export function reveal(id: string): void {
  const box = boundsOfNodes([id]);
  if (!flow || !box) return;
  const view = flow.getViewport();
  const { width, height } = paneSize();
  if (view.zoom < OVERVIEW_BELOW || box.height * view.zoom > height - MARGIN * 2) {
    centre(box.x + box.width / 2, box.y + box.height / 2, Math.max(view.zoom, 0.6));
    return;
  }
  const x = shift(box.x * view.zoom + view.x, box.width * view.zoom, width);
  const y = shift(box.y * view.zoom + view.y, box.height * view.zoom, height);
  if (x === 0 && y === 0) return;
  moved();
  void flow.setViewport({ x: view.x + x, y: view.y + y, zoom: view.zoom }, glide());
}

const MARGIN = 72;

/** How far something from `start` on has to move to lie inside of `room`. */
export function shift(start: number, length: number, room: number): number {
  if (start < MARGIN) return MARGIN - start;
  return Math.min(0, room - MARGIN - (start + length));
}

export function centre(x: number, y: number, zoom?: number): void {
  if (!flow) return;
  void flow.setCenter(x, y, { zoom: zoom ?? flow.getZoom(), ...glide() });
}

/** A point of the screen as a point of the canvas. */
export function toCanvas(screen: { x: number; y: number }): [number, number] {
  const point = flow?.screenToFlowPosition(screen) ?? screen;
  return [point.x, point.y];
}

export function toScreen(point: [number, number]): { x: number; y: number } {
  return flow?.flowToScreenPosition({ x: point[0], y: point[1] }) ?? { x: point[0], y: point[1] };
}

/** The middle of what is seen, on the screen. */
export function middle(): { x: number; y: number } {
  const rect = pane?.getBoundingClientRect();
  return rect ? { x: rect.left + rect.width / 2, y: rect.top + rect.height / 2 } : { x: 0, y: 0 };
}

/** Without the frame that shows a keyboard's focus: a click or a list led here. */
export function focusCanvas(): void {
  if (!pane) return;
  pane.dataset.byPointer = "";
  pane.focus({ preventScroll: true });
}

/** Centres without gliding: for what is dragged. */
export function jump(x: number, y: number): void {
  if (flow) void flow.setCenter(x, y, { zoom: flow.getZoom(), duration: 0 });
}
