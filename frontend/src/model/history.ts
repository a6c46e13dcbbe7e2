/** Undo and redo as labelled patches: pure values, so that one edit is one step whatever made it. */
import { apply, create, type Patches } from "mutative";
import type { GraphDocument } from "@/api/types";

export interface Edit {
  label: string;
  /** Edits with the same key, made in quick succession, become one step. */
  merge?: string;
  at: number;
  forward: Patches;
  back: Patches;
}

export interface History {
  past: Edit[];
  future: Edit[];
}

const LIMIT = 200;
const MERGE_WITHIN_MS = 1200;

export const emptyHistory = (): History => ({ past: [], future: [] });

export interface Changed {
  document: GraphDocument;
  history: History;
}

/** Changes the document by a recipe; null when the recipe changed nothing. */
export function edit(
  document: GraphDocument,
  history: History,
  label: string,
  recipe: (draft: GraphDocument) => void,
  merge?: string,
  now: number = Date.now(),
): Changed | null {
  // The draft's type is left out of it: mutative cannot unfold the recursive type of JSON.
  const [next, forward, back] = create(document as object, recipe as (draft: object) => void, {
    enablePatches: true,
  }) as unknown as [GraphDocument, Patches, Patches];
  if (forward.length === 0) return null;
  const last = history.past.at(-1);
  const joins = merge !== undefined && last?.merge === merge && now - last.at < MERGE_WITHIN_MS;
  const entry: Edit = joins
    ? { ...last, at: now, forward: [...last.forward, ...forward], back: [...back, ...last.back] }
    : { label, merge, at: now, forward, back };
  const past = joins ? [...history.past.slice(0, -1), entry] : [...history.past, entry].slice(-LIMIT);
  return { document: next, history: { past, future: [] } };
}

export function undo(document: GraphDocument, history: History): Changed | null {
  const last = history.past.at(-1);
  if (!last) return null;
  return {
    document: apply(document, last.back),
    history: { past: history.past.slice(0, -1), future: [last, ...history.future] },
  };
}

export function redo(document: GraphDocument, history: History): Changed | null {
  const [first, ...rest] = history.future;
  if (!first) return null;
  return {
    document: apply(document, first.forward),
    history: { past: [...history.past, { ...first, merge: undefined }], future: rest },
  };
}
