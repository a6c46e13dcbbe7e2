/** Says what connecting by keyboard is about to do. */
import { Kbd } from "@/ui/Kbd";
import { describe } from "./connectMode";
import { useCanvas } from "./state";

export function ConnectBar() {
  const mode = useCanvas((state) => state.connectMode);
  return (
    <div role="status" className="pointer-events-none absolute inset-x-0 top-3 z-20 flex justify-center">
      {mode && (
        <div className="flex items-center gap-3 rounded-lg border border-accent-line bg-raised px-3 py-1.5 text-sm shadow-pop">
          <span className="font-medium">{describe(mode)}</span>
          <span className="flex items-center gap-1 text-muted text-xs">
            <Kbd>↑ ↓</Kbd> node <Kbd>← →</Kbd> port <Kbd>Enter</Kbd> connect <Kbd>Esc</Kbd> leave
          </span>
        </div>
      )}
    </div>
  );
}
