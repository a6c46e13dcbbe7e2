/** Turns the graph document into what React Flow draws, keeping the objects of what did not change. */
import { type Edge, type Node, Position } from "@xyflow/react";
import type { GraphDocument, GraphEdge, GraphNode } from "@/api/types";
import { depths } from "@/model/loops";
import type { NodeLayout, PlacedPort } from "./geometry";

export type FlowNode = Node<{ layout: NodeLayout; background: boolean }, "card">;

/** Loops lie beneath the edges and nodes of their bodies, the outermost lowest. */
const UNDER = -100;
export type FlowEdge = Edge<{ background: boolean }, "wire">;

/** The side of the area of a port that can be hit. */
export const HANDLE = 24;

interface NodeEntry {
  node: GraphNode;
  layout: string;
  selected: boolean;
  background: boolean;
  depth: number;
  moved: Point | undefined;
  flow: FlowNode;
}

interface EdgeEntry {
  edge: GraphEdge;
  selected: boolean;
  background: boolean;
  flow: FlowEdge;
}

export interface Point {
  x: number;
  y: number;
}

/** One per canvas: remembers what it made, so that an edit of one node renders one node. */
export class FlowCache {
  private nodeEntries = new Map<string, NodeEntry>();
  private edgeEntries = new Map<string, EdgeEntry>();

  nodes(
    document: GraphDocument,
    layouts: ReadonlyMap<string, NodeLayout>,
    selected: ReadonlySet<string>,
    background: ReadonlySet<string>,
    moved: ReadonlyMap<string, Point>,
  ): FlowNode[] {
    const entries = new Map<string, NodeEntry>();
    const depth = depths(document);
    const result = document.nodes.map((node) => {
      const layout = layouts.get(node.id) as NodeLayout;
      const now = {
        node,
        layout: JSON.stringify(layout),
        selected: selected.has(node.id),
        background: background.has(node.id),
        depth: depth.get(node.id) ?? 0,
        moved: moved.get(node.id),
      };
      const known = this.nodeEntries.get(node.id);
      const entry = known && sameNode(known, now) ? known : { ...now, flow: flowNode(now, layout) };
      entries.set(node.id, entry);
      return entry.flow;
    });
    this.nodeEntries = entries;
    return result;
  }

  edges(document: GraphDocument, selected: ReadonlySet<string>, background: ReadonlySet<string>): FlowEdge[] {
    const entries = new Map<string, EdgeEntry>();
    const handing = new Set(
      document.nodes.filter((node) => node.plugin === "run_in_background").map((node) => node.id),
    );
    const result = document.edges.map((edge) => {
      const behind =
        background.has(edge.source) || (handing.has(edge.source) && edge.source_port === "output");
      const now = { edge, selected: selected.has(edge.id), background: behind };
      const known = this.edgeEntries.get(edge.id);
      const same =
        known && known.edge === edge && known.selected === now.selected && known.background === behind;
      const entry = same ? known : { ...now, flow: flowEdge(now) };
      entries.set(edge.id, entry);
      return entry.flow;
    });
    this.edgeEntries = entries;
    return result;
  }
}

type NodeNow = Omit<NodeEntry, "flow">;

const sameNode = (a: NodeNow, b: NodeNow): boolean =>
  a.node === b.node &&
  a.layout === b.layout &&
  a.selected === b.selected &&
  a.background === b.background &&
  a.depth === b.depth &&
  a.moved?.x === b.moved?.x &&
  a.moved?.y === b.moved?.y;

function flowNode({ node, selected, background, depth, moved }: NodeNow, layout: NodeLayout): FlowNode {
  const { width, height } = layout;
  const [x, y] = node.position;
  return {
    id: node.id,
    type: "card",
    position: moved ?? { x, y },
    width,
    height,
    measured: { width, height },
    handles: [
      ...layout.inputs.map((port) => handle(port, "target", 0)),
      ...layout.outputs.map((port) => handle(port, "source", width)),
    ],
    selected,
    ...(layout.body === undefined ? {} : { zIndex: UNDER + depth, className: "fs-loop-node" }),
    data: { layout, background },
  };
}

function handle(port: PlacedPort, type: "source" | "target", x: number) {
  return {
    id: port.name,
    type,
    position: type === "source" ? Position.Right : Position.Left,
    x: x - HANDLE / 2,
    y: port.y - HANDLE / 2,
    width: HANDLE,
    height: HANDLE,
  };
}

function flowEdge({ edge, selected, background }: Omit<EdgeEntry, "flow">): FlowEdge {
  return {
    id: edge.id,
    type: "wire",
    source: edge.source,
    sourceHandle: edge.source_port,
    target: edge.target,
    targetHandle: edge.target_port,
    selected,
    data: { background },
  };
}
