/** A JSON value as the flat list of rows that a person has unfolded: arithmetic only, no screen. */
import type { Json } from "@/api/types";

export type JsonPath = readonly (string | number)[];

export interface Row {
  /** JSON Pointer of the value; the rest of a long list has its own. */
  id: string;
  path: JsonPath;
  level: number;
  /** What the parent calls it; null at the top. */
  name: string | number | null;
  value: Json;
  /** Folded or unfolded; null for what cannot be unfolded. */
  open: boolean | null;
  /** Not a value but the rest of its parent: so many children are not listed yet. */
  more?: number;
}

export interface Folding {
  /** Ids that were unfolded or folded by hand; anything else follows the rule of `opensByItself`. */
  byHand: ReadonlyMap<string, boolean>;
  /** Children listed per container beyond the first page. */
  pages: ReadonlyMap<string, number>;
}

export const NO_FOLDING: Folding = { byHand: new Map(), pages: new Map() };
export const PAGE = 500;
const LONG_TEXT = 120;
const SMALL = 30;

export const pointer = (path: JsonPath): string =>
  path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

export const isContainer = (value: Json): value is Json[] | { [key: string]: Json } =>
  typeof value === "object" && value !== null;

export const countOf = (value: Json): number =>
  Array.isArray(value) ? value.length : isContainer(value) ? Object.keys(value).length : 0;

/** Text that is shown in one line, with the rest folded away. */
export const isLongText = (value: Json): value is string =>
  typeof value === "string" && (value.length > LONG_TEXT || value.includes("\n"));

/** The first levels of what is small are open, so that most payloads need no click. */
function opensByItself(value: Json, level: number): boolean {
  if (level === 0) return true;
  if (!isContainer(value)) return false;
  return (level === 1 && countOf(value) <= SMALL) || (level === 2 && countOf(value) <= 8);
}

function isOpen(id: string, value: Json, level: number, folding: Folding): boolean | null {
  if (!isLongText(value) && (!isContainer(value) || countOf(value) === 0)) return null;
  return folding.byHand.get(id) ?? opensByItself(value, level);
}

/** The rows to draw. With `shown`, only values whose id is in it, all unfolded (a search). */
export function flatten(root: Json, folding: Folding, shown?: ReadonlySet<string>): Row[] {
  const rows: Row[] = [];
  const visit = (value: Json, path: JsonPath, id: string, level: number) => {
    if (shown && !shown.has(id)) return;
    const open = isOpen(id, value, level, folding);
    const unfolded = open !== null && isContainer(value) && (shown ? folding.byHand.get(id) !== false : open);
    rows.push({
      id,
      path,
      level,
      name: path.at(-1) ?? null,
      value,
      open: shown && isContainer(value) ? unfolded : open,
    });
    if (unfolded) visitChildren(value, path, id, level);
  };
  const visitChildren = (
    value: Json[] | { [key: string]: Json },
    path: JsonPath,
    id: string,
    level: number,
  ) => {
    const limit = shown ? Number.POSITIVE_INFINITY : PAGE * (1 + (folding.pages.get(id) ?? 0));
    let listed = 0;
    for (const [name, child] of childrenOf(value)) {
      if (listed++ >= limit) break;
      visit(child, [...path, name], `${id}${pointer([name])}`, level + 1);
    }
    const more = countOf(value) - limit;
    if (more > 0) {
      rows.push({ id: `${id} more`, path, level: level + 1, name: null, value: null, open: null, more });
    }
  };
  visit(root, [], "", 0);
  return rows;
}

export function* childrenOf(value: Json): Iterable<[string | number, Json]> {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield [index, item];
  else if (isContainer(value)) yield* Object.entries(value);
}

/** Ids of all values whose name or text holds `wanted`, with everything on the way to them. */
export function find(root: Json, wanted: string): { matches: Set<string>; shown: Set<string> } {
  const needle = wanted.toLowerCase();
  const matches = new Set<string>();
  const shown = new Set<string>([""]);
  const holds = (text: string) => text.toLowerCase().includes(needle);
  const visit = (value: Json, id: string, name: string | number | null): boolean => {
    const itself = (typeof name === "string" && holds(name)) || (!isContainer(value) && holds(String(value)));
    if (itself) matches.add(id);
    let inside = false;
    for (const [key, child] of childrenOf(value)) {
      if (visit(child, `${id}${pointer([key])}`, key)) inside = true;
    }
    if (itself || inside) shown.add(id);
    return itself || inside;
  };
  visit(root, "", null);
  return { matches, shown };
}

/** How an expression reads the value: `payload.items[0]["unit price"]`. */
export function expressionPath(path: JsonPath, root: string): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return /^[A-Za-z_][A-Za-z0-9_]*$/.test(step) ? `${text}.${step}` : `${text}[${JSON.stringify(step)}]`;
  }, root);
}

export type Difference = "added" | "changed" | null;

/** What stands at this row and did not stand at the same place before. Containers count when they are new. */
export function difference(before: Json | undefined, row: Row): Difference {
  if (before === undefined || row.path.length === 0 || row.more !== undefined) return null;
  const old = valueAt(before, row.path);
  if (old === undefined) return valueAt(before, row.path.slice(0, -1)) === undefined ? null : "added";
  if (isContainer(row.value)) return isContainer(old) ? null : "changed";
  return Object.is(old, row.value) ? null : "changed";
}

export function valueAt(root: Json, path: JsonPath): Json | undefined {
  let value: Json | undefined = root;
  for (const step of path) {
    if (Array.isArray(value)) value = typeof step === "number" ? value[step] : undefined;
    else if (value !== undefined && isContainer(value))
      value = Object.hasOwn(value, step) ? value[step] : undefined;
    else return undefined;
  }
  return value;
}
