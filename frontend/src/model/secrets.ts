/** What must not leave the studio by clipboard, file or picture: the values of secret fields. */
import type { GraphNode, JsonObject, Plugin } from "@/api/types";
import type { Plugins } from "./graph";

export function withoutSecrets<Node extends GraphNode>(node: Node, plugins: Plugins): Node {
  const secret = secretFields(plugins[node.plugin]);
  if (!secret.some((field) => node.config[field])) return node;
  const config = Object.fromEntries(Object.entries(node.config).filter(([field]) => !secret.includes(field)));
  return { ...node, config };
}

export const secretFields = (plugin: Plugin | undefined): string[] =>
  fieldsWith(plugin, (hints) => hints.secret === true);

/** The fields that every new node needs a value of its own for, like a webhook's secret path. */
export const tokenFields = (plugin: Plugin | undefined): string[] =>
  fieldsWith(plugin, (hints) => hints.generate === "token");

function fieldsWith(plugin: Plugin | undefined, wanted: (hints: JsonObject) => boolean): string[] {
  const properties = (plugin?.config_schema.properties ?? {}) as Record<string, JsonObject>;
  return Object.keys(properties).filter((field) => {
    const hints = properties[field]?.["x-ui"];
    return hints !== null && typeof hints === "object" && !Array.isArray(hints) && wanted(hints);
  });
}
