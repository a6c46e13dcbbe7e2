/** Small plugins and graphs for the tests. */
import type { GraphDocument, GraphNode, JsonObject, Plugin, Port } from "@/api/types";

const port = (name: string): Port => ({ name, title: "", description: "", type: "any", model: null });

export function plugin(id: string, changes: Partial<Plugin> = {}): Plugin {
  return {
    id,
    version: 1,
    name: id.charAt(0).toUpperCase() + id.slice(1).replaceAll("_", " "),
    group: "Flow",
    icon: "box",
    description: "",
    inputs: [port("payload")],
    outputs: [port("payload")],
    outputs_from: null,
    trigger: false,
    loop: false,
    effects: true,
    acts: "",
    enabled: true,
    config_schema: { type: "object", properties: {} },
    defaults: {},
    help: { description: "", inputs_outputs: "", configuration: "", required_resources: "", errors: "" },
    ...changes,
  };
}

export const PLUGINS: Record<string, Plugin> = Object.fromEntries(
  [
    plugin("start", { trigger: true, inputs: [] }),
    plugin("run_in_background", { outputs: [port("output")] }),
    plugin("if", { outputs: [port("true"), port("false")] }),
    plugin("switch", { outputs: [port("default")], outputs_from: "cases", defaults: { cases: [] } }),
    plugin("log"),
    plugin("for_each", { loop: true, outputs: [port("payload"), port("failed")] }),
  ].map((each) => [each.id, each]),
);

export const node = (id: string, pluginId: string, config: JsonObject = {}, x = 0, y = 0): GraphNode => ({
  id,
  plugin: pluginId,
  name: id.toUpperCase(),
  position: [x, y],
  config,
});

/** Edges as "a.port>b". */
export function graph(nodes: GraphNode[], edges: string[] = []): GraphDocument {
  return {
    format: "flowstudio/1",
    nodes,
    edges: edges.map((text, index) => {
      const [from = "", target = ""] = text.split(">");
      const [source = "", source_port = "payload"] = from.split(".");
      return { id: `e${index}`, source, source_port, target, target_port: "payload" };
    }),
  };
}
