/** Where everything of a node lies, computed from its ports: nothing is ever measured on the screen. */
import type { GraphDocument, GraphNode, Plugin, Port } from "@/api/types";
import type { Plugins } from "@/model/graph";
import { declaredOutputs, ERROR_PORT, inputPorts, portTitle } from "@/model/ports";

export const NODE_WIDTH = 240;
const HEAD = 56;
const ROW = 26;
const FOOT = 8;
export const GRID = 10;

export interface PlacedPort {
  name: string;
  title: string;
  description: string;
  y: number;
  /** The title is written beside it: there is more than one on this side. */
  labelled: boolean;
  kind: "plain" | "error" | "missing";
}

export interface NodeLayout {
  width: number;
  height: number;
  inputs: PlacedPort[];
  outputs: PlacedPort[];
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
  return new Map(
    document.nodes.map((node) => [
      node.id,
      layoutOf(plugins[node.plugin], node, wired.get(node.id) ?? UNWIRED, errorPorts.has(node.id)),
    ]),
  );
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

/** `wanted`, moved down until it covers no other node. */
export function freeSpot(
  document: GraphDocument,
  layouts: ReadonlyMap<string, NodeLayout>,
  wanted: [number, number],
): [number, number] {
  const [x, start] = wanted;
  const near = document.nodes.filter((node) => Math.abs(node.position[0] - x) < NODE_WIDTH + 20);
  for (let y = start; ; y += GRID * 2) {
    const covered = near.some((node) => {
      const height = layouts.get(node.id)?.height ?? HEAD;
      return y < node.position[1] + height + 30 && node.position[1] < y + HEAD + 60;
    });
    if (!covered) return [x, y];
  }
}

export const snap = (value: number): number => Math.round(value / GRID) * GRID;
