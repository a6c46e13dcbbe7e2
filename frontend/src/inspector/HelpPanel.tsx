/** The plugin's own page: the same five headings for each. */
import type { Plugin, PluginHelp } from "@/api/types";
import { Markdown } from "@/ui/Markdown";

const HEADINGS: [keyof PluginHelp, string][] = [
  ["description", "Description"],
  ["inputs_outputs", "Inputs and outputs"],
  ["configuration", "Configuration"],
  ["required_resources", "Required resources"],
  ["errors", "Errors"],
];

export function HelpPanel({ plugin }: { plugin: Plugin }) {
  return (
    <article className="flex flex-col gap-5 px-4 py-4" aria-label={`Help on ${plugin.name}`}>
      {HEADINGS.map(([key, title]) => (
        <section key={key}>
          <h3 className="mb-1.5 font-semibold text-muted text-xs">{title}</h3>
          <Markdown>{plugin.help[key]}</Markdown>
        </section>
      ))}
      <p className="border-t pt-3 text-faint text-xs">
        {plugin.id} · version {plugin.version}
      </p>
    </article>
  );
}
