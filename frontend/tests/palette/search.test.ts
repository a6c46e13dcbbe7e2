import { expect, test } from "vitest";
import { find, offered } from "@/palette/search";
import { plugin } from "../graphs";

const plugins = [
  plugin("http_request", { name: "HTTP request", group: "HTTP", description: "Calls an address." }),
  plugin("start", { name: "Start", group: "Events", trigger: true, inputs: [] }),
  plugin("emit_event", { name: "Emit event", group: "Events" }),
  plugin("off", { name: "Off", enabled: false }),
];

test("without a query plugins stand in groups, first what starts a workflow", () => {
  const groups = find(offered(plugins, false), "");

  expect(groups.map((group) => group.name)).toEqual(["Events", "HTTP"]);
  expect(groups[0]?.plugins.map((each) => each.id)).toEqual(["start", "emit_event"]);
});

test("the beginning of a name counts more than a word in the description", () => {
  const [found] = find(plugins, "ev");
  expect(found?.plugins[0]?.id).toBe("emit_event");
  expect(find(plugins, "address")[0]?.plugins[0]?.id).toBe("http_request");
  expect(find(plugins, "nothing like it")).toEqual([]);
});

test("behind a port only plugins with an input are offered, and none that is switched off", () => {
  expect(offered(plugins, true).map((each) => each.id)).toEqual(["http_request", "emit_event"]);
});
