/** Connecting ports from the keyboard: choose a port, walk the ports that fit, Enter connects. */
import { canEdit, shownDocument, useEditor } from "@/model/editor";
import { outputPorts } from "@/model/ports";
import { toast } from "@/ui/toast";
import * as camera from "./camera";
import { type ConnectMode, fittingTargets, type PortRef, useCanvas } from "./state";

const set = (connectMode: ConnectMode | null) =>
  useCanvas.getState().set({
    connectMode,
    fits: connectMode ? new Set(targets(connectMode.from).map((ref) => ref.node)) : null,
  });

function targets(from: PortRef): PortRef[] {
  const { document, plugins } = useEditor.getState();
  return fittingTargets(document, plugins, from);
}

function portsOf(nodeId: string): string[] {
  const { document, plugins } = useEditor.getState();
  const node = document.nodes.find((item) => item.id === nodeId);
  const plugin = node && plugins[node.plugin];
  return node && plugin ? outputPorts(plugin, node).map((port) => port.name) : [];
}

/** Begins at the selected node. */
export function begin(): void {
  const state = useEditor.getState();
  const [node, another] = state.selection.nodes;
  if (!canEdit(state) || !node || another) {
    toast("Select one node to connect from.", { id: "connect" });
    return;
  }
  const [port] = portsOf(node);
  if (port) aim({ node, port }, 0);
  else toast("This node has no output.", { id: "connect" });
}

function aim(from: PortRef, index: number): void {
  const all = targets(from);
  const target = all[((index % all.length) + all.length) % all.length] ?? null;
  set({ from, target });
  if (target) camera.reveal(target.node);
}

export const leave = (): void => set(null);

/** Handles a key while the mode is on; true when it did. */
export function key(name: string): boolean {
  const mode = useCanvas.getState().connectMode;
  if (!mode) return false;
  const all = targets(mode.from);
  const index = all.findIndex((ref) => ref.node === mode.target?.node && ref.port === mode.target?.port);
  const ports = portsOf(mode.from.node);
  const port = ports.indexOf(mode.from.port);
  const turn = (step: number) =>
    aim({ node: mode.from.node, port: ports.at((port + step) % ports.length) as string }, 0);
  if (name === "ArrowDown") aim(mode.from, index + 1);
  else if (name === "ArrowUp") aim(mode.from, index - 1);
  else if (name === "ArrowRight") turn(1);
  else if (name === "ArrowLeft") turn(-1);
  else if (name === "Enter" && mode.target) confirm(mode.from, mode.target);
  else if (name === "Escape" || name === "Tab") leave();
  else return false;
  return true;
}

function confirm(from: PortRef, to: PortRef): void {
  const reason = useEditor
    .getState()
    .connect({ source: from.node, source_port: from.port, target: to.node, target_port: to.port });
  if (reason) toast(reason, { kind: "error", id: "connect" });
  leave();
}

/** "If · true → Send mail", for the bar and for screen readers. */
export function describe(mode: ConnectMode): string {
  const nodes = shownDocument(useEditor.getState()).nodes;
  const name = (id: string | undefined) => nodes.find((node) => node.id === id)?.name ?? "";
  const to = mode.target ? name(mode.target.node) : "no node fits";
  return `${name(mode.from.node)} · ${mode.from.port} → ${to}`;
}
