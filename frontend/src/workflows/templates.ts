/** What a new workflow can begin with. */
import type { GraphDocument, GraphNode } from "@/api/types";
import { read } from "@/model/clipboard";
import { emptyDocument, randomToken } from "@/model/graph";

export interface Template {
  name: string;
  graph: GraphDocument;
}

const node = (
  id: string,
  plugin: string,
  name: string,
  x: number,
  config: GraphNode["config"] = {},
): GraphNode => ({
  id,
  plugin,
  name,
  position: [x, 160],
  config,
});

const edge = (source: string, source_port: string, target: string) => ({
  id: `${source}-${target}`,
  source,
  source_port,
  target,
  target_port: "payload",
});

export const empty = (): Template => ({ name: "New workflow", graph: emptyDocument() });

/** A Start whose work goes on in the background. */
export const background = (): Template => ({
  name: "Background work",
  graph: {
    format: "flowstudio/1",
    nodes: [
      node("start", "start", "Start", 80),
      node("background", "run_in_background", "Run in background", 400, { forward_payload: true }),
      node("log", "log", "Log", 720, { message: "{{ event.type }} arrived" }),
    ],
    edges: [edge("start", "payload", "background"), edge("background", "output", "log")],
  },
});

/** Begins with a call from outside, at an address that nobody can guess. */
export const webhook = (): Template => ({
  name: "Webhook",
  graph: {
    format: "flowstudio/1",
    nodes: [
      node("webhook", "webhook", "Webhook", 80, { path: randomToken() }),
      node("log", "log", "Log", 400, { message: "{{ payload.method }} call" }),
    ],
    edges: [edge("webhook", "payload", "log")],
  },
});

/** The graph in a file that was exported here; throws an error that says what the file is not. */
export function fromFile(name: string, text: string): Template {
  const graph = read(text);
  if (typeof graph === "string") throw new Error(`${name}: ${graph}`);
  return { name: name.replace(/\.json$/i, ""), graph: { format: "flowstudio/1", ...graph } };
}
