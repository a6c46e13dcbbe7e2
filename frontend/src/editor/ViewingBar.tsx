/** Says that the graph of a past run is drawn and not the draft. */
import { Eye } from "lucide-react";
import { useEditor } from "@/model/editor";
import { closeRun } from "@/runs/open";
import { Button } from "@/ui/Button";

export function ViewingBar() {
  const viewing = useEditor((state) => state.viewing);
  if (!viewing) return null;
  const graph =
    viewing.version === null ? "the draft as it was when this run was fired" : `version ${viewing.version}`;
  return (
    <div className="flex h-9 shrink-0 items-center gap-2 border-b bg-accent-soft px-3 text-sm">
      <Eye size={15} className="text-accent" aria-hidden />
      <span className="min-w-0 truncate">The graph of this run: {graph}. It cannot be edited.</span>
      <Button size="sm" className="ml-auto" onClick={closeRun}>
        Back to the draft
      </Button>
    </div>
  );
}
