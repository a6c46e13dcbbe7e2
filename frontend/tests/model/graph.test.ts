import { describe, expect, test, vi } from "vitest";
import { backgroundNodes, downstream, freshId, freshName, refusal, rewriteReferences } from "@/model/graph";
import { graph, node, PLUGINS } from "../graphs";

const link = (source: string, target: string, source_port = "payload") => ({
  source,
  source_port,
  target,
  target_port: "payload",
});

describe("an edge is refused", () => {
  const document = graph([node("s", "start"), node("a", "log"), node("b", "if")], ["s>a", "a>b"]);

  test("into a trigger, which has no input", () => {
    expect(refusal(document, PLUGINS, link("a", "s"))).toContain("S is a trigger");
  });

  test("when it would close a cycle, and the reason names both nodes", () => {
    expect(refusal(document, PLUGINS, link("b", "a", "true"))).toBe(
      "This would make a cycle: B already lies behind A.",
    );
  });

  test("when it is there already", () => {
    expect(refusal(document, PLUGINS, link("s", "a"))).toBe("These two ports are already connected.");
  });

  test("from a node to itself", () => {
    expect(refusal(document, PLUGINS, link("a", "a"))).toBe("A node cannot be connected to itself.");
  });

  test("from a port that the node does not have", () => {
    expect(refusal(document, PLUGINS, link("a", "b", "nope"))).toContain("no output “nope”");
  });
});

test("an edge that fits is not refused, the error port of a plugin included", () => {
  const document = graph([node("s", "start"), node("a", "log"), node("b", "log")], ["s>a"]);

  expect(refusal(document, PLUGINS, link("a", "b"))).toBeNull();
  expect(refusal(document, PLUGINS, link("a", "b", "error"))).toBeNull();
  expect(refusal(document, PLUGINS, link("s", "b", "error"))).toContain("no output “error”");
});

test("the ports of a switch follow its cases", () => {
  const document = graph([node("x", "switch", { cases: ["open"] }), node("a", "log")]);

  expect(refusal(document, PLUGINS, link("x", "a", "open"))).toBeNull();
  expect(refusal(document, PLUGINS, link("x", "a", "closed"))).not.toBeNull();
});

test("what lies behind the output of Run in background is the background branch, its error port is not", () => {
  const document = graph(
    [
      node("s", "start"),
      node("r", "run_in_background"),
      node("a", "log"),
      node("b", "log"),
      node("c", "log"),
    ],
    ["s>r", "r.output>a", "a>b", "r.error>c"],
  );

  expect([...backgroundNodes(document)].sort()).toEqual(["a", "b"]);
  expect([...downstream(document, "s")].sort()).toEqual(["a", "b", "c", "r"]);
});

test("a taken name gets the next free number", () => {
  expect(freshName("Log", ["Log", "Log 2"])).toBe("Log 3");
  expect(freshName("Log 2", ["Log 2"])).toBe("Log 3");
  expect(freshName("Log", [])).toBe("Log");
});

describe("renaming", () => {
  const names = new Map([
    ["A", "B"],
    ["B", "C"],
  ]);

  test("rewrites references at any depth, in either quotes, and leaves other text", () => {
    const config = {
      text: "A {{ node(\"A\").x }} {{ node( 'A' ).y }}",
      list: [{ deep: 'node("Other")' }],
      n: 1,
    };

    expect(rewriteReferences(config, names)).toEqual({
      text: "A {{ node(\"B\").x }} {{ node('B').y }}",
      list: [{ deep: 'node("Other")' }],
      n: 1,
    });
  });

  test("of two nodes at once does not rename one twice", () => {
    expect(rewriteReferences('node("A") + node("B")', names)).toBe('node("B") + node("C")');
  });

  test("escapes quotes in the new name", () => {
    expect(rewriteReferences('node("A")', new Map([["A", 'say "hi"']]))).toBe('node("say \\"hi\\"")');
  });
});

test("a fresh id is made without randomUUID, which plain http on another host does not have", () => {
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  const taken = Array.from({ length: 50 }, () => freshId("n", []));

  expect(taken.every((id) => /^n[0-9a-f]{6}$/.test(id))).toBe(true);
  expect(taken).not.toContain(freshId("n", taken));

  vi.unstubAllGlobals();
});
