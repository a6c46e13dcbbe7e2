/** The line below a node's name: what kind of node it is, and what it is set to. */
import type { GraphNode, Json, Plugin } from "@/api/types";
import { secretFields, tokenFields } from "@/model/secrets";

export function subtitle(plugin: Plugin | undefined, node: GraphNode): string {
  if (!plugin) return `${node.plugin} (not installed)`;
  const said = summaryOf(plugin, node);
  if (node.name !== plugin.name) return said ? `${plugin.name} · ${said}` : plugin.name;
  return said || plugin.group;
}

/** The first setting that a person filled in, in the order of the form, and that a picture may show. */
function summaryOf(plugin: Plugin, node: GraphNode): string {
  const kept = [...secretFields(plugin), ...tokenFields(plugin)];
  const properties = (plugin.config_schema.properties ?? {}) as Record<string, unknown>;
  for (const field of Object.keys(properties)) {
    const words = wordsOf(node.config[field]);
    if (words && !kept.includes(field) && node.config[field] !== plugin.defaults[field]) return words;
  }
  return "";
}

function wordsOf(value: Json | undefined): string {
  if (typeof value === "string") return value.replace(/\s+/g, " ").trim();
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.filter((item) => typeof item === "string").join(", ");
  if (value && typeof value === "object" && typeof value.$expr === "string") return value.$expr;
  return "";
}
