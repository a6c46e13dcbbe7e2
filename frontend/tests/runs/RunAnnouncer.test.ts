import { expect, test } from "vitest";
import { RunStore } from "@/run/store";
import { sentence } from "@/runs/RunAnnouncer";
import { makeRun, makeStep } from "../run/rows";

function treeOf(status: "running" | "succeeded" | "failed") {
  const store = new RunStore((apply) => apply());
  store.watch("root");
  const ended = status === "running" ? null : "2026-01-01T00:00:04Z";
  store.addRun(makeRun({ id: "root", status, ended }));
  store.addSteps(
    "root",
    [makeStep({ node: "a", seq: 1 }), makeStep({ node: "b", seq: 2, status: "running" })],
    2,
  );
  return store.tree();
}

test("while a run goes on, its progress is said", () => {
  expect(sentence(treeOf("running"))).toBe("1 of 2 steps done.");
});

test("at its end, how it ended and how long it took", () => {
  expect(sentence(treeOf("succeeded"))).toBe("The run succeeded after 4.0 s: 2 steps.");
  expect(sentence(treeOf("failed"))).toMatch(/^The run failed/);
});

test("without a run nothing is said", () => {
  expect(sentence(new RunStore((apply) => apply()).tree())).toBe("");
});
