import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { OptionsControl } from "@/inspector/form/OptionsControl";
import { fieldsOf } from "@/inspector/form/schema";

const [field] = fieldsOf({
  type: "object",
  properties: { workflow: { type: "string", title: "Workflow", "x-ui": { options: "workflows" } } },
});

function show(value: string, answer: () => Response) {
  vi.stubGlobal("fetch", async () => answer());
  const client = new QueryClient();
  render(
    <QueryClientProvider client={client}>
      <OptionsControl
        {...{ field: field as never, node: "n", path: ["workflow"], id: "w", value, readOnly: false }}
        {...{ invalid: false, describedBy: undefined, onChange: () => undefined }}
      />
    </QueryClientProvider>,
  );
}

const offers = (...results: { value: string; label: string }[]) => Response.json({ results });

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test("a chosen value is shown with its label", async () => {
  show("w1", () => offers({ value: "w1", label: "Send the invoice" }));
  expect(screen.getByText("Loading what is offered…")).toBeTruthy();
  expect(await screen.findByText("Send the invoice", { selector: "span" })).toBeTruthy();
});

test("a value that is not offered any more is told as such", async () => {
  show("gone", () => offers({ value: "w1", label: "Send the invoice" }));
  expect(await screen.findByText("Not offered (any more): gone")).toBeTruthy();
});

test("where nothing is offered that is said", async () => {
  show("", () => offers());
  expect(await screen.findByText("Nothing is offered to you here.")).toBeTruthy();
});
