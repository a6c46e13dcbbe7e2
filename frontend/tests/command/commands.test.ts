import { Box } from "lucide-react";
import { expect, test } from "vitest";
import { type Command, search } from "@/command/commands";

const command = (title: string, also?: string): Command => ({
  id: title,
  group: "Actions",
  title,
  also,
  icon: Box,
  run: () => undefined,
});

const commands = [command("Undo"), command("Tidy up", "layout"), command("Send mail", "undo nothing")];
const titles = (query: string) => search(commands, query).map(({ title }) => title);

test("without a query everything stands in its order", () => {
  expect(titles("")).toEqual(["Undo", "Tidy up", "Send mail"]);
});

test("every word has to be found, and the title counts more", () => {
  expect(titles("undo")).toEqual(["Undo", "Send mail"]);
  expect(titles("layout")).toEqual(["Tidy up"]);
  expect(titles("send undo")).toEqual(["Send mail"]);
  expect(titles("send nowhere")).toEqual([]);
});
