import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { GraphDocument, Workflow } from "@/api/types";
import { filled } from "@/model/compare";
import { useEditor } from "@/model/editor";
import { graph, node, PLUGINS } from "../graphs";

type Handler = (
  method: string,
  path: string,
  body: Record<string, unknown>,
) => { status: number; body: unknown };

let handler: Handler;
let calls: string[];

const editor = () => useEditor.getState();
const names = () => editor().document.nodes.map((each) => each.name);

function workflow(changes: Partial<Workflow> = {}): Workflow {
  return {
    id: "w",
    name: "Orders",
    description: "",
    enabled: false,
    revision: 1,
    published_version: null,
    settings: {},
    owner: null,
    roles: ["view", "edit", "run", "publish", "payloads"],
    updated: "2026-01-01T00:00:00Z",
    updated_by: null,
    last_run: null,
    has_unpublished_changes: true,
    graph: graph([node("s", "start"), node("a", "log")], ["s>a"]),
    problems: [],
    ...changes,
  };
}

/** A server that stores what it is sent and counts revisions. */
function server(stored: Workflow): Handler {
  let current = stored;
  return (method, path, body) => {
    if (path.endsWith("/plugins/"))
      return { status: 200, body: { results: Object.values(PLUGINS), broken: [] } };
    if (path.endsWith("/check/")) return { status: 200, body: { problems: [] } };
    if (method === "PATCH") current = { ...current, ...body, revision: current.revision + 1 };
    return { status: 200, body: current };
  };
}

beforeEach(async () => {
  calls = [];
  handler = server(workflow());
  vi.useFakeTimers();
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const path = new URL(url).pathname;
    calls.push(`${init.method} ${path}`);
    const { status, body } = handler(init.method ?? "", path, JSON.parse(String(init.body ?? "{}")));
    return new Response(JSON.stringify(body), { status });
  });
  await editor().open("w");
});

afterEach(() => {
  editor().close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settle = () => vi.advanceTimersByTimeAsync(1000);

test("an edit is saved by itself, with the revision it was made from", async () => {
  editor().rename("a", "Write it down");
  expect(editor().saveState).toBe("dirty");

  await settle();

  expect(editor().saveState).toBe("saved");
  expect(editor().workflow?.revision).toBe(2);
  expect(calls.filter((call) => call.startsWith("PATCH"))).toHaveLength(1);
});

test("Run in background on an empty canvas brings its Start, connected, as one step", () => {
  editor().replaceDocument(graph([]), "Clear");
  editor().addNode("run_in_background", [400, 100]);

  expect(names()).toEqual(["Start", "Run in background"]);
  expect(editor().document.edges).toHaveLength(1);
  expect(editor().undo()).toBe("Add Run in background");
  expect(names()).toEqual([]);
});

test("a node put into an edge is connected on both sides", () => {
  const id = editor().addNode("if", [0, 0], { splice: "e0" });

  const ends = editor().document.edges.map((edge) => [edge.source, edge.source_port, edge.target]);
  expect(ends).toEqual([
    ["s", "payload", id],
    [id, "true", "a"],
  ]);
});

test("deleting a node takes its edges with it, and undo brings both back", () => {
  editor().remove({ nodes: ["a"], edges: [] });
  expect(editor().document.edges).toEqual([]);

  editor().undo();

  expect(names()).toEqual(["S", "A"]);
  expect(editor().document.edges).toHaveLength(1);
});

test("a name that another node has is refused with the reason", () => {
  expect(editor().rename("a", "S")).toBe("Another node is already called “S”.");
  expect(names()).toEqual(["S", "A"]);
});

test("an edge follows the case of a switch that is renamed", () => {
  editor().replaceDocument(
    graph([node("x", "switch", { cases: ["open"] }), node("a", "log")], ["x.open>a"]),
    "Load",
  );

  editor().setConfig("x", ["cases"], ["opened"]);

  expect(editor().document.edges[0]?.source_port).toBe("opened");
});

describe("when the server cannot be reached", () => {
  const offline = () => {
    throw new TypeError("Failed to fetch");
  };

  test("the draft is kept in the browser and sent when it is back", async () => {
    const working = handler;
    handler = offline;
    editor().rename("a", "Kept");
    await settle();
    expect(editor().saveState).toBe("offline");
    expect(localStorage.getItem("flowstudio:draft:w")).toContain("Kept");

    handler = working;
    window.dispatchEvent(new Event("online"));
    await settle();

    expect(editor().saveState).toBe("saved");
    expect(localStorage.getItem("flowstudio:draft:w")).toBeNull();
  });

  test("a draft that was kept comes back when the workflow is opened again", async () => {
    const working = handler;
    handler = offline;
    editor().rename("a", "Kept");
    await settle();
    editor().close();
    handler = working;

    await editor().open("w");
    await settle();

    expect(names()).toEqual(["S", "Kept"]);
    expect(editor().saveState).toBe("saved");
  });
});

describe("when only the answer to a save was lost", () => {
  /** Stores with every setting filled in, refuses stale revisions, and loses its answer as long as told. */
  function forgetful(losing: () => boolean): Handler {
    const working = server(workflow());
    let revision = 1;
    return (method, path, body) => {
      const answer = () => working(method, path, body);
      if (method !== "PATCH") return answer();
      if (body.revision !== revision) {
        const current = working("GET", path, {}).body;
        return { status: 409, body: { title: "Stale", status: 409, detail: "Stale.", current } };
      }
      revision += 1;
      const stored = working(method, path, { graph: storedForm(body.graph as GraphDocument) });
      if (losing()) throw new TypeError("Failed to fetch");
      return stored;
    };
  }
  const storedForm = ({ nodes, ...rest }: GraphDocument) => ({ ...rest, nodes: nodes.map(filled) });

  test("nobody is asked to choose between two versions of one's own", async () => {
    let losing = true;
    handler = forgetful(() => losing);
    editor().rename("a", "Sent");
    await settle();
    expect(editor().saveState).toBe("offline");

    losing = false;
    editor().rename("a", "Written since");
    await settle();

    expect(editor().saveState).toBe("saved");
    expect(names()).toEqual(["S", "Written since"]);
    expect(editor().workflow?.graph.nodes[1]?.name).toBe("Written since");
  });

  test("a draft that was kept is not held against what is stored of it", async () => {
    let losing = true;
    handler = forgetful(() => losing);
    editor().rename("a", "Sent");
    await settle();
    losing = false;
    vi.clearAllTimers();
    localStorage.setItem("flowstudio:draft:w", JSON.stringify({ revision: 1, graph: editor().document }));

    useEditor.setState({ saveState: "saved" });
    await editor().open("w");

    expect(editor().saveState).toBe("saved");
    expect(localStorage.getItem("flowstudio:draft:w")).toBeNull();
  });
});

describe("when somebody else saved in between", () => {
  const theirs: GraphDocument = graph([node("s", "start"), node("t", "log")], ["s>t"]);

  beforeEach(async () => {
    const other = workflow({ graph: theirs, revision: 7 });
    const working = server(other);
    handler = (method, path, body) =>
      method === "PATCH" && body.revision !== 7
        ? { status: 409, body: { title: "Stale", status: 409, detail: "Stale.", current: other } }
        : working(method, path, body);
    editor().rename("a", "Mine");
    await settle();
  });

  test("nothing is overwritten before the person has chosen", async () => {
    expect(editor().saveState).toBe("conflict");
    editor().rename("a", "Still mine");
    await settle();
    expect(calls.filter((call) => call.startsWith("PATCH"))).toHaveLength(1);
  });

  test("keeping mine saves it on top of theirs", async () => {
    await editor().resolveConflict("mine");

    expect(editor().saveState).toBe("saved");
    expect(editor().workflow?.revision).toBe(8);
    expect(names()).toEqual(["S", "Mine"]);
    editor().undo();
    expect(names()).toEqual(["S", "T"]);
  });

  test("taking theirs can be undone, so mine is not lost", async () => {
    await editor().resolveConflict("theirs");
    expect(names()).toEqual(["S", "T"]);
    expect(editor().saveState).toBe("saved");

    editor().undo();

    expect(names()).toEqual(["S", "Mine"]);
  });
});

test("who may not edit changes nothing", async () => {
  handler = server(workflow({ roles: ["view"] }));
  await editor().open("w");

  editor().rename("a", "Other");
  editor().addNode("log", [0, 0]);

  expect(names()).toEqual(["S", "A"]);
  expect(editor().saveState).toBe("saved");
});
