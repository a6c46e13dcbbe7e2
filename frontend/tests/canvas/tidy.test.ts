import { expect, test } from "vitest";
import { layoutsOf } from "@/canvas/geometry";
import { tidy } from "@/canvas/tidy";
import { graph, node, PLUGINS } from "../graphs";

const arrange = (document: ReturnType<typeof graph>) =>
  tidy(document, layoutsOf(document, PLUGINS, new Set()));

test("every edge leads to the right, and no node covers another", () => {
  const document = graph(
    [node("s", "start"), node("i", "if"), node("a", "log"), node("b", "log"), node("j", "log")],
    ["s>i", "i.true>a", "i.false>b", "a>j", "b>j", "s>j"],
  );

  const places = arrange(document);

  for (const edge of document.edges)
    expect(places[edge.source]?.[0]).toBeLessThan(places[edge.target]?.[0] as number);
  expect(new Set(Object.values(places).map(String)).size).toBe(5);
});

test("nodes stand in the order of the ports that lead to them", () => {
  const document = graph(
    [node("i", "if"), node("no", "log"), node("yes", "log")],
    ["i.false>no", "i.true>yes"],
  );

  const places = arrange(document);

  expect(places.yes?.[1]).toBeLessThan(places.no?.[1] as number);
});
