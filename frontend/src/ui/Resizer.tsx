/** A splitter between panels: dragged, or moved with the arrow keys. */
import type { PointerEvent } from "react";
import { cx } from "./cx";

interface ResizerProps {
  label: string;
  axis: "x" | "y";
  value: number;
  min: number;
  max: number;
  /** 1 where dragging right or down makes the panel bigger, -1 where it makes it smaller. */
  direction: 1 | -1;
  onChange: (value: number) => void;
  className?: string;
}

export function Resizer({ label, axis, value, min, max, direction, onChange, className }: ResizerProps) {
  const set = (next: number) => onChange(Math.round(Math.min(max, Math.max(min, next))));

  function drag(event: PointerEvent<HTMLDivElement>) {
    const from = axis === "x" ? event.clientX : event.clientY;
    const handle = event.currentTarget;
    handle.setPointerCapture(event.pointerId);
    const move = (next: globalThis.PointerEvent) =>
      set(value + direction * ((axis === "x" ? next.clientX : next.clientY) - from));
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", () => handle.removeEventListener("pointermove", move), {
      once: true,
    });
  }

  const [less, more] = axis === "x" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a splitter that moves is a separator with a value, which <hr> cannot be.
    <div
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={axis === "x" ? "vertical" : "horizontal"}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      onPointerDown={drag}
      onKeyDown={(event) => {
        if (event.key === less) set(value - direction * 16);
        if (event.key === more) set(value + direction * 16);
      }}
      className={cx(
        "absolute z-20 touch-none transition-colors duration-150 hover:bg-accent/40 focus-visible:bg-accent active:bg-accent/60",
        axis === "x" ? "inset-y-0 w-1.5 cursor-col-resize" : "inset-x-0 h-1.5 cursor-row-resize",
        className,
      )}
    />
  );
}
