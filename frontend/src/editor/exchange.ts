/** Graphs as files: out and in. */
import type { GraphDocument } from "@/api/types";
import { read } from "@/model/clipboard";
import { shownDocument, useEditor } from "@/model/editor";
import { download } from "@/model/files";
import { withoutSecrets } from "@/model/secrets";

export function exportGraph(): void {
  const state = useEditor.getState();
  const graph = shownDocument(state);
  const nodes = graph.nodes.map((node) => withoutSecrets(node, state.plugins));
  download(state.workflow?.name ?? "workflow", { ...graph, nodes });
}

/** Puts the graph of a text in place of the draft's (undoable); returns the reason where there is none. */
export function importGraph(text: string): string | null {
  const graph = read(text);
  if (typeof graph === "string") return graph;
  const document: GraphDocument = { format: "flowstudio/1", nodes: graph.nodes, edges: graph.edges };
  useEditor.getState().replaceDocument(document, "Import");
  return null;
}
