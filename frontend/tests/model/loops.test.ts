import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { layoutsOf, loopAt, settled } from "@/canvas/geometry";
import { tidyAll } from "@/canvas/tidy";
import { inOrder } from "@/listview/order";
import { useEditor } from "@/model/editor";
import { refusal } from "@/model/graph";
import { loopsFor, refusalToStand, withBodies, within } from "@/model/loops";
import { graph, node, PLUGINS } from "../graphs";

const NONE: ReadonlySet<string> = new Set();
const body = (id: string, parent: string, x = 0, y = 0, plugin = "log") => ({
  ...node(id, plugin, {}, x, y),
  parent,
});

/** start → outer(for each) → end; in it: a → inner(for each), in that: deep. */
const nested = () =>
  graph(
    [
      node("start", "start", {}, 0, 0),
      node("outer", "for_each", {}, 400, 0),
      body("a", "outer", 430, 200),
      body("inner", "outer", 800, 200, "for_each"),
      body("deep", "inner", 830, 400),
      node("end", "log", {}, 1700, 0),
    ],
    ["start>outer", "a>inner", "outer>end"],
  );

const layouts = (document = nested()) => layoutsOf(document, PLUGINS, NONE);

describe("what stands in what", () => {
  test("a loop is taken with everything in it", () => {
    expect([...within(nested(), ["outer"])].sort()).toEqual(["a", "deep", "inner", "outer"]);
  });

  test("where a loop goes its body goes as far", () => {
    const moved = withBodies(nested(), { outer: [500, 50] });
    expect(moved.deep).toEqual([930, 450]);
    expect(moved.end).toBeUndefined();
  });

  test("no trigger stands in a loop, and no loop in itself", () => {
    expect(refusalToStand(nested(), PLUGINS, ["start"], "outer")).toContain("starts a run");
    expect(refusalToStand(nested(), PLUGINS, ["outer"], "inner")).toContain("in itself");
    expect(loopsFor(nested(), PLUGINS, ["end"]).map((loop) => loop.id)).toEqual(["outer", "inner"]);
    expect(loopsFor(nested(), PLUGINS, ["deep"]).map((loop) => loop.id)).toEqual(["outer"]);
  });

  test("an edge across a border is refused with the loop's name", () => {
    const link = (source: string, target: string) => ({
      ...{ source, source_port: "payload", target, target_port: "payload" },
    });
    expect(refusal(nested(), PLUGINS, link("a", "end"))).toContain("border of OUTER");
    expect(refusal(nested(), PLUGINS, link("outer", "a"))).toContain("by itself");
    expect(refusal(nested(), PLUGINS, link("a", "inner"))).toContain("already connected");
  });

  test("the list shows a body behind its loop", () => {
    expect(inOrder(nested()).map((each) => each.id)).toEqual(["start", "outer", "a", "inner", "deep", "end"]);
  });
});

describe("the box", () => {
  test("holds its body, and the boxes in it", () => {
    const all = layouts();
    const [outer, inner] = [all.get("outer"), all.get("inner")];
    expect(400 + (outer?.width ?? 0)).toBeGreaterThan(800 + (inner?.width ?? 0));
    expect(outer?.height).toBeGreaterThan(200 + (inner?.height ?? 0));
  });

  test("has room to drop something where it is empty", () => {
    const empty = layoutsOf(graph([node("l", "for_each")]), PLUGINS, NONE).get("l");
    expect(empty?.height).toBeGreaterThan((empty?.body ?? 0) + 100);
  });

  test("begins further left and up where its body needs it", () => {
    const document = graph([node("l", "for_each", {}, 0, 0), body("b", "l", -100, 20)]);
    const [x = 0, y = 0] = settled(document, PLUGINS, NONE).l ?? [];
    expect(x).toBeLessThan(-100);
    expect(y).toBeLessThan(0);
    const there = {
      ...document,
      nodes: document.nodes.map((n) => (n.id === "l" ? { ...n, position: [x, y] as [number, number] } : n)),
    };
    expect(settled(there, PLUGINS, NONE)).toEqual({});
  });

  test("the innermost is meant by a point, but never the one that is dragged", () => {
    expect(loopAt(nested(), layouts(), [850, 420])).toBe("inner");
    expect(loopAt(nested(), layouts(), [850, 420], new Set(["inner"]))).toBe("outer");
    expect(loopAt(nested(), layouts(), [10, 10])).toBeNull();
  });
});

test("tidying lays bodies inside their boxes, and what is outside around them", () => {
  const document = nested();
  const scattered = {
    ...document,
    nodes: document.nodes.map((each, i) => ({
      ...each,
      position: [i * 17, 300 - i * 40] as [number, number],
    })),
  };
  const places = tidyAll(scattered, PLUGINS, NONE);
  const tidied = {
    ...document,
    nodes: document.nodes.map((each) => ({ ...each, position: places[each.id] as [number, number] })),
  };
  const all = layoutsOf(tidied, PLUGINS, NONE);
  const box = (id: string) => {
    const [x, y] = places[id] as [number, number];
    return { x, y, right: x + (all.get(id)?.width ?? 0), bottom: y + (all.get(id)?.height ?? 0) };
  };

  expect(settled(tidied, PLUGINS, NONE)).toEqual({});
  for (const [inside, outside] of [
    ["a", "outer"],
    ["inner", "outer"],
    ["deep", "inner"],
  ] as const) {
    expect(box(inside).x).toBeGreaterThan(box(outside).x);
    expect(box(inside).right).toBeLessThan(box(outside).right);
    expect(box(inside).bottom).toBeLessThan(box(outside).bottom);
  }
  expect(box("start").right).toBeLessThan(box("outer").x);
  expect(box("outer").right).toBeLessThan(box("end").x);
  expect(box("a").right).toBeLessThan(box("inner").x);
});

describe("editing", () => {
  const editor = () => useEditor.getState();
  const ids = () => editor().document.nodes.map((each) => each.id);
  const parent = (id: string) => editor().document.nodes.find((each) => each.id === id)?.parent ?? null;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("fetch", async () => new Response('{"problems": []}'));
    useEditor.setState({
      workflow: { id: "w", roles: ["edit"] } as never,
      document: nested(),
      plugins: PLUGINS,
    });
  });

  afterEach(async () => {
    editor().close();
    await vi.runAllTimersAsync();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  test("a node put into a loop loses the edges that would cross its border, and undo brings all back", () => {
    const before = editor().document;
    expect(editor().moveInto(["end"], "outer", { end: [500, 500] })).toBe(1);
    expect(parent("end")).toBe("outer");
    expect(editor().document.edges).toHaveLength(2);
    expect(editor().undo()).toBe("Move END into OUTER");
    expect(editor().document).toEqual(before);
  });

  test("a loop is deleted with its body, and undo brings it back", () => {
    const before = editor().document;
    editor().remove({ nodes: ["outer"], edges: [] });
    expect(ids()).toEqual(["start", "end"]);
    expect(editor().undo()).toBe("Delete OUTER and the 3 nodes in it");
    expect(editor().document).toEqual(before);
  });

  test("a copy of a loop has a body of its own", () => {
    editor().duplicate({ nodes: ["outer"], edges: [] });
    const copies = editor().document.nodes.slice(6);
    const [outer, a, inner, deep] = copies;
    expect(copies).toHaveLength(4);
    expect([a?.parent, inner?.parent, deep?.parent]).toEqual([outer?.id, outer?.id, inner?.id]);
    expect(editor().document.edges).toHaveLength(4);
  });

  test("what is added behind a node of a body stands in that body", () => {
    const id = editor().addNode("log", [900, 300], { from: { node: "a", port: "payload" } });
    expect(parent(id as string)).toBe("outer");
    expect(editor().document.edges.at(-1)).toMatchObject({ source: "a", target: id });
    expect(parent(editor().addNode("start", [0, 0], { parent: "outer" }) as string)).toBeNull();
  });
});
