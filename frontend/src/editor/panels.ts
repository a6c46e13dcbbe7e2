/** Which panels of the editor are open and which tab they show; any part may bring one to the front. */
import { create } from "zustand";

export type RightTab = "config" | "data" | "help";
export type BottomTab = "test" | "runs" | "problems" | "list";

interface Panels {
  right: RightTab;
  bottom: BottomTab;
  bottomOpen: boolean;
  paletteOpen: boolean;
  showRight: (tab: RightTab) => void;
  showBottom: (tab: BottomTab) => void;
  toggleBottom: (open?: boolean) => void;
  togglePalette: (open?: boolean) => void;
}

/** Below this width the panels lie over the canvas. */
const NARROW = 900;
/** From this width on the list of nodes has room beside the canvas. */
const WIDE = 1100;

export const usePanels = create<Panels>()((set, get) => ({
  right: "config",
  bottom: "test",
  bottomOpen: false,
  paletteOpen: window.innerWidth >= WIDE,
  showRight: (right) => set({ right }),
  showBottom: (bottom) => set({ bottom, bottomOpen: true }),
  toggleBottom: (open) => set({ bottomOpen: open ?? !get().bottomOpen }),
  togglePalette: (open) => set({ paletteOpen: open ?? !get().paletteOpen }),
}));

/** Where the palette covers the canvas it makes way for what was picked from it. */
export function makeWay(): void {
  if (window.innerWidth <= NARROW) usePanels.getState().togglePalette(false);
}
