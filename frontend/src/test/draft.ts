/** The test event that is being written, kept per workflow in this browser. */
import { create } from "zustand";

export interface TestEvent {
  type: string;
  /** The properties as typed; they need not be JSON yet. */
  text: string;
  /** The trigger to begin at; null: whichever takes the event. */
  start: string | null;
}

interface TestDraft extends TestEvent {
  workflow: string | null;
  /** Nobody has typed or chosen anything yet. */
  untouched: boolean;
  /** Rises when the text was replaced from outside, so that the editor takes it over. */
  loaded: number;
  /** Go on with what was written for this workflow before, or else begin with `first`. */
  open: (workflow: string, first: { type: string; text: string }) => void;
  edit: (fields: Partial<TestEvent>) => void;
  load: (event: { type: string; text: string }) => void;
}

const key = (workflow: string) => `flowstudio:test:${workflow}`;

export const useTestDraft = create<TestDraft>()((set, get) => ({
  workflow: null,
  type: "",
  text: "{}",
  start: null,
  untouched: true,
  loaded: 0,

  open: (workflow, first) => {
    if (workflow === get().workflow && !get().untouched) return;
    const kept = recall(workflow);
    set({ workflow, start: null, ...first, ...kept, untouched: kept === null, loaded: get().loaded + 1 });
  },

  edit: (fields) => {
    set({ ...fields, untouched: false });
    keep(get());
  },

  load: ({ type, text }) => {
    set({ type, text, untouched: false, loaded: get().loaded + 1 });
    keep(get());
  },
}));

function keep({ workflow, type, text, start }: TestDraft): void {
  if (workflow === null) return;
  try {
    localStorage.setItem(key(workflow), JSON.stringify({ type, text, start } satisfies TestEvent));
  } catch {
    // Storage is full or forbidden: the event still lives in this page.
  }
}

function recall(workflow: string): TestEvent | null {
  try {
    const text = localStorage.getItem(key(workflow));
    return text === null ? null : (JSON.parse(text) as TestEvent);
  } catch {
    return null;
  }
}
