import { fireEvent, render, screen } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import type { JsonObject, Problem, Workflow } from "@/api/types";
import { ConfigForm } from "@/inspector/form/ConfigForm";
import { useEditor, useNode } from "@/model/editor";
import { graph, node, plugin } from "../../graphs";

const subject = plugin("subject", {
  config_schema: {
    type: "object",
    required: ["url"],
    properties: {
      url: { type: "string", title: "URL", description: "Where to. See `docs`.", "x-kind": "template" },
      timeout: { type: "number", title: "Time limit", default: 30 },
      method: { type: "string", enum: ["GET", "POST"], title: "Method", default: "GET" },
      body: { title: "Body", default: null, "x-kind": "data" },
      tags: { type: "array", items: { type: "string" }, title: "Tags", default: [] },
    },
  },
});

const config = (): JsonObject => useEditor.getState().document.nodes[0]?.config ?? {};

function Form() {
  const current = useNode("n");
  return current ? <ConfigForm node={current} plugin={subject} /> : null;
}

beforeEach(() => {
  useEditor.setState({
    workflow: { id: "w", roles: ["view", "edit"], revision: 1 } as unknown as Workflow,
    document: graph([node("n", "subject", { url: "" })]),
    plugins: { subject },
    problems: [],
  });
});

const field = (label: string | RegExp) => screen.getByLabelText<HTMLInputElement>(label);

test("what is typed is in the draft at once", () => {
  render(<Form />);

  fireEvent.change(field(/^URL/), { target: { value: "https://x" } });

  expect(config().url).toBe("https://x");
});

test("a number is a number; what is none yet stays as it was typed", () => {
  render(<Form />);
  const limit = field("Time limit");

  fireEvent.change(limit, { target: { value: "2.5" } });
  expect(config().timeout).toBe(2.5);
  fireEvent.change(limit, { target: { value: "2.5x" } });
  expect(config().timeout).toBe("2.5x");
  expect(limit.value).toBe("2.5x");
});

test("a fixed value is turned into an expression and back", () => {
  render(<Form />);

  fireEvent.click(screen.getByLabelText("Time limit as an expression"));
  expect(config().timeout).toEqual({ $expr: "30" });
  fireEvent.change(field("Time limit"), { target: { value: "payload.seconds" } });
  expect(config().timeout).toEqual({ $expr: "payload.seconds" });
  fireEvent.click(screen.getByLabelText("Time limit as an expression"));

  expect(config().timeout).toBe(30);
});

test("JSON reaches the draft when it is valid; until then the reason stands below it", () => {
  render(<Form />);
  const body = field("Body");

  fireEvent.change(body, { target: { value: '{"a": 1' } });
  expect(config().body).toBeUndefined();
  expect(screen.getByText(/The last valid value is kept|not JSON yet/)).toBeDefined();
  fireEvent.change(body, { target: { value: '{"a": 1}' } });

  expect(config().body).toEqual({ a: 1 });
  expect(screen.queryByText(/not JSON yet/)).toBeNull();
});

test("the server's message stands under its field and is linked with it; its cure is one click", () => {
  const problem: Problem = {
    code: "config",
    node: "n",
    edge: null,
    path: ["config", "url"],
    message: "This field is required.",
    severity: "error",
    cures: [{ title: "Use the example", node: "n", path: ["config", "url"], value: "https://example.com" }],
  };
  useEditor.setState({ problems: [problem] });
  render(<Form />);
  const described = field(/^URL/).getAttribute("aria-describedby") ?? "";

  expect(
    described
      .split(" ")
      .map((id) => document.getElementById(id)?.textContent)
      .join(),
  ).toContain("required");
  expect(field(/^URL/).getAttribute("aria-invalid")).toBe("true");
  fireEvent.click(screen.getByText("Use the example"));

  expect(config().url).toBe("https://example.com");
});

test("a list of texts grows and shrinks", () => {
  render(<Form />);

  fireEvent.click(screen.getByLabelText("Add to Tags"));
  fireEvent.change(screen.getByLabelText("Tags, item 1"), { target: { value: "new" } });
  expect(config().tags).toEqual(["new"]);
  fireEvent.click(screen.getByLabelText("Remove new"));

  expect(config().tags).toEqual([]);
});
