/** What a key means in a tree of rows. */
import type { Row } from "./tree";

export type TreeKey = { to: number } | { open: boolean } | "act" | "copy value" | "copy path" | null;

const PAGE_OF_ROWS = 15;

export function treeKey(key: string, rows: readonly Row[], at: number): TreeKey {
  const row = rows[at];
  switch (key) {
    case "ArrowDown":
      return { to: at + 1 };
    case "ArrowUp":
      return { to: at - 1 };
    case "Home":
      return { to: 0 };
    case "End":
      return { to: rows.length - 1 };
    case "PageDown":
      return { to: at + PAGE_OF_ROWS };
    case "PageUp":
      return { to: at - PAGE_OF_ROWS };
    case "ArrowRight":
      return row?.open === false ? { open: true } : { to: at + 1 };
    case "ArrowLeft":
      return row?.open ? { open: false } : { to: parentOf(rows, at) };
    case "Enter":
    case " ":
      return "act";
    case "c":
      return "copy value";
    case "p":
      return "copy path";
    default:
      return null;
  }
}

function parentOf(rows: readonly Row[], at: number): number {
  const level = rows[at]?.level ?? 0;
  for (let index = at - 1; index >= 0; index--) if ((rows[index]?.level ?? 0) < level) return index;
  return 0;
}
