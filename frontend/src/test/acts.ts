/** Where a test can begin, and what it will really do: read from the graph before anything is fired. */
import type { GraphDocument, GraphNode, Json } from "@/api/types";
import { downstream, type Plugins } from "@/model/graph";
import { format } from "./properties";

export interface Acting {
  node: GraphNode;
  /** "sends a mail" */
  does: string;
}

export function triggersOf(document: GraphDocument, plugins: Plugins): GraphNode[] {
  return document.nodes.filter((node) => plugins[node.plugin]?.trigger && !node.settings?.disabled);
}

/** The nodes behind `starts` that act outside of the run. Disabled ones pass their payload through. */
export function actingNodes(document: GraphDocument, plugins: Plugins, starts: readonly string[]): Acting[] {
  const reached = new Set(starts.flatMap((start) => [...downstream(document, start)]));
  return document.nodes.flatMap((node) => {
    const does = plugins[node.plugin]?.acts;
    return does && reached.has(node.id) && !node.settings?.disabled ? [{ node, does }] : [];
  });
}

/** The event types that triggers name, for the field's suggestions. */
export function namedTypes(triggers: readonly GraphNode[], plugins: Plugins): string[] {
  return triggers.flatMap((trigger) => {
    const config = { ...plugins[trigger.plugin]?.defaults, ...trigger.config };
    const listed = Array.isArray(config.event_types) ? config.event_types : [];
    return [...listed, config.event_type].filter(
      (type): type is string => typeof type === "string" && type !== "",
    );
  });
}

/** A first event that the trigger takes. */
export function firstEvent(trigger: GraphNode | undefined, plugins: Plugins): { type: string; text: string } {
  const named = trigger ? namedTypes([trigger], plugins)[0] : undefined;
  const type = named?.replace(/\*$/, "example") ?? "test";
  const call: Json = { method: "POST", headers: {}, query: {}, body: {} };
  return { type, text: format(trigger?.plugin === "webhook" ? call : {}) };
}

/** Does the test have to say where it begins? A Start can be asked whether it takes the event, others cannot. */
export function startOf(triggers: readonly GraphNode[], chosen: string | null): GraphNode | undefined {
  const byHand = triggers.find((trigger) => trigger.id === chosen);
  if (byHand) return byHand;
  const [only, another] = triggers;
  return only && !another && only.plugin !== "start" ? only : undefined;
}

/** Does one of the patterns (`order.placed`, `github.*`) name this type? */
export const namesType = (patterns: readonly string[], type: string): boolean =>
  patterns.some((pattern) =>
    pattern.endsWith(".*") ? type.startsWith(pattern.slice(0, -1)) : pattern === type,
  );
