/** What the canvas shows for a moment: quick add, menus, and which ports fit while an edge is drawn. */
import { create } from "zustand";
import type { GraphDocument } from "@/api/types";
import { type Plugins, refusal } from "@/model/graph";
import { inputPorts, outputPorts } from "@/model/ports";

export interface PortRef {
  node: string;
  port: string;
}

export interface QuickAdd {
  /** Where on the screen the list opens, and where on the canvas the node goes. */
  screen: { x: number; y: number };
  position: [number, number];
  from?: PortRef;
  to?: PortRef;
  /** The edge that the new node is put into. */
  splice?: string;
  /** The loop that it is put into. */
  parent?: string | null;
}

export interface CanvasMenu {
  screen: { x: number; y: number };
  position: [number, number];
  node: string | null;
}

export interface ConnectMode {
  from: PortRef;
  target: PortRef | null;
}

interface CanvasState {
  quickAdd: QuickAdd | null;
  menu: CanvasMenu | null;
  /** While an edge is drawn: the nodes where it may end. */
  fits: ReadonlySet<string> | null;
  connectMode: ConnectMode | null;
  /** The node whose name is being edited in place. */
  renaming: string | null;
  helpOpen: boolean;
  zoomedOut: boolean;
  set: (state: Partial<CanvasState>) => void;
}

export const useCanvas = create<CanvasState>()((set) => ({
  quickAdd: null,
  menu: null,
  fits: null,
  connectMode: null,
  renaming: null,
  helpOpen: false,
  zoomedOut: false,
  set,
}));

/** The ports where an edge that begins at `from` may end, in the order of the graph. */
export function fittingTargets(document: GraphDocument, plugins: Plugins, from: PortRef): PortRef[] {
  return document.nodes.flatMap((node) => {
    const plugin = plugins[node.plugin];
    const ports = plugin ? inputPorts(plugin) : [];
    return ports
      .filter(
        (port) =>
          !refusal(document, plugins, {
            source: from.node,
            source_port: from.port,
            target: node.id,
            target_port: port.name,
          }),
      )
      .map((port) => ({ node: node.id, port: port.name }));
  });
}

/** The nodes from which an edge that ends at `to` may come. */
export function fittingSources(document: GraphDocument, plugins: Plugins, to: PortRef): string[] {
  return document.nodes
    .filter((node) => {
      const plugin = plugins[node.plugin];
      return (plugin ? outputPorts(plugin, node) : []).some(
        (port) =>
          !refusal(document, plugins, {
            source: node.id,
            source_port: port.name,
            target: to.node,
            target_port: to.port,
          }),
      );
    })
    .map((node) => node.id);
}
