import { beforeEach, expect, test } from "vitest";
import { useTestDraft } from "@/test/draft";

const draft = () => useTestDraft.getState();
const first = { type: "order.placed", text: '{"total": 1}' };

beforeEach(() => {
  localStorage.clear();
  useTestDraft.setState(useTestDraft.getInitialState());
});

test("a workflow that is opened for the first time begins with the event that fits it", () => {
  draft().open("w1", first);

  expect(draft()).toMatchObject({ ...first, untouched: true });
});

test("a sample that comes later takes the place of an event that nobody has touched", () => {
  draft().open("w1", first);
  draft().open("w1", { type: "sample", text: "{}" });

  expect(draft().type).toBe("sample");
});

test("but never the place of what somebody writes", () => {
  draft().open("w1", first);
  draft().edit({ text: "{ half" });
  draft().open("w1", { type: "sample", text: "{}" });

  expect(draft()).toMatchObject({ type: "order.placed", text: "{ half" });
});

test("what was written is found again, for each workflow its own", () => {
  draft().open("w1", first);
  draft().edit({ type: "mine" });
  draft().open("w2", first);
  draft().open("w1", first);

  expect(draft().type).toBe("mine");
});

test("the editor is told when a text comes from outside, not when it is typed", () => {
  draft().open("w1", first);
  const { loaded } = draft();
  draft().edit({ text: "{}" });
  expect(draft().loaded).toBe(loaded);

  draft().load({ type: "other", text: "[]" });
  expect(draft().loaded).toBe(loaded + 1);
});
