/** The name of a node, edited where it stands. */
import { useRef } from "react";
import { canEdit, useEditor } from "@/model/editor";
import { toast } from "@/ui/toast";
import { focusCanvas } from "./camera";
import { useCanvas } from "./state";

export function NodeName({ id, name }: { id: string; name: string }) {
  const renaming = useCanvas((state) => state.renaming === id);
  const left = useRef(false);

  if (!renaming) {
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: the keyboard's way is F2 on the canvas.
      <span
        className="block truncate font-medium text-sm text-text leading-[18px]"
        title={name}
        onDoubleClick={() => canEdit(useEditor.getState()) && useCanvas.getState().set({ renaming: id })}
      >
        {name}
      </span>
    );
  }

  function finish(value: string | null) {
    if (left.current) return;
    left.current = true;
    const reason = value === null ? null : useEditor.getState().rename(id, value);
    if (reason) toast(reason, { kind: "error", id: "rename" });
    useCanvas.getState().set({ renaming: null });
    focusCanvas();
  }

  return (
    <input
      ref={(element) => {
        left.current = false;
        element?.select();
      }}
      defaultValue={name}
      aria-label="Name of the node"
      className="nodrag -mx-1 block w-full rounded bg-sunken px-1 font-medium text-sm text-text leading-[18px] outline-1 outline-accent"
      onBlur={(event) => finish(event.currentTarget.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") finish(event.currentTarget.value);
        if (event.key === "Escape") finish(null);
      }}
    />
  );
}
