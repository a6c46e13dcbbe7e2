import { expect, test } from "vitest";
import { inOrder, linksOf } from "@/listview/order";
import { graph, node } from "../graphs";

const document = graph(
  [node("c", "log", {}, 0, 0), node("b", "log", {}, 0, 50), node("i", "if"), node("s", "start")],
  ["s>i", "i.true>b", "i.false>c", "b>c"],
);

test("no node is listed before one that leads to it", () => {
  expect(inOrder(document).map(({ id }) => id)).toEqual(["s", "i", "b", "c"]);
});

test("a cycle hides no node", () => {
  const circle = graph([node("a", "log"), node("b", "log")], ["a>b", "b>a"]);

  expect(inOrder(circle)).toHaveLength(2);
});

test("links are told by name, with the port where it says something", () => {
  expect(linksOf(document).get("i")).toEqual({ from: ["S"], to: ["true → B", "false → C"] });
});
