/** Paints at most once per frame, when what it shows changed or the run did. */
import { useEffect } from "react";
import { runStore } from "@/run/store";

export function useFrame(paint: () => void): void {
  useEffect(() => {
    let frame: number | undefined;
    const request = () => {
      frame ??= requestAnimationFrame(() => {
        frame = undefined;
        paint();
      });
    };
    request();
    const leave = runStore.subscribe("any", request);
    return () => {
      leave();
      if (frame !== undefined) cancelAnimationFrame(frame);
    };
  }, [paint]);
}
