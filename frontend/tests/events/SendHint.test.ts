import { expect, test } from "vitest";
import { curlOf } from "@/events/SendHint";

test("a command can be pasted into a shell, whatever the event holds", () => {
  const command = curlOf("order.placed", { note: "it's $HOME" });

  expect(command).toContain(`-d '{"type":"order.placed","properties":{"note":"it'\\''s $HOME"}}'`);
  expect(command).toContain("Bearer $FLOWSTUDIO_TOKEN");
});
