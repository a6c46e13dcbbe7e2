/** Graphs as files: handed to the person. */
import type { GraphDocument } from "@/api/types";

export function download(name: string, graph: GraphDocument): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(
    new Blob([`${JSON.stringify(graph, null, 2)}\n`], { type: "application/json" }),
  );
  link.download = `${fileName(name)}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}

const fileName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "") || "workflow";
