/** Finding plugins by what a person types. */
import type { Plugin } from "@/api/types";

export interface PluginGroup {
  name: string;
  plugins: Plugin[];
}

/** How well a plugin answers a query; 0: not at all. */
export function score(plugin: Plugin, query: string): number {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return 1;
  const name = plugin.name.toLowerCase();
  const rest = `${plugin.group} ${plugin.id} ${plugin.description}`.toLowerCase();
  let total = 0;
  for (const word of words) {
    if (name.startsWith(word)) total += 8;
    else if (name.split(/[\s-]/).some((part) => part.startsWith(word))) total += 6;
    else if (name.includes(word)) total += 4;
    else if (rest.includes(word)) total += 1;
    else return 0;
  }
  return total;
}

export const offered = (plugins: readonly Plugin[], needsInput: boolean): Plugin[] =>
  plugins.filter((plugin) => plugin.enabled && (!needsInput || plugin.inputs.length > 0));

/** Without a query in groups as the server orders them; with one, the best answers first in one list. */
export function find(plugins: readonly Plugin[], query: string): PluginGroup[] {
  if (query.trim() !== "") {
    const rated = plugins
      .map((plugin) => ({ plugin, points: score(plugin, query) }))
      .filter(({ points }) => points > 0);
    rated.sort((a, b) => b.points - a.points || a.plugin.name.localeCompare(b.plugin.name));
    return rated.length > 0 ? [{ name: "", plugins: rated.map(({ plugin }) => plugin) }] : [];
  }
  const groups = new Map<string, Plugin[]>();
  // Within a group, too, what starts a workflow stands first.
  const sorted = [...plugins].sort((a, b) => Number(b.trigger) - Number(a.trigger));
  for (const plugin of sorted) groups.set(plugin.group, [...(groups.get(plugin.group) ?? []), plugin]);
  return [...groups]
    .map(([name, list]) => ({ name, plugins: list }))
    .sort((a, b) => rank(a.name) - rank(b.name) || a.name.localeCompare(b.name));
}

/** What a workflow begins with stands first. */
const FIRST = ["Events", "Flow", "Data", "HTTP"];
const rank = (group: string): number => (FIRST.includes(group) ? FIRST.indexOf(group) : FIRST.length);
