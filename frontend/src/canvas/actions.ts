/** What can be done to the canvas from keys, menus and buttons: one place, so that all do the same. */

import type { GraphDocument } from "@/api/types";
import { usePanels } from "@/editor/panels";
import { putOnClipboard } from "@/inspector/io/copy";
import { canEdit, shownDocument, useEditor } from "@/model/editor";
import { loopsAround, parentOf } from "@/model/loops";
import { toast } from "@/ui/toast";
import * as camera from "./camera";
import { freeSpot, LOOP_PAD, layoutsOf } from "./geometry";
import { useCanvas } from "./state";
import { tidyAll } from "./tidy";

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
  state.moveNodes(tidyAll(state.document, state.plugins, state.errorPorts, only), "Tidy up");
  if (!only) camera.fitView();
}

/** Puts nodes into a loop or out of theirs, and says which edges that cost. */
export function dropInto(
  ids: string[],
  loop: string | null,
  positions: Record<string, [number, number]>,
): void {
  const done = editor().moveInto(ids, loop, positions);
  if (typeof done === "string") {
    toast(done, { kind: "error", id: "loop" });
    return;
  }
  if (done === 0) return;
  toast(
    `${done === 1 ? "One edge was" : `${done} edges were`} removed: no edge crosses the border of a loop. Undo brings ${done === 1 ? "it" : "them"} back.`,
    { id: "loop" },
  );
}

/** By command: to a free place in the loop, or beneath the one that is left. */
export function moveIntoLoop(ids: string[], loop: string | null): void {
  const { document, plugins, errorPorts } = editor();
  const moving = outermost(document, ids).filter(
    (id) => loop !== null || document.nodes.some((node) => node.id === id && parentOf(node) !== null),
  );
  const first = moving[0];
  if (first === undefined) return;
  const parent = loop ?? outOf(document, first);
  const around = document.nodes.find((node) => node.id === (loop ?? loopsAround(document, first)[0]));
  const layouts = layoutsOf(document, plugins, errorPorts);
  const layout = around && layouts.get(around.id);
  if (!around || !layout) return;
  const [x, y] = around.position;
  const wanted: [number, number] =
    loop === null ? [x, y + layout.height + BESIDE_LOOP] : [x + LOOP_PAD, y + (layout.body ?? 0) + LOOP_PAD];
  const positions: Record<string, [number, number]> = {};
  let now = document;
  for (const id of moving) {
    const spot = freeSpot(now, layouts, wanted, parent);
    positions[id] = spot;
    now = {
      ...now,
      nodes: now.nodes.map((node) => (node.id === id ? { ...node, parent, position: spot } : node)),
    };
  }
  dropInto(moving, parent, positions);
}

const BESIDE_LOOP = 40;

/** The loop around the loop in which a node stands: one step outwards. */
const outOf = (document: GraphDocument, id: string): string | null => loopsAround(document, id)[1] ?? null;

/** Of these nodes the ones that stand in none of the others. */
export const outermost = (document: GraphDocument, ids: readonly string[]): string[] =>
  ids.filter((id) => !loopsAround(document, id).some((loop) => ids.includes(loop)));

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
