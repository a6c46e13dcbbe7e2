import { describe, expect, test } from "vitest";
import type { GraphDocument, GraphNode, Plugin } from "@/api/types";
import { actingNodes, firstEvent, namedTypes, namesType, startOf, triggersOf } from "@/test/acts";

const plugin = (id: string, fields: Partial<Plugin> = {}): Plugin => ({
  id,
  version: 1,
  name: id,
  group: "",
  icon: "",
  description: "",
  inputs: [],
  outputs: [],
  outputs_from: null,
  loop: false,
  trigger: false,
  effects: true,
  acts: "",
  enabled: true,
  config_schema: {},
  defaults: {},
  help: { description: "", inputs_outputs: "", configuration: "", required_resources: "", errors: "" },
  ...fields,
});

const plugins = {
  start: plugin("start", { trigger: true, defaults: { event_types: [] } }),
  webhook: plugin("webhook", { trigger: true, defaults: { event_type: "webhook" } }),
  mail: plugin("mail", { acts: "sends a mail" }),
  log: plugin("log"),
};

const node = (id: string, plugin: string, fields: Partial<GraphNode> = {}): GraphNode => ({
  id,
  plugin,
  name: id,
  position: [0, 0],
  config: {},
  ...fields,
});

const graph = (nodes: GraphNode[], ...edges: [string, string][]): GraphDocument => ({
  format: "flowstudio/1",
  nodes,
  edges: edges.map(([source, target]) => ({
    id: `${source}-${target}`,
    source,
    source_port: "payload",
    target,
    target_port: "payload",
  })),
});

describe("what acts for real", () => {
  test("a node that acts and can be reached is named with what it does", () => {
    const document = graph([node("s", "start"), node("l", "log"), node("m", "mail")], ["s", "l"], ["l", "m"]);

    expect(actingNodes(document, plugins, ["s"])).toEqual([
      { node: document.nodes[2], does: "sends a mail" },
    ]);
  });

  test("what the event cannot reach does not act", () => {
    const document = graph([node("s", "start"), node("m", "mail")]);

    expect(actingNodes(document, plugins, ["s"])).toEqual([]);
  });

  test("a disabled node passes its payload through: what lies behind it still acts", () => {
    const document = graph(
      [node("s", "start"), node("m", "mail", { settings: { disabled: true } }), node("n", "mail")],
      ["s", "m"],
      ["m", "n"],
    );

    expect(actingNodes(document, plugins, ["s"]).map((acting) => acting.node.id)).toEqual(["n"]);
  });
});

describe("where a test begins", () => {
  const start = node("s", "start");
  const hook = node("w", "webhook");

  test("disabled triggers are no triggers", () => {
    const document = graph([node("off", "start", { settings: { disabled: true } }), hook, node("l", "log")]);

    expect(triggersOf(document, plugins)).toEqual([hook]);
  });

  test("a Start is asked whether it takes the event", () => {
    expect(startOf([start], null)).toBeUndefined();
  });

  test("a webhook cannot be asked: the test begins there", () => {
    expect(startOf([hook], null)).toBe(hook);
  });

  test("of several, the chosen one", () => {
    expect(startOf([start, hook], "w")).toBe(hook);
    expect(startOf([start, hook], "gone")).toBeUndefined();
  });
});

describe("event types", () => {
  test("are named by the triggers' config, or by its defaults", () => {
    const triggers = [node("s", "start", { config: { event_types: ["a", "b.*"] } }), node("w", "webhook")];

    expect(namedTypes(triggers, plugins)).toEqual(["a", "b.*", "webhook"]);
  });

  test("a first event fits what the trigger takes", () => {
    expect(firstEvent(node("s", "start", { config: { event_types: ["github.*"] } }), plugins).type).toBe(
      "github.example",
    );
    expect(firstEvent(node("s", "start"), plugins)).toEqual({ type: "test", text: "{}" });
    expect(JSON.parse(firstEvent(node("w", "webhook"), plugins).text)).toMatchObject({ method: "POST" });
  });

  test("a star stands for every type with that beginning", () => {
    expect(namesType(["github.*"], "github.push")).toBe(true);
    expect(namesType(["github.*"], "githubby")).toBe(false);
    expect(namesType([], "anything")).toBe(false);
  });
});
