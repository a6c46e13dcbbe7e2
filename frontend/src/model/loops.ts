/** Nodes inside nodes: who stands in which loop, and what may not cross a loop's border.
 *
 * Positions in the document are absolute, also those of nodes in a loop: every drawing, hit and layout works with
 * one measure, and only what moves a loop has to take its body along (`withBodies`). */
import type { GraphDocument, GraphNode } from "@/api/types";
import type { Plugins } from "./graph";

export const parentOf = (node: GraphNode): string | null => node.parent ?? null;

export const isLoop = (plugins: Plugins, node: GraphNode): boolean => plugins[node.plugin]?.loop === true;

/** These nodes and everything that stands in them, however deep. */
export function within(document: GraphDocument, ids: Iterable<string>): Set<string> {
  const found = new Set(ids);
  for (let grown = true; grown; ) {
    grown = false;
    for (const node of document.nodes) {
      const parent = parentOf(node);
      if (parent === null || !found.has(parent) || found.has(node.id)) continue;
      found.add(node.id);
      grown = true;
    }
  }
  return found;
}

/** The loops around a node, the innermost first. */
export function loopsAround(document: GraphDocument, id: string): string[] {
  const parents = new Map(document.nodes.map((node) => [node.id, parentOf(node)]));
  const around: string[] = [];
  for (let at = parents.get(id) ?? null; at !== null && !around.includes(at); at = parents.get(at) ?? null)
    if (parents.has(at)) around.push(at);
    else break;
  return around;
}

/** How deep each node stands; 0 outside of every loop. */
export const depths = (document: GraphDocument): Map<string, number> =>
  new Map(
    document.nodes.map((node) => [
      node.id,
      parentOf(node) === null ? 0 : loopsAround(document, node.id).length,
    ]),
  );

/** Why these nodes may not stand in this loop (null: outside of all), or null when they may. */
export function refusalToStand(
  document: GraphDocument,
  plugins: Plugins,
  ids: readonly string[],
  loop: string | null,
): string | null {
  if (loop === null) return null;
  const target = document.nodes.find((node) => node.id === loop);
  if (!target || !isLoop(plugins, target)) return "This loop is no longer there.";
  const trigger = document.nodes.find((node) => ids.includes(node.id) && plugins[node.plugin]?.trigger);
  if (trigger) return `${trigger.name} starts a run, so it cannot stand in the loop ${target.name}.`;
  if (within(document, ids).has(loop)) return `${target.name} cannot stand in itself.`;
  return null;
}

/** The loops where all of these nodes could go, in the order of the graph. */
export function loopsFor(document: GraphDocument, plugins: Plugins, ids: readonly string[]): GraphNode[] {
  const chosen = document.nodes.filter((node) => ids.includes(node.id));
  return document.nodes.filter(
    (loop) =>
      isLoop(plugins, loop) &&
      chosen.some((node) => parentOf(node) !== loop.id) &&
      refusalToStand(document, plugins, ids, loop.id) === null,
  );
}

/** Puts nodes into a loop or out of all; edges that would cross a border go. Returns how many went. */
export function putInto(draft: GraphDocument, ids: readonly string[], loop: string | null): number {
  for (const node of draft.nodes) if (ids.includes(node.id)) node.parent = loop;
  const parents = new Map(draft.nodes.map((node) => [node.id, parentOf(node)]));
  const kept = draft.edges.filter((edge) => parents.get(edge.source) === parents.get(edge.target));
  const gone = draft.edges.length - kept.length;
  if (gone > 0) draft.edges = kept;
  return gone;
}

/** New positions, completed by those of bodies: where a loop goes, what stands in it goes as far. */
export function withBodies(
  document: GraphDocument,
  positions: Readonly<Record<string, [number, number]>>,
): Record<string, [number, number]> {
  const known = new Map(document.nodes.map((node) => [node.id, node]));
  const all = { ...positions };
  for (const node of document.nodes) {
    if (positions[node.id] || parentOf(node) === null) continue;
    const moved = loopsAround(document, node.id).find((loop) => positions[loop]);
    const [from, to] = moved === undefined ? [] : [known.get(moved)?.position, positions[moved]];
    if (from && to) all[node.id] = [node.position[0] + to[0] - from[0], node.position[1] + to[1] - from[1]];
  }
  return all;
}
