/** Moves the selection along the wires: back to what comes before, on to what follows, and between neighbours. */
import type { GraphDocument, GraphNode } from "@/api/types";

export type Direction = "left" | "right" | "up" | "down";

export function step(document: GraphDocument, from: string | null, direction: Direction): string | null {
  const current = document.nodes.find((node) => node.id === from);
  if (!current) return first(document);
  if (direction === "right")
    return (
      byHeight(document, ends(document, "source", current.id))[0]?.id ?? nearest(document, current, direction)
    );
  if (direction === "left")
    return (
      byHeight(document, ends(document, "target", current.id))[0]?.id ?? nearest(document, current, direction)
    );
  return sibling(document, current, direction) ?? nearest(document, current, direction);
}

const first = (document: GraphDocument): string | null =>
  [...document.nodes].sort((a, b) => a.position[0] - b.position[0] || a.position[1] - b.position[1])[0]?.id ??
  null;

function ends(document: GraphDocument, side: "source" | "target", id: string): Set<string> {
  const other = side === "source" ? "target" : "source";
  return new Set(document.edges.filter((edge) => edge[side] === id).map((edge) => edge[other]));
}

const byHeight = (document: GraphDocument, ids: ReadonlySet<string>): GraphNode[] =>
  document.nodes.filter((node) => ids.has(node.id)).sort((a, b) => a.position[1] - b.position[1]);

/** The next node above or below that hangs on the same node. */
function sibling(document: GraphDocument, current: GraphNode, direction: Direction): string | null {
  const parents = ends(document, "target", current.id);
  const together = new Set([...parents].flatMap((parent) => [...ends(document, "source", parent)]));
  const list = byHeight(document, together);
  const index = list.findIndex((node) => node.id === current.id);
  return list[index + (direction === "down" ? 1 : -1)]?.id ?? null;
}

function nearest(document: GraphDocument, current: GraphNode, direction: Direction): string | null {
  const axis = direction === "left" || direction === "right" ? 0 : 1;
  const sign = direction === "left" || direction === "up" ? -1 : 1;
  const rated = document.nodes.flatMap((node) => {
    const ahead = (node.position[axis] - current.position[axis]) * sign;
    const aside = Math.abs((node.position[1 - axis] as number) - (current.position[1 - axis] as number));
    return node.id !== current.id && ahead > 0 ? [{ id: node.id, far: ahead + aside * 2 }] : [];
  });
  return rated.sort((a, b) => a.far - b.far)[0]?.id ?? null;
}
