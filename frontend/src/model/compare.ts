/** What differs between two graphs, in names that a person knows. */
import type { GraphDocument, GraphNode, NodeSettings } from "@/api/types";

export interface Difference {
  label: string;
  names: string[];
}

/** Seen from `mine`: what it has, lacks, and has otherwise than `theirs`. */
export function compare(theirs: GraphDocument, mine: GraphDocument): Difference[] {
  const byId = (document: GraphDocument) => new Map(document.nodes.map((node) => [node.id, node]));
  const [other, own] = [byId(theirs), byId(mine)];
  const names = (nodes: GraphNode[]) => nodes.map((node) => node.name);
  const both = mine.nodes.filter((node) => other.has(node.id));
  const moved = (node: GraphNode) => same(without(node), without(other.get(node.id) as GraphNode));
  const differing = both.filter((node) => !same(node, other.get(node.id)));
  const edges = edgesOf(mine).filter((edge) => !edgesOf(theirs).includes(edge)).length;
  const lacking = edgesOf(theirs).filter((edge) => !edgesOf(mine).includes(edge)).length;
  const found: Difference[] = [
    { label: "Only in yours", names: names(mine.nodes.filter((node) => !other.has(node.id))) },
    { label: "Only in theirs", names: names(theirs.nodes.filter((node) => !own.has(node.id))) },
    { label: "Different", names: names(differing.filter((node) => !moved(node))) },
    { label: "Elsewhere", names: names(differing.filter(moved)) },
    {
      label: "Edges",
      names: edges + lacking === 0 ? [] : [`${edges} only in yours, ${lacking} only in theirs`],
    },
  ];
  return found.filter((difference) => difference.names.length > 0);
}

export const areSame = (a: GraphDocument, b: GraphDocument): boolean => compare(a, b).length === 0;

const SETTINGS = {
  disabled: false,
  timeout: null,
  on_error: "fail",
  retry: { attempts: 1, delay: 1, backoff: 2, jitter: 0.2, errors: [] },
  notes: "",
} satisfies Required<NodeSettings>;

/** A node with everything that the server fills in, in one order. */
export function filled(node: GraphNode): Required<GraphNode> {
  const { id, plugin, plugin_version = 1, name, position, config, settings, parent = null } = node;
  const retry = { ...SETTINGS.retry, ...settings?.retry };
  return {
    ...{ id, plugin, plugin_version, name, position, config, parent },
    settings: { ...SETTINGS, ...settings, retry },
  };
}

const text = (node: GraphNode): string => JSON.stringify(filled(node));
const same = (a: GraphNode, b: GraphNode | undefined): boolean => b !== undefined && text(a) === text(b);
const without = (node: GraphNode): GraphNode => ({ ...node, position: [0, 0] });
const edgesOf = (document: GraphDocument): string[] =>
  document.edges.map((edge) => [edge.source, edge.source_port, edge.target, edge.target_port].join(" "));
