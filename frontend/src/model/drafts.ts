/** Drafts that could not be sent, kept in the browser until they were. */
import type { GraphDocument } from "@/api/types";

export interface Draft {
  /** The revision that the draft was made from. */
  revision: number;
  graph: GraphDocument;
}

const key = (workflow: string) => `flowstudio:draft:${workflow}`;

export function keep(workflow: string, draft: Draft): void {
  try {
    localStorage.setItem(key(workflow), JSON.stringify(draft));
  } catch {
    // Storage is full or forbidden: the draft still lives in this page, and saving goes on being tried.
  }
}

export function recall(workflow: string): Draft | null {
  try {
    const text = localStorage.getItem(key(workflow));
    return text === null ? null : (JSON.parse(text) as Draft);
  } catch {
    return null;
  }
}

export function forget(workflow: string): void {
  try {
    localStorage.removeItem(key(workflow));
  } catch {
    // Nothing was kept where storage is forbidden.
  }
}
