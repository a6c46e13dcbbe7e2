/** The plugin's own page: the same five headings for each. */
import type { Plugin, PluginHelp } from "@/api/types";
import { portTitle, typeWords } from "@/model/ports";
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
      <PortTypes plugin={plugin} />
      <p className="border-t pt-3 text-faint text-xs">
        {plugin.id} · version {plugin.version}
      </p>
    </article>
  );
}

/** What the ports carry, where they say so. */
function PortTypes({ plugin }: { plugin: Plugin }) {
  const said = [
    ...plugin.inputs.map((port) => ({ port, side: "Input" })),
    ...plugin.outputs.map((port) => ({ port, side: "Output" })),
  ].filter(({ port }) => typeWords(port) !== "");
  if (said.length === 0) return null;
  return (
    <section>
      <h3 className="mb-1.5 font-semibold text-muted text-xs">Types of its ports</h3>
      <ul className="text-sm">
        {said.map(({ port, side }) => (
          <li key={side + port.name}>
            {side} {portTitle(port)}: <code>{port.model ?? port.type}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}
