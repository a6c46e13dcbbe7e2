/** The text of the JSON editor as a value, or what is wrong with it and where. */
import type { Json } from "@/api/types";
import { findJsonError } from "./jsonError";

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
  } catch {
    const { message, position } = findJsonError(text) ?? { message: "This is not JSON", position: 0 };
    const before = text.slice(0, position).split("\n");
    return {
      value: null,
      error: { message, position, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 },
    };
  }
}

export const format = (value: Json): string => JSON.stringify(value, null, 2);
