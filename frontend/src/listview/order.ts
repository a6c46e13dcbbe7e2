/** A graph in words: its nodes in the order in which they run, and what each is connected with. */
import type { GraphDocument, GraphNode } from "@/api/types";

export interface NodeLinks {
  /** The names of the nodes in front. */
  from: string[];
  /** "port → name" where the port says something, else the name. */
  to: string[];
}

/** No node stands before one that leads to it, a loop stands before its body; beside each other they stand as on the canvas. */
export function inOrder(document: GraphDocument): GraphNode[] {
  const byLevel = new Map<string | null, GraphNode[]>();
  const known = new Set(document.nodes.map((node) => node.id));
  for (const node of levelInOrder(document)) {
    const parent = node.parent && known.has(node.parent) ? node.parent : null;
    byLevel.set(parent, [...(byLevel.get(parent) ?? []), node]);
  }
  const withBody = (node: GraphNode): GraphNode[] => [
    node,
    ...(byLevel.get(node.id) ?? []).flatMap(withBody),
  ];
  return (byLevel.get(null) ?? []).flatMap(withBody);
}

function levelInOrder(document: GraphDocument): GraphNode[] {
  const waits = new Map(document.nodes.map((node) => [node.id, 0]));
  for (const edge of document.edges) waits.set(edge.target, (waits.get(edge.target) ?? 0) + 1);
  const byPlace = (a: GraphNode, b: GraphNode) =>
    a.position[1] - b.position[1] || a.position[0] - b.position[0];
  const known = new Map(document.nodes.map((node) => [node.id, node]));
  const ready = document.nodes.filter((node) => waits.get(node.id) === 0).sort(byPlace);
  const ordered: GraphNode[] = [];
  for (let node = ready.shift(); node; node = ready.shift()) {
    ordered.push(node);
    const next: GraphNode[] = [];
    for (const edge of document.edges) {
      if (edge.source !== node.id) continue;
      const left = (waits.get(edge.target) ?? 0) - 1;
      waits.set(edge.target, left);
      const target = known.get(edge.target);
      if (left === 0 && target) next.push(target);
    }
    ready.unshift(...next.sort(byPlace));
  }
  const listed = new Set(ordered);
  return [...ordered, ...document.nodes.filter((node) => !listed.has(node))];
}

export function linksOf(document: GraphDocument): Map<string, NodeLinks> {
  const names = new Map(document.nodes.map((node) => [node.id, node.name]));
  const links = new Map<string, NodeLinks>(document.nodes.map((node) => [node.id, { from: [], to: [] }]));
  for (const edge of document.edges) {
    const [source, target] = [names.get(edge.source), names.get(edge.target)];
    if (source === undefined || target === undefined) continue;
    links.get(edge.target)?.from.push(source);
    links
      .get(edge.source)
      ?.to.push(edge.source_port === "payload" ? target : `${edge.source_port} → ${target}`);
  }
  return links;
}
