/** Graphs as files: out and in. */
import type { GraphDocument } from "@/api/types";
import { read } from "@/model/clipboard";
import { shownDocument, useEditor } from "@/model/editor";
import { download } from "@/model/files";

export function exportGraph(): void {
  const state = useEditor.getState();
  download(state.workflow?.name ?? "workflow", shownDocument(state));
}

/** Puts the graph of a text in place of the draft's (undoable); returns the reason where there is none. */
export function importGraph(text: string): string | null {
  const graph = read(text);
  if (typeof graph === "string") return graph;
  const document: GraphDocument = { format: "flowstudio/1", nodes: graph.nodes, edges: graph.edges };
  useEditor.getState().replaceDocument(document, "Import");
  return null;
}
