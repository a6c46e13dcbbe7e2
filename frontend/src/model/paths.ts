/** Reading and setting values inside JSON by path, without changing the original. */
import type { Json } from "@/api/types";

export type Path = readonly (string | number)[];

export function getAt(value: unknown, path: Path): unknown {
  let current = value;
  for (const step of path) {
    if (current === null || typeof current !== "object") return undefined;
    current = (current as Record<string | number, unknown>)[step];
  }
  return current;
}

/** A copy with `value` at `path`; `undefined` takes the key away. */
export function setAt(target: unknown, path: Path, value: Json | undefined): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  if (Array.isArray(target) || (typeof head === "number" && (target === undefined || target === null))) {
    const copy = Array.isArray(target) ? [...target] : [];
    if (rest.length === 0 && value === undefined) copy.splice(Number(head), 1);
    else copy[Number(head)] = setAt(copy[Number(head)], rest, value);
    return copy;
  }
  const copy: Record<string, unknown> = target && typeof target === "object" ? { ...target } : {};
  if (rest.length === 0 && value === undefined) delete copy[head];
  else copy[head] = setAt(copy[head], rest, value);
  return copy;
}
