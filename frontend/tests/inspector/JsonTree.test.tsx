import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, expect, test } from "vitest";
import type { Json } from "@/api/types";
import { report } from "@/inspector/io/ErrorCard";
import { JsonTree } from "@/inspector/io/JsonTree";

beforeAll(() => {
  // The window of the test has no layout; the virtual list asks for sizes.
  for (const [size, pixels] of Object.entries({
    clientHeight: 600,
    clientWidth: 400,
    offsetHeight: 600,
    offsetWidth: 400,
  })) {
    Object.defineProperty(HTMLElement.prototype, size, { configurable: true, get: () => pixels });
  }
});

const show = (value: Json, before?: Json) =>
  render(<JsonTree value={value} root="payload" label="Output" before={before} />);
const texts = () => screen.getAllByRole("treeitem").map((row) => row.getAttribute("data-path"));

test("a value is text, never markup", () => {
  show({ html: "<img src=x onerror=alert(1)>" });

  expect(screen.getByText('"<img src=x onerror=alert(1)>"')).toBeTruthy();
  expect(document.querySelector("img")).toBeNull();
});

test("arrows walk and fold", async () => {
  show({ a: { b: 1 }, c: 2 });
  screen.getByRole("tree").focus();

  await userEvent.keyboard("{ArrowDown}{ArrowLeft}");
  expect(texts()).toEqual(["", "/a", "/c"]);

  await userEvent.keyboard("{ArrowRight}{ArrowRight}");
  expect(texts()).toEqual(["", "/a", "/a/b", "/c"]);
  expect(screen.getByRole("tree").getAttribute("aria-activedescendant")).toMatch(/\/a\/b$/);
});

test("what changed is marked in words", () => {
  show({ total: 2, vip: true }, { total: 1 });

  const row = (name: string) => within(screen.getByText(name).closest('[role="treeitem"]') as HTMLElement);
  expect(row("total").getByText("changed")).toBeTruthy();
  expect(row("vip").getByText("new")).toBeTruthy();
});

test("a report says what, where and how, ready to be pasted", () => {
  const text = report(
    { message: "No such field", type: "KeyError" },
    { Node: "Score", Run: "r1" },
    "Traceback …\n",
  );

  expect(text).toBe(
    "**No such field**\n\n- Node: Score\n- Run: r1\n- Error: KeyError\n\n```\nTraceback …\n```\n",
  );
});
