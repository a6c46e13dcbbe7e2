import { expect, test } from "vitest";
import { subtitle } from "@/canvas/subtitle";
import { node, plugin } from "../graphs";

const hook = plugin("hook", {
  config_schema: {
    properties: {
      path: { type: "string", "x-ui": { generate: "token" } },
      secret: { type: "string", "x-ui": { secret: true } },
      event_type: { type: "string" },
    },
  },
});

test("a node says what it is set to", () => {
  expect(subtitle(hook, node("a", "hook", { event_type: "order.placed" }))).toContain("order.placed");
});

test("a node shows neither its secret nor its secret address", () => {
  const said = subtitle(
    hook,
    node("a", "hook", { path: "t0ken", secret: "s3cret", event_type: "order.placed" }),
  );

  expect(said).toContain("order.placed");
  expect(said).not.toContain("t0ken");
  expect(said).not.toContain("s3cret");
});
