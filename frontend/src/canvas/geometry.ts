/** Where everything of a node lies, computed from its ports: nothing is ever measured on the screen. */
import type { GraphDocument, GraphNode, Plugin, Port } from "@/api/types";
import type { Plugins } from "@/model/graph";
import { depths, isLoop, parentOf } from "@/model/loops";
import { declaredOutputs, ERROR_PORT, inputPorts, portTitle } from "@/model/ports";

export const NODE_WIDTH = 240;
const HEAD = 56;
const ROW = 26;
const FOOT = 8;
export const GRID = 10;
/** Between a loop's border and its body. */
export const LOOP_PAD = 30;
const LOOP_WIDTH = 380;
const LOOP_BODY = 130;

export interface PlacedPort {
  name: string;
  title: string;
  description: string;
  y: number;
  /** The title is written beside it: there is more than one on this side. */
  labelled: boolean;
  kind: "plain" | "error" | "missing";
  type: Port["type"];
  model: string;
}

export interface NodeLayout {
  width: number;
  height: number;
  inputs: PlacedPort[];
  outputs: PlacedPort[];
  /** Of a loop: how far down its body begins; above it lies a head like a node's. */
  body?: number;
}

/** The ports that edges of a graph end at, by node. */
export interface Wired {
  inputs: ReadonlySet<string>;
  outputs: ReadonlySet<string>;
}

export const UNWIRED: Wired = { inputs: new Set(), outputs: new Set() };

export function wiredPorts(document: GraphDocument): Map<string, Wired> {
  const found = new Map<string, { inputs: Set<string>; outputs: Set<string> }>();
  const at = (id: string) => {
    const known = found.get(id) ?? { inputs: new Set<string>(), outputs: new Set<string>() };
    found.set(id, known);
    return known;
  };
  for (const edge of document.edges) {
    at(edge.source).outputs.add(edge.source_port);
    at(edge.target).inputs.add(edge.target_port);
  }
  return found;
}

export function layoutOf(
  plugin: Plugin | undefined,
  node: GraphNode,
  wired: Wired,
  showError: boolean,
): NodeLayout {
  const inputs = withMissing(plugin ? inputPorts(plugin) : [], wired.inputs);
  const declared = plugin ? declaredOutputs(plugin, node) : [];
  const wantsError = showError || wired.outputs.has(ERROR_PORT.name);
  const hasError = declared.some((port) => port.name === ERROR_PORT.name);
  const canFail = plugin !== undefined && !plugin.trigger;
  const outputs = withMissing(
    wantsError && !hasError && canFail ? [...declared, ERROR_PORT] : declared,
    wired.outputs,
  );
  const rows = Math.max(inputs.length > 1 ? inputs.length : 0, outputs.length > 1 ? outputs.length : 0);
  return {
    width: NODE_WIDTH,
    height: rows === 0 ? HEAD : HEAD + rows * ROW + FOOT,
    inputs: place(inputs),
    outputs: place(outputs),
  };
}

type Kinded = Port & { missing?: boolean };

/** Ports that edges name but the plugin no longer has stay on the screen, so that the edge can be seen. */
function withMissing(ports: Port[], wired: ReadonlySet<string>): Kinded[] {
  const known = new Set(ports.map((port) => port.name));
  const missing = [...wired].filter((name) => !known.has(name));
  return [
    ...ports,
    ...missing.map((name) => ({
      name,
      title: name,
      description: "This port no longer exists. Connect the edge elsewhere or delete it.",
      type: "any" as const,
      model: null,
      missing: true,
    })),
  ];
}

function place(ports: Kinded[]): PlacedPort[] {
  const alone = ports.length === 1;
  return ports.map((port, index) => ({
    name: port.name,
    title: portTitle(port),
    description: port.description,
    y: alone ? HEAD / 2 : HEAD + index * ROW + ROW / 2,
    labelled: !alone,
    kind: port.missing ? "missing" : port.name === ERROR_PORT.name ? "error" : "plain",
    type: port.type,
    model: port.model ?? "",
  }));
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export function layoutsOf(
  document: GraphDocument,
  plugins: Plugins,
  errorPorts: ReadonlySet<string>,
): Map<string, NodeLayout> {
  const wired = wiredPorts(document);
  const layouts = new Map(
    document.nodes.map((node) => [
      node.id,
      layoutOf(plugins[node.plugin], node, wired.get(node.id) ?? UNWIRED, errorPorts.has(node.id)),
    ]),
  );
  for (const { loop, body } of loopsInsideOut(document, plugins)) {
    const head = layouts.get(loop.id) as NodeLayout;
    layouts.set(loop.id, around(loop, head, boundsOf(body, layouts)));
  }
  return layouts;
}

/** Each loop with what stands directly in it, after the loops that stand in it. */
export function loopsInsideOut(
  document: GraphDocument,
  plugins: Plugins,
): { loop: GraphNode; body: GraphNode[] }[] {
  const loops = document.nodes.filter((node) => isLoop(plugins, node));
  if (loops.length === 0) return [];
  const depth = depths(document);
  return loops
    .sort((a, b) => (depth.get(b.id) ?? 0) - (depth.get(a.id) ?? 0))
    .map((loop) => ({ loop, body: document.nodes.filter((node) => parentOf(node) === loop.id) }));
}

/** A head of its own height, and beneath it as much as the body takes. */
function around(loop: GraphNode, head: NodeLayout, body: Box | null): NodeLayout {
  const [x, y] = loop.position;
  const top = head.height;
  return {
    ...head,
    body: top,
    width: Math.max(LOOP_WIDTH, body ? body.x + body.width + LOOP_PAD - x : 0),
    height: Math.max(top + LOOP_BODY, body ? body.y + body.height + LOOP_PAD - y : 0),
  };
}

/** Where loops have to begin so that their bodies lie in them: a box grows to the left and up as well. */
export function settled(
  document: GraphDocument,
  plugins: Plugins,
  errorPorts: ReadonlySet<string>,
): Record<string, [number, number]> {
  const moved: Record<string, [number, number]> = {};
  const loops = loopsInsideOut(document, plugins);
  if (loops.length === 0) return moved;
  const layouts = layoutsOf(document, plugins, errorPorts);
  const at = (node: GraphNode): GraphNode => ({ ...node, position: moved[node.id] ?? node.position });
  for (const { loop, body } of loops) {
    const bounds = boundsOf(body.map(at), layouts);
    const head = layouts.get(loop.id)?.body ?? HEAD;
    if (!bounds) continue;
    const [x, y] = loop.position;
    const [left, top] = [Math.min(x, bounds.x - LOOP_PAD), Math.min(y, bounds.y - LOOP_PAD - head)];
    if (left !== x || top !== y) moved[loop.id] = [left, top];
  }
  return moved;
}

/** The innermost loop whose box holds a point. `without`: what is dragged cannot be dropped into itself. */
export function loopAt(
  document: GraphDocument,
  layouts: ReadonlyMap<string, NodeLayout>,
  [x, y]: [number, number],
  without: ReadonlySet<string> = new Set(),
): string | null {
  const depth = depths(document);
  const hit = document.nodes
    .filter((node) => {
      const layout = layouts.get(node.id);
      if (layout?.body === undefined || without.has(node.id)) return false;
      const [left, top] = node.position;
      return x >= left && x <= left + layout.width && y >= top && y <= top + layout.height;
    })
    .sort((a, b) => (depth.get(b.id) ?? 0) - (depth.get(a.id) ?? 0));
  return hit[0]?.id ?? null;
}

export function boundsOf(nodes: readonly GraphNode[], layouts: ReadonlyMap<string, NodeLayout>): Box | null {
  if (nodes.length === 0) return null;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const node of nodes) {
    const [x, y] = node.position;
    const layout = layouts.get(node.id);
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + (layout?.width ?? NODE_WIDTH));
    bottom = Math.max(bottom, y + (layout?.height ?? HEAD));
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** `wanted`, moved down until it covers no other node of the same loop. */
export function freeSpot(
  document: GraphDocument,
  layouts: ReadonlyMap<string, NodeLayout>,
  wanted: [number, number],
  parent: string | null = null,
): [number, number] {
  const [x, start] = wanted;
  const near = document.nodes.filter((node) => {
    const left = node.position[0];
    const width = layouts.get(node.id)?.width ?? NODE_WIDTH;
    return parentOf(node) === parent && x < left + width + 20 && left < x + NODE_WIDTH + 20;
  });
  for (let y = start; ; y += GRID * 2) {
    const covered = near.some((node) => {
      const height = layouts.get(node.id)?.height ?? HEAD;
      return y < node.position[1] + height + 30 && node.position[1] < y + HEAD + 60;
    });
    if (!covered) return [x, y];
  }
}

export const snap = (value: number): number => Math.round(value / GRID) * GRID;
