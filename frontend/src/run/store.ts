/** What the watched run did to each node and edge, outside React, applied once per animation frame. */
import { useSyncExternalStore } from "react";
import type { ErrorValue, GraphDocument, StepStatus, Summary } from "@/api/types";

export interface NodeRun {
  status: StepStatus;
  started: string | null;
  ended: string | null;
  attempts: number;
  iteration: string;
  runId: string;
  /** The step belongs to a background run. */
  isBackground: boolean;
  /** The background run that this step submitted. */
  backgroundRun: string | null;
  error: ErrorValue | null;
}

export interface EdgeRun {
  state: "delivered" | "skipped" | "handed_over" | "idle";
  summary?: Summary | null;
  runId: string;
}

type Listener = () => void;

class RunStore {
  private graph: GraphDocument | null = null;
  private nodes = new Map<string, NodeRun>();
  private edges = new Map<string, EdgeRun>();
  private listeners = new Map<string, Set<Listener>>();

  /** The graph whose edges are drawn; called whenever the canvas' document changes. */
  setGraph(document: GraphDocument | null): void {
    this.graph = document;
  }

  getGraph(): GraphDocument | null {
    return this.graph;
  }

  nodeRun(id: string): NodeRun | undefined {
    return this.nodes.get(id);
  }

  edgeRun(id: string): EdgeRun | undefined {
    return this.edges.get(id);
  }

  /** `key` is `node:ID`, `edge:ID`, or `any` (told once per frame in which anything changed). */
  subscribe(key: string, listener: Listener): () => void {
    const set = this.listeners.get(key) ?? new Set();
    this.listeners.set(key, set.add(listener));
    return () => set.delete(listener);
  }
}

export const runStore = new RunStore();

export function useNodeRun(nodeId: string): NodeRun | undefined {
  return useSyncExternalStore(
    (listener) => runStore.subscribe(`node:${nodeId}`, listener),
    () => runStore.nodeRun(nodeId),
  );
}

export function useEdgeRun(edgeId: string): EdgeRun | undefined {
  return useSyncExternalStore(
    (listener) => runStore.subscribe(`edge:${edgeId}`, listener),
    () => runStore.edgeRun(edgeId),
  );
}
