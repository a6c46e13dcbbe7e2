/** Data fields as text: JSON, where a lone `{{ expression }}` may stand without quotes. */
import type { Json } from "@/api/types";

const LONE = /^\s*\{\{[\s\S]*\}\}\s*$/;

export function toText(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string" && LONE.test(value)) return value;
  if (typeof value === "object" && Object.keys(value).length === 0) return "";
  return JSON.stringify(value, null, 2);
}

export type Read = { value: Json | undefined } | { error: string };

/** `empty` is what an empty text stands for. */
export function fromText(text: string, empty: Json | undefined): Read {
  if (text.trim() === "") return { value: empty };
  try {
    return { value: JSON.parse(text) as Json };
  } catch (error) {
    if (LONE.test(text)) return { value: text.trim() };
    return { error: place(text, error) };
  }
}

/** "Line 3: expected ',' …": browsers name a position, people look for a line. */
function place(text: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const position = /position (\d+)/.exec(message)?.[1];
  const plain = message
    .replace(/ in JSON at position.*$/, "")
    .replace(/, ".*" is not valid JSON$/s, "")
    .replace(/^JSON\.parse: /, "");
  if (position === undefined) return `This is not JSON yet: ${plain}.`;
  const line = text.slice(0, Number(position)).split("\n").length;
  return `Line ${line}: ${plain}. The last valid value is kept.`;
}
