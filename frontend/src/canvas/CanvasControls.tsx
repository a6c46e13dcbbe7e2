/** Zoom, fit, tidy up and help, at the edge of the canvas. */
import { type ReactFlowState, useStore } from "@xyflow/react";
import { Keyboard, Maximize, Minus, Plus, Wand } from "lucide-react";
import { canEdit, useEditor } from "@/model/editor";
import { IconButton } from "@/ui/Button";
import { Tooltip } from "@/ui/Tooltip";
import * as actions from "./actions";
import * as camera from "./camera";
import { useCanvas } from "./state";

const percentOf = (state: ReactFlowState) => Math.round(state.transform[2] * 100);

export function CanvasControls() {
  const percent = useStore(percentOf);
  const editable = useEditor(canEdit);
  return (
    <div
      role="toolbar"
      aria-label="View"
      className="absolute bottom-3 left-3 select-none z-10 flex items-center gap-0.5 rounded-lg border bg-raised p-0.5 shadow-node"
    >
      <IconButton
        icon={Minus}
        label="Zoom out"
        shortcut="Ctrl -"
        size="sm"
        className="size-7"
        onClick={camera.zoomOut}
      />
      <Tooltip label="Back to 100 %" shortcut="Ctrl 0">
        <button
          type="button"
          className="h-7 w-11 rounded-md text-center text-muted text-xs tabular-nums hover:bg-hover hover:text-text"
          onClick={() => camera.zoomTo(1)}
        >
          {percent} %
        </button>
      </Tooltip>
      <IconButton
        icon={Plus}
        label="Zoom in"
        shortcut="Ctrl +"
        size="sm"
        className="size-7"
        onClick={camera.zoomIn}
      />
      <span className="mx-0.5 h-4 w-px bg-line" />
      <IconButton
        icon={Maximize}
        label="Fit the whole graph"
        shortcut="F"
        size="sm"
        className="size-7"
        onClick={() => camera.fitView()}
      />
      {editable && (
        <IconButton
          icon={Wand}
          label="Tidy up"
          shortcut="T"
          size="sm"
          className="size-7"
          onClick={actions.tidyUp}
        />
      )}
      <IconButton
        icon={Keyboard}
        label="Keyboard shortcuts"
        shortcut="?"
        size="sm"
        className="size-7"
        onClick={() => useCanvas.getState().set({ helpOpen: true })}
      />
    </div>
  );
}
