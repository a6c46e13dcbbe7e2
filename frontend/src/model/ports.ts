/** Which ports a node has: from its plugin's declaration and its config, never from the screen. */
import type { GraphNode, Plugin, Port } from "@/api/types";

export const ERROR_PORT: Port = {
  name: "error",
  title: "Error",
  description: "Fires {message, type, node, payload} when the node fails.",
  type: "object",
  model: null,
};

export const inputPorts = (plugin: Plugin): Port[] => plugin.inputs;

/** The ports a plugin draws for this config: one per item of `outputs_from`, then its own. */
export function declaredOutputs(plugin: Plugin, node: Pick<GraphNode, "config">): Port[] {
  if (plugin.outputs_from === null) return plugin.outputs;
  const items = node.config[plugin.outputs_from];
  const texts = Array.isArray(items)
    ? items.filter((item): item is string => typeof item === "string" && item !== "")
    : [];
  const own = [...new Set(texts)].map<Port>((text) => ({
    name: text,
    title: text,
    description: `Fires for ${text}.`,
    type: "any",
    model: null,
  }));
  return [...own, ...plugin.outputs];
}

/** All ports an edge may begin at, the error port of every plugin but a trigger included. */
export function outputPorts(plugin: Plugin, node: Pick<GraphNode, "config">): Port[] {
  const declared = declaredOutputs(plugin, node);
  const hasError = plugin.trigger || declared.some((port) => port.name === ERROR_PORT.name);
  return hasError ? declared : [...declared, ERROR_PORT];
}

export const portTitle = (port: Port): string =>
  port.title || port.name.charAt(0).toUpperCase() + port.name.slice(1).replaceAll("_", " ");

/** What a port carries, in words; nothing where it may be anything. */
export const typeWords = ({ type, model }: { type: Port["type"]; model?: string | null }): string =>
  model ? `Type: ${type} (${model})` : type === "any" ? "" : `Type: ${type}`;
