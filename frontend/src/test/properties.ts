/** The text of the JSON editor as a value, or what is wrong with it and where. */
import type { Json } from "@/api/types";

export type Parsed = { value: Json; error: null } | { value: null; error: ParseError };

export interface ParseError {
  message: string;
  line: number;
  column: number;
  position: number;
}

/** Nothing typed means no properties. */
export function parseProperties(text: string): Parsed {
  if (text.trim() === "") return { value: {}, error: null };
  try {
    return { value: JSON.parse(text) as Json, error: null };
  } catch (reason) {
    return { value: null, error: locate(text, reason instanceof Error ? reason.message : String(reason)) };
  }
}

/** Browsers name the place as "at position 12" or "at line 2 column 3", or say that the text ended. */
function locate(text: string, message: string): ParseError {
  const position = /position (\d+)/.exec(message);
  const place = /line (\d+) column (\d+)/.exec(message);
  const at = position
    ? Number(position[1])
    : place
      ? offsetOf(text, Number(place[1]), Number(place[2]))
      : text.length;
  const before = text.slice(0, at).split("\n");
  const said = message
    .replace(/ ?(in JSON)? at (position|line).*$/, "")
    .replace(/^JSON\.parse: /, "")
    .replace(/, ".*$/s, "");
  return { message: said, line: before.length, column: (before.at(-1)?.length ?? 0) + 1, position: at };
}

function offsetOf(text: string, line: number, column: number): number {
  const before = text.split("\n").slice(0, line - 1);
  return before.reduce((sum, each) => sum + each.length + 1, 0) + column - 1;
}

export const format = (value: Json): string => JSON.stringify(value, null, 2);
