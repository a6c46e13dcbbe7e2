/** Copying parts of a graph as JSON text: inner edges come along, ids and names become fresh. */
import type { GraphDocument, GraphEdge, GraphNode } from "@/api/types";
import { freshId, freshName, type Plugins, rewriteReferences } from "./graph";
import { within } from "./loops";
import { withoutSecrets } from "./secrets";

export interface Fragment {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

interface Chosen {
  nodes: string[];
}

const FORMAT = "flowstudio/1";
const BESIDE = 40;

/** The chosen nodes with what stands in them and the edges between them. */
export function cut(document: GraphDocument, { nodes }: Chosen): Fragment {
  const chosen = within(document, nodes);
  return {
    nodes: document.nodes.filter((node) => chosen.has(node.id)),
    edges: document.edges.filter((edge) => chosen.has(edge.source) && chosen.has(edge.target)),
  };
}

/** The chosen nodes as text, without the values of secret fields. */
export function write(document: GraphDocument, chosen: Chosen, plugins: Plugins): string | null {
  const { nodes, edges } = cut(document, chosen);
  if (nodes.length === 0) return null;
  const shown = nodes.map((node) => withoutSecrets(node, plugins));
  return JSON.stringify({ format: FORMAT, nodes: shown, edges }, null, 2);
}

/** The graph in a text, or the reason why there is none. */
export function read(text: string): Fragment | string {
  let value: Partial<GraphDocument>;
  try {
    value = JSON.parse(text) as Partial<GraphDocument>;
  } catch {
    return "This is not the JSON of a graph.";
  }
  if (value?.format !== FORMAT)
    return 'This JSON is not a graph of FlowStudio: it has no "format": "flowstudio/1".';
  if (!Array.isArray(value.nodes) || !Array.isArray(value.edges))
    return "This graph has no list of nodes and edges.";
  if (!value.nodes.every(isNode) || !value.edges.every(isEdge))
    return "This graph holds a node or an edge that is incomplete.";
  return { nodes: value.nodes, edges: value.edges };
}

const isNode = (node: Partial<GraphNode> | null): boolean =>
  typeof node?.id === "string" &&
  typeof node.plugin === "string" &&
  typeof node.name === "string" &&
  Array.isArray(node.position) &&
  node.position.length === 2 &&
  node.position.every(Number.isFinite) &&
  typeof node.config === "object" &&
  node.config !== null;

const isEdge = (edge: Partial<GraphEdge> | null): boolean =>
  [edge?.id, edge?.source, edge?.source_port, edge?.target, edge?.target_port].every(
    (part) => typeof part === "string",
  );

/** The fragment as it can be put into `document`: centred on a point, or a little beside where it was. */
export function fresh(
  fragment: Fragment,
  document: GraphDocument,
  at: [number, number] | "beside",
): Fragment {
  const ids = new Set([...document.nodes, ...document.edges].map((item) => item.id));
  const names = new Set(document.nodes.map((node) => node.name));
  const newIds = new Map<string, string>();
  const newNames = new Map<string, string>();
  for (const node of fragment.nodes) {
    newIds.set(node.id, reserve(ids, freshId("n", ids)));
    newNames.set(node.name, reserve(names, freshName(node.name, names)));
  }
  const [dx, dy] = offset(fragment, at);
  const nodes = fragment.nodes.map((node) => ({
    ...node,
    id: newIds.get(node.id) as string,
    name: newNames.get(node.name) as string,
    position: [Math.round(node.position[0] + dx), Math.round(node.position[1] + dy)] as [number, number],
    config: rewriteReferences(node.config, newNames),
    ...placed(node, newIds, document),
  }));
  const edges = fragment.edges
    .filter((edge) => newIds.has(edge.source) && newIds.has(edge.target))
    .map((edge) => ({
      ...edge,
      id: reserve(ids, freshId("e", ids)),
      source: newIds.get(edge.source) as string,
      target: newIds.get(edge.target) as string,
    }));
  return { nodes, edges };
}

/** In the copy of its loop; else in the loop itself, where that is there. */
function placed(
  { parent }: GraphNode,
  newIds: ReadonlyMap<string, string>,
  document: GraphDocument,
): Pick<GraphNode, "parent"> {
  if (!parent) return {};
  const known = document.nodes.some((node) => node.id === parent);
  return { parent: newIds.get(parent) ?? (known ? parent : null) };
}

function reserve(taken: Set<string>, item: string): string {
  taken.add(item);
  return item;
}

function offset(fragment: Fragment, at: [number, number] | "beside"): [number, number] {
  if (at === "beside") return [BESIDE, BESIDE];
  const xs = fragment.nodes.map((node) => node.position[0]);
  const ys = fragment.nodes.map((node) => node.position[1]);
  const middle = (values: number[]) => (Math.min(...values) + Math.max(...values)) / 2;
  return [at[0] - middle(xs), at[1] - middle(ys)];
}
