/** Which step of a node the inspector shows: chosen by hand, else the one that the canvas shows. */
import { create } from "zustand";

interface StepChoice {
  chosen: { node: string; step: string } | null;
  choose: (node: string, step: string | null) => void;
}

export const useStepChoice = create<StepChoice>()((set) => ({
  chosen: null,
  choose: (node, step) => set({ chosen: step === null ? null : { node, step } }),
}));
