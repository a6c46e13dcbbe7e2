/** Nodes and payloads in words: for screen readers, chips and tooltips. */
import type { GraphDocument, Summary } from "@/api/types";
import type { Plugins } from "@/model/graph";
import { formatBytes, formatDuration, plural } from "@/run/format";
import { STATUS } from "@/run/status";
import type { NodeRun } from "@/run/store";
import { roundsInWords } from "@/run/view";
import { elapsed } from "./status";

/** "Send mail, Send email, node 3 of 12, failed after 1.2 s, 1 input connected, 2 outputs connected" */
export function nodeLabel(
  document: GraphDocument,
  plugins: Plugins,
  id: string,
  run: NodeRun | undefined,
): string {
  const index = document.nodes.findIndex((node) => node.id === id);
  const node = document.nodes[index];
  if (!node) return "";
  const into = document.edges.filter((edge) => edge.target === id).length;
  const out = document.edges.filter((edge) => edge.source === id).length;
  const plugin = plugins[node.plugin]?.name ?? node.plugin;
  const loop = node.parent ? document.nodes.find((item) => item.id === node.parent) : undefined;
  const parts = [
    node.name,
    plugin === node.name ? null : plugin,
    loop ? `in ${loop.name}` : null,
    `node ${index + 1} of ${document.nodes.length}`,
    node.settings?.disabled ? "disabled" : null,
    run ? stateInWords(run) : null,
    plugins[node.plugin]?.trigger ? "trigger" : `${plural(into, "input")} connected`,
    `${plural(out, "output")} connected`,
  ];
  return parts.filter(Boolean).join(", ");
}

function stateInWords(run: NodeRun): string {
  const ms = run.ended ? elapsed(run, 0) : null;
  const word = STATUS[run.status].word.toLowerCase();
  const where = run.isBackground ? " in background" : "";
  const rounds = run.rounds ? `, ${roundsInWords(run.rounds).replace("×", "all rounds: ")}` : "";
  return `${word}${where}${ms === null ? "" : ` after ${formatDuration(ms)}`}${rounds}`;
}

/** What a payload is, in a few characters. */
export function summaryText(summary: Summary): string {
  switch (summary.type) {
    case "object":
      return summary.count === 0 ? "{}" : plural(summary.count ?? 0, "field");
    case "list":
      return plural(summary.count ?? 0, "item");
    case "null":
      return "null";
    case "text":
      return short(summary.preview);
    default:
      return summary.preview;
  }
}

const short = (text: string): string => (text.length > 22 ? `${text.slice(0, 21)}…` : text);

export const summaryDetail = (summary: Summary): string =>
  `${summary.type} · ${formatBytes(summary.size)}\n${summary.preview}`;
