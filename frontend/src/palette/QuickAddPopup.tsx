/** The list of nodes at a point of the canvas: the one that is picked is put there and connected. */
import { Popover } from "@base-ui/react/popover";
import { useMemo } from "react";
import * as camera from "@/canvas/camera";
import { addFromQuickAdd } from "@/canvas/quickAdd";
import { useCanvas } from "@/canvas/state";
import { useEditor } from "@/model/editor";
import { PluginList } from "./PluginList";
import { offered } from "./search";

export function QuickAddPopup() {
  const quickAdd = useCanvas((state) => state.quickAdd);
  const plugins = useEditor((state) => state.plugins);
  const needsInput = Boolean(quickAdd?.from || quickAdd?.splice);
  const list = useMemo(() => offered(Object.values(plugins), needsInput), [plugins, needsInput]);
  if (!quickAdd) return null;

  const close = () => {
    useCanvas.getState().set({ quickAdd: null });
    camera.focusCanvas();
  };
  const { x, y } = quickAdd.screen;
  return (
    <Popover.Root open onOpenChange={(open) => !open && close()}>
      <Popover.Portal>
        <Popover.Positioner
          anchor={{ getBoundingClientRect: () => new DOMRect(x, y, 0, 0) }}
          align="start"
          side="bottom"
          collisionPadding={12}
          className="z-40"
        >
          <Popover.Popup
            aria-label="Add a node"
            className="fs-popup flex h-96 max-h-(--available-height) w-76 flex-col overflow-hidden rounded-xl border border-line bg-raised shadow-pop outline-none"
          >
            <PluginList
              plugins={list}
              autoFocus
              placeholder={quickAdd.from ? "Add a node behind…" : "Add a node…"}
              onPick={(id) => addFromQuickAdd(quickAdd, id)}
              onEscape={close}
            />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
