/** Arithmetic on graph documents: everything that can be said of a graph without a screen. */
import type { GraphDocument, GraphEdge, GraphNode, JsonObject, Plugin } from "@/api/types";
import { loopsAround, parentOf } from "./loops";
import { inputPorts, outputPorts } from "./ports";
import { tokenFields } from "./secrets";

export const emptyDocument = (): GraphDocument => ({ format: "flowstudio/1", nodes: [], edges: [] });

export type Plugins = Readonly<Record<string, Plugin>>;

/** Short, readable in exports, and never the same twice within a graph.
 * Not from `randomUUID`, which browsers have on https and localhost only. */
export function freshId(prefix: string, taken: Iterable<string>): string {
  const used = new Set(taken);
  for (let length = 6; ; length++) {
    const id = prefix + randomHex(length);
    if (!used.has(id)) return id;
  }
}

function randomHex(length: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(bytes, (byte) => (byte % 16).toString(16)).join("");
}

/** `wanted`, or with the next free number behind it. */
export function freshName(wanted: string, taken: Iterable<string>): string {
  const used = new Set(taken);
  if (!used.has(wanted)) return wanted;
  const stem = wanted.replace(/ \d+$/, "");
  for (let number = 2; ; number++) {
    if (!used.has(`${stem} ${number}`)) return `${stem} ${number}`;
  }
}

export function makeNode(
  document: GraphDocument,
  plugin: Plugin,
  position: [number, number],
  config?: JsonObject,
): GraphNode {
  return {
    id: freshId(
      "n",
      document.nodes.map((node) => node.id),
    ),
    plugin: plugin.id,
    plugin_version: plugin.version,
    name: freshName(
      plugin.name,
      document.nodes.map((node) => node.name),
    ),
    position,
    config: { ...tokens(plugin), ...(config ?? structuredClone(plugin.defaults)) },
  };
}

const tokens = (plugin: Plugin): JsonObject =>
  Object.fromEntries(tokenFields(plugin).map((field) => [field, randomToken()]));

/** The same graph with tokens of its own: a copy of a webhook must not answer at the address of the first. */
export function withOwnTokens(document: GraphDocument, plugins: Plugins): GraphDocument {
  const own = (node: GraphNode): GraphNode => {
    const plugin = plugins[node.plugin];
    return plugin ? { ...node, config: { ...node.config, ...tokens(plugin) } } : node;
  };
  return { ...document, nodes: document.nodes.map(own) };
}

/** 32 characters that nobody can guess. */
export function randomToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}

/** The nodes that can be reached from `start` along edges, without `start` itself unless it is on a cycle. */
export function downstream(document: GraphDocument, start: string, port?: string): Set<string> {
  const seen = new Set<string>();
  const open = document.edges
    .filter((edge) => edge.source === start && (port === undefined || edge.source_port === port))
    .map((edge) => edge.target);
  const next = new Map<string, string[]>();
  for (const edge of document.edges) next.set(edge.source, [...(next.get(edge.source) ?? []), edge.target]);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...(next.get(id) ?? []));
  }
  return seen;
}

/** The nodes behind the `output` port of any Run in background node. */
export function backgroundNodes(document: GraphDocument): Set<string> {
  const found = new Set<string>();
  for (const node of document.nodes) {
    if (node.plugin !== "run_in_background") continue;
    for (const id of downstream(document, node.id, "output")) found.add(id);
  }
  return found;
}

export interface Link {
  source: string;
  source_port: string;
  target: string;
  target_port: string;
}

/** Why this edge may not be drawn, in words, or null when it may. */
export function refusal(document: GraphDocument, plugins: Plugins, link: Link): string | null {
  const source = document.nodes.find((node) => node.id === link.source);
  const target = document.nodes.find((node) => node.id === link.target);
  if (!source || !target) return "One end of this edge is no longer there.";
  if (source.id === target.id) return "A node cannot be connected to itself.";
  const targetPlugin = plugins[target.plugin];
  if (targetPlugin?.trigger) return `${target.name} is a trigger: it starts a run and takes no input.`;
  if (targetPlugin && !inputPorts(targetPlugin).some((port) => port.name === link.target_port))
    return `${target.name} has no input “${link.target_port}”.`;
  const sourcePlugin = plugins[source.plugin];
  if (sourcePlugin && !outputPorts(sourcePlugin, source).some((port) => port.name === link.source_port))
    return `${source.name} has no output “${link.source_port}”.`;
  if (parentOf(source) !== parentOf(target)) return acrossBorder(document, source, target);
  if (document.edges.some((edge) => sameLink(edge, link))) return "These two ports are already connected.";
  if (downstream(document, target.id).has(source.id))
    return `This would make a cycle: ${source.name} already lies behind ${target.name}.`;
  return null;
}

function acrossBorder(document: GraphDocument, source: GraphNode, target: GraphNode): string {
  const deeper =
    loopsAround(document, source.id).length > loopsAround(document, target.id).length ? source : target;
  const other = deeper === source ? target : source;
  const loop = document.nodes.find((node) => node.id === parentOf(deeper))?.name ?? "a loop";
  if (parentOf(deeper) === other.id)
    return `${loop} hands each payload to the first nodes in it by itself: no edge leads through its border.`;
  return `An edge cannot cross the border of ${loop}: ${deeper.name} stands in it, ${other.name} does not.`;
}

export const sameLink = (a: Link, b: Link): boolean =>
  a.source === b.source &&
  a.source_port === b.source_port &&
  a.target === b.target &&
  a.target_port === b.target_port;

export function makeEdge(document: GraphDocument, link: Link): GraphEdge {
  return {
    id: freshId(
      "e",
      document.edges.map((edge) => edge.id),
    ),
    ...link,
  };
}

const REFERENCE = /node\(\s*(["'])((?:\\.|(?!\1).)*)\1\s*\)/g;

/** Rewrites `node("Name")` in every text of a config, by a map from old names to new ones. */
export function rewriteReferences<Value>(value: Value, names: ReadonlyMap<string, string>): Value {
  if (typeof value === "string") {
    return value.replace(REFERENCE, (whole, quote: string, found: string) => {
      const name = names.get(plain(found));
      return name === undefined ? whole : `node(${quote}${escapeFor(quote, name)}${quote})`;
    }) as Value;
  }
  if (Array.isArray(value)) return value.map((item) => rewriteReferences(item, names)) as Value;
  if (value && typeof value === "object") {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, rewriteReferences(item, names)]),
    ) as Value;
  }
  return value;
}

const plain = (text: string): string => text.replace(/\\(.)/g, "$1");
const escapeFor = (quote: string, text: string): string =>
  text.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`);
