import { render, screen } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import type { Workflow } from "@/api/types";
import { WebhookAddress } from "@/inspector/form/WebhookAddress";
import { useEditor } from "@/model/editor";

const workflow = (fields: Partial<Workflow>) =>
  useEditor.setState({ workflow: { id: "w", ...fields } as unknown as Workflow });

beforeEach(() => workflow({ enabled: true, published_version: 1 }));

test("the whole address is shown and can be copied", () => {
  render(<WebhookAddress path="secret-path-of-a-hook" />);

  expect(screen.getByText(`${window.location.origin}/hooks/secret-path-of-a-hook/`)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Copy address" })).toBeTruthy();
});

test("before publishing it says that the address does not answer yet", () => {
  workflow({ enabled: true, published_version: null });
  render(<WebhookAddress path="secret-path-of-a-hook" />);

  expect(screen.getByText(/answers once the workflow is published/)).toBeTruthy();
});
