/** The keys of the canvas. Single letters work only while the canvas has the focus. */
import { useDialogs } from "@/editor/dialogState";
import { canEdit, shownDocument, useEditor } from "@/model/editor";
import { fireTest } from "@/test/fire";
import * as actions from "./actions";
import * as camera from "./camera";
import * as connectMode from "./connectMode";
import { openQuickAddHere } from "./quickAdd";
import { useCanvas } from "./state";
import { type Direction, step } from "./walk";

const ARROWS: Readonly<Record<string, { direction: Direction; by: [number, number] }>> = {
  ArrowLeft: { direction: "left", by: [-1, 0] },
  ArrowRight: { direction: "right", by: [1, 0] },
  ArrowUp: { direction: "up", by: [0, -1] },
  ArrowDown: { direction: "down", by: [0, 1] },
};

/** Is the person writing something? Then keys are text. */
export const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

const isInDialog = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('[role="dialog"], [role="alertdialog"]') !== null;

interface Key {
  key: string;
  shiftKey: boolean;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

/** True when the key did something and must not do anything else. */
export function onCanvasKey(event: Key): boolean {
  const command = event.ctrlKey || event.metaKey;
  if (!command && connectMode.key(event.key)) return true;
  const arrow = ARROWS[event.key];
  if (arrow && !command) return onArrow(event, arrow);
  return command ? onCommand(event.key.toLowerCase()) : onPlain(event.key, event.shiftKey);
}

function onArrow(event: Key, { direction, by }: { direction: Direction; by: [number, number] }): boolean {
  const state = useEditor.getState();
  const [chosen] = state.selection.nodes;
  if (event.altKey || !chosen) {
    const next = step(shownDocument(state), chosen ?? null, direction);
    if (next) {
      state.select({ nodes: [next], edges: [] });
      camera.reveal(next);
    }
    return true;
  }
  const far = event.shiftKey ? 100 : 10;
  actions.nudge(by[0] * far, by[1] * far);
  return true;
}

const COMMANDS: Readonly<Record<string, () => void>> = {
  a: actions.selectAll,
  d: actions.duplicateSelected,
  c: () => void actions.copySelected(),
  x: () => void actions.cutSelected(),
  "0": () => camera.zoomTo(1),
  "=": camera.zoomIn,
  "+": camera.zoomIn,
  "-": camera.zoomOut,
};

function onCommand(key: string): boolean {
  const command = COMMANDS[key];
  // Where nothing is selected, Ctrl+C copies the text that is marked on the page.
  if (!command || ((key === "c" || key === "x") && useEditor.getState().selection.nodes.length === 0))
    return false;
  command();
  return true;
}

function onPlain(key: string, shift: boolean): boolean {
  const { selection, select } = useEditor.getState();
  const [node, another] = selection.nodes;
  const one = node && !another ? node : null;
  switch (key) {
    case "Delete":
    case "Backspace":
      actions.removeSelected();
      return true;
    case "Escape":
      select({ nodes: [], edges: [] });
      return selection.nodes.length + selection.edges.length > 0;
    case "Tab":
      // Without a selected node Tab leaves the canvas, so that nobody is caught in it.
      if (!one || shift || !canEdit(useEditor.getState())) return false;
      openQuickAddHere();
      return true;
    case "/":
      openQuickAddHere();
      return true;
    case "F2":
      if (one) actions.rename(one);
      return one !== null;
    case "Enter":
      if (one) actions.openConfig();
      return one !== null;
    case "c":
      connectMode.begin();
      return true;
    case "d":
      if (selection.nodes.length > 0) actions.toggleDisabled(selection.nodes);
      return true;
    case "f":
    case "1":
      camera.fitView();
      return true;
    case "2":
      if (node) camera.fitView(selection.nodes);
      return true;
    case "t":
      actions.tidyUp();
      return true;
    case "?":
      useCanvas.getState().set({ helpOpen: true });
      return true;
    default:
      return false;
  }
}

/** Keys that work anywhere on the page; undo belongs to the text while somebody is writing. */
export function onPageKey(event: KeyboardEvent): void {
  if (!(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
  if (event.key === "Enter" && !isInDialog(event.target)) {
    event.preventDefault();
    void fireTest(); // also while somebody writes: a config is tried as soon as it is typed
    return;
  }
  const key = event.key.toLowerCase();
  if (key === "k") useDialogs.getState().show("command");
  else if (isWriting(event.target)) return;
  else if (key === "z" && !event.shiftKey) actions.undo();
  else if ((key === "z" && event.shiftKey) || key === "y") actions.redo();
  else if (key === "s") void useEditor.getState().save();
  else return;
  event.preventDefault();
}
