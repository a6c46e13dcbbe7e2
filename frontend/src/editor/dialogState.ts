/** Which dialog of the editor is open. */
import { create } from "zustand";

export type DialogName = "publish" | "versions" | "import" | "command";

interface Dialogs {
  open: DialogName | null;
  show: (open: DialogName | null) => void;
}

export const useDialogs = create<Dialogs>()((set) => ({ open: null, show: (open) => set({ open }) }));
