/** Takes a workflow from a file that the person chooses. Nothing is sent before the file was read and fits. */
import { toast } from "@/ui/toast";
import { fromFile, type Template } from "./templates";

export function useImport(take: (template: Template) => void): () => void {
  return () => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = "application/json,.json";
    input.onchange = async () => {
      const file = input.files?.[0];
      if (!file) return;
      try {
        take(fromFile(file.name, await file.text()));
      } catch (error) {
        toast(error instanceof Error ? error.message : String(error), {
          kind: "error",
          title: "Nothing was imported",
        });
      }
    };
    input.click();
  };
}
