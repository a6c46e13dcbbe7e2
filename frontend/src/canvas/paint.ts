/** Paints a graph as blocks and lines into a 2D canvas: the overview and the minimap. */
import type { GraphDocument, GraphNode } from "@/api/types";
import type { AnyStatus } from "@/run/status";
import type { NodeLayout } from "./geometry";
import { STATE_COLOUR } from "./status";

const TOKENS = [
  "surface",
  "line-strong",
  "edge",
  "text",
  "muted",
  "accent",
  "ok",
  "fail",
  "warn",
  "faint",
  "branch",
  "branch-line",
  "accent-soft",
] as const;

export type Colours = Readonly<Record<(typeof TOKENS)[number], string>>;

/** The tokens as plain colours: a canvas knows neither variables nor light-dark(). */
export function readColours(): Colours {
  const probe = document.createElement("span");
  probe.style.transitionProperty = "none"; // else each colour would begin as the one before
  document.body.append(probe);
  const entries = TOKENS.map((token) => {
    probe.style.color = `var(--fs-${token})`;
    return [token, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(entries) as Colours;
}

export interface Picture {
  document: GraphDocument;
  layouts: ReadonlyMap<string, NodeLayout>;
  selected: ReadonlySet<string>;
  background: ReadonlySet<string>;
  statusOf: (node: string) => AnyStatus | undefined;
  colours: Colours;
}

export interface View {
  x: number;
  y: number;
  zoom: number;
  width: number;
  height: number;
}

/** Gives the canvas its size in real pixels and returns a clean context in CSS pixels. */
export function prepare(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D | null {
  const ratio = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  const context = canvas.getContext("2d");
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  context?.clearRect(0, 0, width, height);
  return context;
}

export function paint(
  context: CanvasRenderingContext2D,
  picture: Picture,
  view: View,
  detail: "blocks" | "names",
): void {
  context.save();
  context.translate(view.x, view.y);
  context.scale(view.zoom, view.zoom);
  paintLoops(context, picture, view);
  paintEdges(context, picture, view.zoom);
  paintNodes(context, picture, view, detail);
  context.restore();
}

/** Boxes lie under the edges of their bodies, the outermost first. */
function paintLoops(context: CanvasRenderingContext2D, picture: Picture, view: View): void {
  const loops = picture.document.nodes.filter((node) => isBox(node, picture));
  const area = (node: GraphNode) => {
    const { width, height } = picture.layouts.get(node.id) as NodeLayout;
    return width * height;
  };
  for (const node of loops.sort((a, b) => area(b) - area(a))) {
    if (!isSeen(node, picture.layouts, view)) continue;
    const layout = picture.layouts.get(node.id) as NodeLayout;
    const { stroke, width } = lookOf(node.id, picture, view.zoom);
    const shape = new Path2D();
    shape.roundRect(node.position[0], node.position[1], layout.width, layout.height, 14);
    context.globalAlpha = 0.5;
    context.fillStyle = picture.colours["accent-soft"];
    context.fill(shape);
    context.globalAlpha = 1;
    context.lineWidth = width;
    context.strokeStyle = stroke;
    context.stroke(shape);
  }
}

const isBox = (node: GraphNode, { layouts }: Pick<Picture, "layouts">): boolean =>
  layouts.get(node.id)?.body !== undefined;

function paintEdges(
  context: CanvasRenderingContext2D,
  { document, layouts, background, colours }: Picture,
  zoom: number,
): void {
  const nodes = new Map(document.nodes.map((node) => [node.id, node]));
  const plain = new Path2D();
  const behind = new Path2D();
  for (const edge of document.edges) {
    const source = nodes.get(edge.source);
    const target = nodes.get(edge.target);
    const from = layouts.get(edge.source);
    const to = layouts.get(edge.target);
    if (!source || !target || !from || !to) continue;
    const x1 = source.position[0] + from.width;
    const y1 = source.position[1] + (from.outputs.find((port) => port.name === edge.source_port)?.y ?? 28);
    const [x2, y2] = [target.position[0], target.position[1] + (to.inputs[0]?.y ?? 28)];
    const bend = Math.max(40, Math.abs(x2 - x1) / 2);
    const path = background.has(edge.target) ? behind : plain;
    path.moveTo(x1, y1);
    path.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
  }
  context.lineWidth = Math.max(1.6, 0.9 / zoom);
  context.strokeStyle = colours.edge;
  context.stroke(plain);
  context.strokeStyle = colours.branch;
  context.stroke(behind);
}

interface Look {
  fill: string;
  stroke: string;
  width: number;
  shape: Path2D;
}

/** Nodes that look alike are painted at once: a thousand single fills would take a frame. */
function paintNodes(
  context: CanvasRenderingContext2D,
  picture: Picture,
  view: View,
  detail: "blocks" | "names",
): void {
  const shown = picture.document.nodes.filter((node) => isSeen(node, picture.layouts, view));
  const looks = new Map<string, Look>();
  for (const node of shown) {
    const layout = picture.layouts.get(node.id) as NodeLayout;
    if (layout.body !== undefined) continue;
    const look = lookOf(node.id, picture, view.zoom);
    const key = look.fill + look.stroke + look.width;
    const known = looks.get(key) ?? { ...look, shape: new Path2D() };
    looks.set(key, known);
    const [x, y] = node.position;
    if (view.zoom < ROUND_FROM) known.shape.rect(x, y, layout.width, layout.height);
    else known.shape.roundRect(x, y, layout.width, layout.height, 12);
  }
  for (const { fill, stroke, width, shape } of looks.values()) {
    context.fillStyle = picture.colours.surface;
    context.fill(shape);
    context.globalAlpha = 0.28;
    context.fillStyle = fill;
    context.fill(shape);
    context.globalAlpha = 1;
    context.lineWidth = width;
    context.strokeStyle = stroke;
    context.stroke(shape);
  }
  if (detail === "names" && view.zoom > NAMES_FROM) paintNames(context, picture, shown);
}

const ROUND_FROM = 0.2;
const NAMES_FROM = 0.16;

function isSeen(node: GraphNode, layouts: Picture["layouts"], view: View): boolean {
  const layout = layouts.get(node.id);
  if (!layout) return false;
  const left = node.position[0] * view.zoom + view.x;
  const top = node.position[1] * view.zoom + view.y;
  return (
    left < view.width &&
    top < view.height &&
    left + layout.width * view.zoom > 0 &&
    top + layout.height * view.zoom > 0
  );
}

function lookOf(
  id: string,
  { selected, background, statusOf, colours }: Picture,
  zoom: number,
): Omit<Look, "shape"> {
  const status = statusOf(id);
  const state = status && colours[STATE_COLOUR[status]];
  const line = background.has(id) ? colours["branch-line"] : colours["line-strong"];
  return {
    fill: state ?? colours.surface,
    stroke: selected.has(id) ? colours.accent : (state ?? line),
    width: selected.has(id) ? 2.5 / Math.max(zoom, 0.2) : Math.max(2, 1 / zoom),
  };
}

function paintNames(context: CanvasRenderingContext2D, picture: Picture, nodes: readonly GraphNode[]): void {
  context.font = `500 30px ${FONT}`;
  context.textBaseline = "middle";
  context.fillStyle = picture.colours.text;
  for (const node of nodes) {
    const layout = picture.layouts.get(node.id) as NodeLayout;
    const [x, y] = node.position;
    context.fillText(
      shorten(context, node.name, layout.width - 32),
      x + 16,
      y + (layout.body ?? layout.height) / 2,
    );
  }
}

const FONT = '"Inter Variable", Inter, system-ui, sans-serif';
const shortened = new Map<string, string>();

/** Measuring text is slow, so each name is cut once. */
function shorten(context: CanvasRenderingContext2D, text: string, width: number): string {
  const known = shortened.get(text);
  if (known !== undefined) return known;
  let cut = text;
  while (cut.length > 1 && context.measureText(cut).width > width) cut = `${cut.slice(0, -2).trimEnd()}…`;
  if (shortened.size > 5000) shortened.clear();
  shortened.set(text, cut);
  return cut;
}
