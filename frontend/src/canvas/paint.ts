/** Paints a graph as blocks and lines into a 2D canvas: the overview and the minimap. */
import type { GraphDocument } from "@/api/types";
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
  paintEdges(context, picture, view.zoom);
  paintNodes(context, picture, view, detail);
  context.restore();
}

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

function paintNodes(
  context: CanvasRenderingContext2D,
  picture: Picture,
  view: View,
  detail: "blocks" | "names",
): void {
  const { document, layouts, selected, background, statusOf, colours } = picture;
  const [left, top] = [-view.x / view.zoom, -view.y / view.zoom];
  const [right, bottom] = [left + view.width / view.zoom, top + view.height / view.zoom];
  context.font = `500 30px ${FONT}`;
  context.textBaseline = "middle";
  for (const node of document.nodes) {
    const layout = layouts.get(node.id);
    if (!layout) continue;
    const [x, y] = node.position;
    if (x > right || y > bottom || x + layout.width < left || y + layout.height < top) continue;
    const status = statusOf(node.id);
    const state = status ? colours[STATE_COLOUR[status]] : null;
    context.beginPath();
    context.roundRect(x, y, layout.width, layout.height, 12);
    context.fillStyle = colours.surface;
    context.fill();
    if (state) {
      context.globalAlpha = 0.28;
      context.fillStyle = state;
      context.fill();
      context.globalAlpha = 1;
    }
    const chosen = selected.has(node.id);
    context.lineWidth = chosen ? 5 / Math.max(view.zoom, 0.2) / 2 : Math.max(2, 1 / view.zoom);
    context.strokeStyle = chosen
      ? colours.accent
      : (state ?? (background.has(node.id) ? colours["branch-line"] : colours["line-strong"]));
    context.stroke();
    if (detail === "names" && view.zoom > 0.16) {
      context.fillStyle = colours.text;
      context.fillText(shorten(context, node.name, layout.width - 32), x + 16, y + layout.height / 2);
    }
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
