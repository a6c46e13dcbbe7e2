/** What may follow at the caret of an expression: names, fields of the last real payload, other nodes. */
import type { Json } from "@/api/types";
import type { CodeLanguage } from "./CodeInput";

export interface Scope {
  /** The input of the node in the run that is shown; undefined where none is known. */
  payload?: Json;
  event?: Json;
  run?: Json;
  /** The names of the nodes in front. */
  nodes: readonly string[];
}

export interface Suggestion {
  label: string;
  /** What it holds, or what it is. */
  detail: string;
  /** The text that takes the place of what was typed. */
  text: string;
}

export interface Completion {
  from: number;
  to: number;
  suggestions: Suggestion[];
}

const ROOTS: Suggestion[] = [
  { label: "payload", detail: "what the node is given", text: "payload" },
  { label: "event", detail: "what started the run", text: "event" },
  { label: "run", detail: "this run", text: "run" },
  { label: 'node("…")', detail: "what another node returned", text: 'node("' },
];
const EVENT: Json = { id: "", type: "", source: "", subject: null, time: "", properties: {} };
const RUN: Json = { id: "", kind: "foreground", workflow: "", is_test: true, is_replay: false, started: "" };
const LIMIT = 40;

/** A name with its fields, up to the caret: `event.properties.to`, `payload["a b"].c`. */
const CHAIN = /(?:[A-Za-z_]\w*|\)|\])?(?:(?:\.[A-Za-z_]\w*)|(?:\[(?:"[^"]*"|\d+)\]))*\.?(?:[A-Za-z_]\w*)?$/;
const NODE_NAME = /\bnode\(\s*(["'])([^"']*)$/;

export function complete(
  text: string,
  caret: number,
  language: CodeLanguage,
  scope: Scope,
): Completion | null {
  const before = text.slice(0, caret);
  const code = language === "expression" ? before : insideBraces(before);
  if (code === null) return null;
  const name = NODE_NAME.exec(code);
  if (name) return nodeNames(name[2] ?? "", name[1] as string, caret, text, scope);
  if (inString(code)) return null;
  const chain = CHAIN.exec(code)?.[0] ?? "";
  const steps = chain.split(".");
  const typed = steps.pop() ?? "";
  const from = caret - typed.length;
  if (steps.length === 0) return listed(ROOTS, typed, from, caret);
  const holder = resolve(steps.join("."), scope);
  return holder === undefined ? null : listed(fieldsOf(holder), typed, from, caret);
}

/** The expression between the last `{{` and the caret; null outside of one. */
function insideBraces(before: string): string | null {
  const open = before.lastIndexOf("{{");
  return open === -1 || before.indexOf("}}", open) !== -1 ? null : before.slice(open + 2);
}

function inString(code: string): boolean {
  const plain = code.replace(/\\./g, "");
  const quoted = plain.replace(/"[^"]*"|'[^']*'/g, "");
  return /["']/.test(quoted);
}

function nodeNames(
  typed: string,
  quote: string,
  caret: number,
  text: string,
  scope: Scope,
): Completion | null {
  const closes = text.slice(caret).startsWith(quote);
  const names = scope.nodes.map((name) => ({
    label: name,
    detail: "node",
    text: closes ? name : `${name}${quote})`,
  }));
  return listed(names, typed, caret - typed.length, caret);
}

function listed(all: Suggestion[], typed: string, from: number, to: number): Completion | null {
  const wanted = typed.toLowerCase();
  const fitting = all.filter(({ label }) => label.toLowerCase().includes(wanted) && label !== typed);
  fitting.sort((a, b) => rank(a, wanted) - rank(b, wanted));
  return fitting.length === 0 ? null : { from, to, suggestions: fitting.slice(0, LIMIT) };
}

const rank = ({ label }: Suggestion, typed: string): number =>
  label.toLowerCase().startsWith(typed) ? 0 : 1;

const STEP = /^([A-Za-z_]\w*)|\.([A-Za-z_]\w*)|\[(?:"([^"]*)"|(\d+))\]/g;

function resolve(chain: string, scope: Scope): Json | undefined {
  const steps = [...chain.matchAll(STEP)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? Number(match[4]),
  );
  const [root, ...rest] = steps;
  let value: Json | undefined = rootOf(root, scope);
  for (const step of rest) {
    if (value === null || typeof value !== "object") return undefined;
    value = (value as Record<string | number, Json>)[step as string];
  }
  return value;
}

function rootOf(name: string | number | undefined, scope: Scope): Json | undefined {
  if (name === "payload") return scope.payload;
  if (name === "event") return scope.event ?? EVENT;
  if (name === "run") return scope.run ?? RUN;
  return undefined;
}

function fieldsOf(holder: Json): Suggestion[] {
  if (holder === null || typeof holder !== "object" || Array.isArray(holder)) return [];
  return Object.entries(holder)
    .filter(([key]) => /^[A-Za-z_]\w*$/.test(key))
    .map(([key, value]) => ({ label: key, detail: sample(value), text: key }));
}

function sample(value: Json): string {
  if (Array.isArray(value)) return `list of ${value.length}`;
  if (value !== null && typeof value === "object") return `${Object.keys(value).length} fields`;
  const text = JSON.stringify(value);
  return text.length > 32 ? `${text.slice(0, 31)}…` : text;
}
