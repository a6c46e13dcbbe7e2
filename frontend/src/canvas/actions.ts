/** What can be done to the canvas from keys, menus and buttons: one place, so that all do the same. */

import { usePanels } from "@/editor/panels";
import { putOnClipboard } from "@/inspector/io/copy";
import { canEdit, shownDocument, useEditor } from "@/model/editor";
import { toast } from "@/ui/toast";
import * as camera from "./camera";
import { layoutsOf } from "./geometry";
import { useCanvas } from "./state";
import { tidy } from "./tidy";

const editor = () => useEditor.getState();

export const selectAll = (): void =>
  editor().select({ nodes: shownDocument(editor()).nodes.map((node) => node.id), edges: [] });

export function removeSelected(): void {
  const { selection, remove } = editor();
  if (selection.nodes.length + selection.edges.length > 0) remove(selection);
}

export async function copySelected(): Promise<boolean> {
  const { selection, copy } = editor();
  const text = copy(selection);
  if (text === null) return false;
  if (!(await putOnClipboard(text))) return false;
  toast(selection.nodes.length === 1 ? "Copied." : `Copied ${selection.nodes.length} nodes.`, { id: "copy" });
  return true;
}

export async function cutSelected(): Promise<void> {
  if (await copySelected()) removeSelected();
}

export function pasteText(text: string, at?: [number, number]): void {
  const reason = editor().paste(text, at ?? camera.toCanvas(camera.middle()));
  if (reason) toast(reason, { kind: "error", id: "paste" });
}

export async function pasteFromClipboard(at?: [number, number]): Promise<void> {
  try {
    pasteText(await navigator.clipboard.readText(), at);
  } catch {
    toast("The browser does not let this page read the clipboard. Paste with Ctrl+V instead.", {
      kind: "error",
      id: "paste",
    });
  }
}

export const duplicateSelected = (): void => editor().duplicate(editor().selection);

export function undo(): void {
  const label = editor().undo();
  if (label) toast(`Undone: ${label}`, { id: "undo" });
}

export function redo(): void {
  const label = editor().redo();
  if (label) toast(`Redone: ${label}`, { id: "undo" });
}

export function toggleDisabled(ids: string[]): void {
  const nodes = editor().document.nodes.filter((node) => ids.includes(node.id));
  const disable = nodes.some((node) => !node.settings?.disabled);
  const what = nodes.length === 1 ? nodes[0]?.name : `${nodes.length} nodes`;
  editor().change(`${disable ? "Disable" : "Enable"} ${what}`, (draft) => {
    for (const node of draft.nodes) {
      if (ids.includes(node.id)) node.settings = { ...node.settings, disabled: disable };
    }
  });
}

/** The whole graph, or the selected nodes where there are several. */
export function tidyUp(): void {
  const state = editor();
  if (!canEdit(state)) return;
  const only = state.selection.nodes.length > 1 ? new Set(state.selection.nodes) : undefined;
  const layouts = layoutsOf(state.document, state.plugins, state.errorPorts);
  state.moveNodes(tidy(state.document, layouts, only), "Tidy up");
  if (!only) camera.fitView();
}

export function nudge(dx: number, dy: number): void {
  const { document, selection, moveNodes } = editor();
  const chosen = document.nodes.filter((node) => selection.nodes.includes(node.id));
  if (chosen.length === 0) return;
  const positions = Object.fromEntries(
    chosen.map((node) => [node.id, [node.position[0] + dx, node.position[1] + dy] as [number, number]]),
  );
  moveNodes(positions, undefined, `nudge:${selection.nodes.join()}`);
}

/** Leads the keyboard from the node into its form. */
export function openConfig(): void {
  usePanels.getState().showRight("config");
  requestAnimationFrame(() => {
    const fields = "#inspector form :is(input, textarea, [role=combobox], [role=switch])";
    document.querySelector<HTMLElement>(fields)?.focus();
  });
}

export const rename = (node: string): void => {
  if (canEdit(editor())) useCanvas.getState().set({ renaming: node });
};
