/** A layered layout from left to right: nodes in columns by their longest way, ordered so that edges cross less. */
import type { GraphDocument, GraphNode } from "@/api/types";
import type { Plugins } from "@/model/graph";
import { parentOf, withBodies } from "@/model/loops";
import type { NodeLayout } from "./geometry";
import { GRID, LOOP_PAD, layoutsOf, loopsInsideOut, NODE_WIDTH } from "./geometry";

const COLUMN_GAP = 110;
const BETWEEN = 40;
const SWEEPS = 6;

type Positions = Record<string, [number, number]>;
type Neighbours = ReadonlyMap<string, { id: string; port: number }[]>;

/** Bodies first, from the inside out, then what stands around them; every level in columns of its own. */
export function tidyAll(
  document: GraphDocument,
  plugins: Plugins,
  errorPorts: ReadonlySet<string>,
  only?: ReadonlySet<string>,
): Positions {
  let now = document;
  const put = (positions: Positions) => {
    const all = withBodies(now, positions);
    now = {
      ...now,
      nodes: now.nodes.map((node) => ({ ...node, position: all[node.id] ?? node.position })),
    };
  };
  const chosen = (node: GraphNode) => !only || only.has(node.id);
  for (const { loop } of loopsInsideOut(document, plugins)) {
    const layouts = layoutsOf(now, plugins, errorPorts);
    const body = now.nodes.filter((node) => parentOf(node) === loop.id && chosen(node));
    put(tidy(now, layouts, new Set(body.map((node) => node.id))));
    if (!only) put(intoCorner(now, loop.id, layouts.get(loop.id)?.body ?? 0));
  }
  const outer = now.nodes.filter((node) => parentOf(node) === null && chosen(node));
  put(tidy(now, layoutsOf(now, plugins, errorPorts), new Set(outer.map((node) => node.id))));
  return Object.fromEntries(now.nodes.map((node) => [node.id, node.position]));
}

/** Where a body begins: as near to the corner of its loop as it may. */
function intoCorner(document: GraphDocument, loop: string, head: number): Positions {
  const [x, y] = document.nodes.find((node) => node.id === loop)?.position ?? [0, 0];
  const body = document.nodes.filter((node) => parentOf(node) === loop);
  const left = Math.min(...body.map((node) => node.position[0]));
  const top = Math.min(...body.map((node) => node.position[1]));
  const [dx, dy] = [x + LOOP_PAD - left, y + head + LOOP_PAD - top];
  return Object.fromEntries(
    body.map((node) => [node.id, [node.position[0] + dx, node.position[1] + dy] as [number, number]]),
  );
}

/** New positions for nodes of one level; the leftmost, topmost node stays where it is. */
export function tidy(
  document: GraphDocument,
  layouts: ReadonlyMap<string, NodeLayout>,
  only?: ReadonlySet<string>,
): Positions {
  const nodes = document.nodes.filter((node) => !only || only.has(node.id));
  if (nodes.length === 0) return {};
  const inside = new Set(nodes.map((node) => node.id));
  const edges = document.edges.filter((edge) => inside.has(edge.source) && inside.has(edge.target));
  const before = new Map<string, { id: string; port: number }[]>(nodes.map((node) => [node.id, []]));
  const after = new Map<string, { id: string; port: number }[]>(nodes.map((node) => [node.id, []]));
  for (const edge of edges) {
    const outputs = layouts.get(edge.source)?.outputs ?? [];
    const port =
      Math.max(
        0,
        outputs.findIndex((item) => item.name === edge.source_port),
      ) / Math.max(1, outputs.length);
    before.get(edge.target)?.push({ id: edge.source, port });
    after.get(edge.source)?.push({ id: edge.target, port });
  }
  const columns = columnsOf(nodes, before, after);
  order(columns, before, after);
  return place(columns, layouts, before, nodes);
}

function columnsOf(nodes: GraphNode[], before: Neighbours, after: Neighbours): string[][] {
  const depth = new Map<string, number>();
  const open = new Map(nodes.map((node) => [node.id, before.get(node.id)?.length ?? 0]));
  const ready = nodes.filter((node) => open.get(node.id) === 0).map((node) => node.id);
  for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
    for (const next of after.get(id) ?? []) {
      depth.set(next.id, Math.max(depth.get(next.id) ?? 0, (depth.get(id) ?? 0) + 1));
      const left = (open.get(next.id) ?? 0) - 1;
      open.set(next.id, left);
      if (left === 0) ready.push(next.id);
    }
  }
  const columns: string[][] = [];
  for (const node of nodes) {
    const column = depth.get(node.id) ?? 0;
    columns[column] = [...(columns[column] ?? []), node.id];
  }
  return Array.from(columns, (column) => column ?? []);
}

/** Sorts each column by the mean place of its neighbours, to and fro. */
function order(columns: string[][], before: Neighbours, after: Neighbours): void {
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forward = sweep % 2 === 0;
    const rank = new Map(columns.flatMap((column) => column.map((id, index) => [id, index] as const)));
    const neighbours = forward ? before : after;
    for (const column of forward ? columns : [...columns].reverse()) {
      const key = (id: string) => {
        const list = neighbours.get(id) ?? [];
        if (list.length === 0) return rank.get(id) ?? 0;
        return (
          list.reduce((sum, item) => sum + (rank.get(item.id) ?? 0) + (forward ? item.port : 0), 0) /
          list.length
        );
      };
      const keys = new Map(column.map((id) => [id, key(id)]));
      column.sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
      column.forEach((id, index) => {
        rank.set(id, index);
      });
    }
  }
}

function place(
  columns: string[][],
  layouts: ReadonlyMap<string, NodeLayout>,
  before: Neighbours,
  nodes: GraphNode[],
): Positions {
  const left = Math.min(...nodes.map((node) => node.position[0]));
  const top = Math.min(...nodes.map((node) => node.position[1]));
  const heightOf = (id: string) => layouts.get(id)?.height ?? 56;
  const ys = new Map<string, number>();
  for (const column of columns) {
    let floor = Number.NEGATIVE_INFINITY;
    for (const id of column) {
      const sources = (before.get(id) ?? []).map(
        (item) => (ys.get(item.id) ?? 0) + item.port * heightOf(item.id),
      );
      const wanted =
        sources.length === 0
          ? Number.isFinite(floor)
            ? floor
            : 0
          : sources.reduce((a, b) => a + b, 0) / sources.length;
      const y = Math.max(wanted, floor);
      ys.set(id, y);
      floor = y + heightOf(id) + BETWEEN;
    }
  }
  const highest = Math.min(...ys.values());
  const snapped = (value: number) => Math.round(value / GRID) * GRID;
  const widthOf = (column: string[]) =>
    Math.max(NODE_WIDTH, ...column.map((id) => layouts.get(id)?.width ?? NODE_WIDTH));
  const xs = columns.map((_, index) =>
    columns.slice(0, index).reduce((x, column) => x + widthOf(column) + COLUMN_GAP, left),
  );
  return Object.fromEntries(
    columns.flatMap((column, index) =>
      column.map((id) => [
        id,
        [xs[index] ?? left, snapped(top + (ys.get(id) ?? 0) - highest)] as [number, number],
      ]),
    ),
  );
}
