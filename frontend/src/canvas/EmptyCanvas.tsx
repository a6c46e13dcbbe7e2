/** What an empty canvas offers: the ways to begin. */
import { GitFork, Play, Plus } from "lucide-react";
import { useEditor } from "@/model/editor";
import { Button } from "@/ui/Button";
import { Kbd } from "@/ui/Kbd";
import { addFromPalette, openQuickAddHere } from "./quickAdd";

export function EmptyCanvas() {
  const plugins = useEditor((state) => state.plugins);
  return (
    <div className="pointer-events-none absolute inset-0 flex items-center justify-center">
      <div className="pointer-events-auto flex max-w-md flex-col items-center gap-4 text-center">
        <div>
          <h2 className="font-semibold text-base">Begin with what starts this workflow</h2>
          <p className="mt-1 text-balance text-muted text-sm">
            Drag a node from the list on the left, press <Kbd>/</Kbd> to search, or take one of these.
          </p>
        </div>
        <div className="flex gap-2">
          {plugins.start && (
            <Button variant="primary" icon={Play} onClick={() => addFromPalette("start")}>
              Start
            </Button>
          )}
          {plugins.run_in_background && (
            <Button icon={GitFork} onClick={() => addFromPalette("run_in_background")}>
              Run in background
            </Button>
          )}
          <Button icon={Plus} onClick={openQuickAddHere}>
            Other…
          </Button>
        </div>
      </div>
    </div>
  );
}
