/** Graphs as files: out and in. */
import type { GraphDocument } from "@/api/types";
import { read } from "@/model/clipboard";
import { shownDocument, useEditor } from "@/model/editor";

export function exportGraph(): void {
  const state = useEditor.getState();
  const text = `${JSON.stringify(shownDocument(state), null, 2)}\n`;
  const link = window.document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = `${fileName(state.workflow?.name ?? "workflow")}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}

const fileName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "") || "workflow";

/** Puts the graph of a text in place of the draft's (undoable); returns the reason where there is none. */
export function importGraph(text: string): string | null {
  const graph = read(text);
  if (typeof graph === "string") return graph;
  const document: GraphDocument = { format: "flowstudio/1", nodes: graph.nodes, edges: graph.edges };
  useEditor.getState().replaceDocument(document, "Import");
  return null;
}
