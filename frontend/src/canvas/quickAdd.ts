/** Opens the list of plugins at the place where the new node will stand. */
import { makeWay } from "@/editor/panels";
import { canEdit, shownDocument, useEditor } from "@/model/editor";
import { parentOf } from "@/model/loops";
import * as camera from "./camera";
import { freeSpot, layoutsOf, loopAt, NODE_WIDTH, snap } from "./geometry";
import { type QuickAdd, useCanvas } from "./state";

const GAP = 110;

function layouts() {
  const state = useEditor.getState();
  return layoutsOf(shownDocument(state), state.plugins, state.errorPorts);
}

export function openQuickAdd(quickAdd: QuickAdd): void {
  if (canEdit(useEditor.getState())) useCanvas.getState().set({ quickAdd });
}

/** A free place to the right of a node, level with its port. */
export function placeBehind(nodeId: string, port: string): [number, number] | null {
  const { document } = useEditor.getState();
  const node = document.nodes.find((item) => item.id === nodeId);
  const all = layouts();
  const layout = all.get(nodeId);
  if (!node || !layout) return null;
  const placed = layout.outputs.find((item) => item.name === port);
  const level = node.position[1] + (placed?.labelled ? placed.y - 28 : 0);
  return freeSpot(document, all, [snap(node.position[0] + layout.width + GAP), snap(level)], parentOf(node));
}

export function openQuickAddBehind(node: string, port: string): void {
  const position = placeBehind(node, port);
  if (position) openQuickAdd({ screen: camera.toScreen(position), position, from: { node, port } });
}

export function openQuickAddInto(edge: string, screen: { x: number; y: number }, at: [number, number]): void {
  openQuickAdd({ screen, position: [snap(at[0] - NODE_WIDTH / 2), snap(at[1] - 28)], splice: edge });
}

/** Behind the selected node where it has a free output, else in the middle of what is seen. */
export function openQuickAddHere(): void {
  const from = freeOutputOfSelection();
  if (from) {
    openQuickAddBehind(from.node, from.port);
    return;
  }
  const screen = camera.middle();
  openQuickAdd({ screen: { x: screen.x - 150, y: screen.y - 160 }, ...middleSpot() });
}

export interface Spot {
  position: [number, number];
  parent: string | null;
}

/** A free place for a new node around a point, in the loop that is drawn there. */
export function spotAt([x, y]: [number, number], plugin?: string): Spot {
  const { document, plugins } = useEditor.getState();
  const all = layouts();
  const parent = plugin && plugins[plugin]?.trigger ? null : loopAt(document, all, [x, y]);
  return { position: freeSpot(document, all, [snap(x - NODE_WIDTH / 2), snap(y - 28)], parent), parent };
}

export const middleSpot = (plugin?: string): Spot => spotAt(camera.toCanvas(camera.middle()), plugin);

/** The first output without an edge of the one node that is selected. */
export function freeOutputOfSelection(): { node: string; port: string } | null {
  const { selection, document } = useEditor.getState();
  const [node, another] = selection.nodes;
  if (!node || another) return null;
  const outputs =
    layouts()
      .get(node)
      ?.outputs.filter((port) => port.kind === "plain") ?? [];
  const free = outputs.find(
    (port) => !document.edges.some((edge) => edge.source === node && edge.source_port === port.name),
  );
  return free ? { node, port: free.name } : null;
}

/** Adds a plugin from the palette: behind the selected node where that fits, else in the middle. */
export function addFromPalette(pluginId: string, by: "key" | "pointer" = "pointer"): void {
  const editor = useEditor.getState();
  if (!canEdit(editor)) return;
  const from = editor.plugins[pluginId]?.trigger ? null : freeOutputOfSelection();
  const behind = from && placeBehind(from.node, from.port);
  const first = editor.document.nodes.length === 0;
  const middle = middleSpot(pluginId);
  const id = editor.addNode(
    pluginId,
    behind ?? middle.position,
    behind && from ? { from } : { parent: middle.parent },
  );
  if (id) makeWay();
  if (id) requestAnimationFrame(() => (first ? camera.fitView(undefined, true) : camera.reveal(id)));
  // Who writes in the search field goes on writing there.
  if (by === "pointer") camera.focusCanvas();
}

export function addFromQuickAdd(quickAdd: QuickAdd, pluginId: string): void {
  const { position, from, to, splice, parent } = quickAdd;
  const id = useEditor.getState().addNode(pluginId, position, { from, to, splice, parent });
  useCanvas.getState().set({ quickAdd: null });
  requestAnimationFrame(() => {
    camera.focusCanvas();
    if (id) camera.reveal(id);
  });
}

/** The loop that is drawn at a point of the canvas. */
export const loopHere = (position: [number, number]): string | null =>
  loopAt(useEditor.getState().document, layouts(), position);
