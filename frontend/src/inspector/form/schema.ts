/** Turns the JSON Schema of a config (as pydantic writes it) into the fields of a form. */
import type { Json, JsonObject } from "@/api/types";

export type FieldKind =
  | "expression"
  | "template"
  | "data"
  | "text"
  | "number"
  | "boolean"
  | "choice"
  | "texts"
  | "choices"
  | "map"
  | "object"
  | "json";

export interface FieldHints {
  multiline?: boolean;
  code?: string;
  secret?: boolean;
  placeholder?: string;
  group?: string;
  generate?: string;
  /** The name of a list that the installation offers. */
  options?: string;
  /** No expression may stand here. */
  literal?: boolean;
  show_if?: { field: string; value: Json };
}

export interface FormField {
  name: string;
  title: string;
  description: string;
  kind: FieldKind;
  required: boolean;
  /** May be cleared: the schema allows null. */
  nullable: boolean;
  fallback: Json | undefined;
  examples: Json[];
  options: Json[];
  integer: boolean;
  minimum: number | undefined;
  maximum: number | undefined;
  fields: FormField[];
  hints: FieldHints;
}

type Schema = JsonObject;

export function fieldsOf(schema: Schema, definitions: JsonObject = objectOf(schema.$defs)): FormField[] {
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  return Object.entries(objectOf(schema.properties)).map(([name, property]) =>
    fieldOf(name, objectOf(property), required.has(name), definitions),
  );
}

function fieldOf(name: string, written: Schema, required: boolean, definitions: JsonObject): FormField {
  const { schema, nullable } = withoutNull(resolve(written, definitions), definitions);
  const kind = kindOf(schema, definitions);
  return {
    name,
    title: text(written.title) ?? text(schema.title) ?? name,
    description: text(written.description) ?? text(schema.description) ?? "",
    kind,
    required,
    nullable,
    fallback: written.default,
    examples: list(written.examples) ?? list(schema.examples) ?? [],
    options: optionsOf(kind === "choices" ? resolve(objectOf(schema.items), definitions) : schema),
    integer: schema.type === "integer",
    minimum: number(schema.minimum) ?? number(schema.exclusiveMinimum),
    maximum: number(schema.maximum) ?? number(schema.exclusiveMaximum),
    fields: kind === "object" ? fieldsOf(schema, definitions) : [],
    hints: objectOf(written["x-ui"] ?? schema["x-ui"]) as FieldHints,
  };
}

function resolve(schema: Schema, definitions: JsonObject): Schema {
  const reference = text(schema.$ref)?.replace("#/$defs/", "");
  if (reference === undefined) return schema;
  const { $ref: _, ...beside } = schema;
  return { ...objectOf(definitions[reference]), ...beside };
}

/** `Optional[T]` is `anyOf` T and null: a T that can be cleared. */
function withoutNull(schema: Schema, definitions: JsonObject): { schema: Schema; nullable: boolean } {
  const choices = list(schema.anyOf)?.map((item) => resolve(objectOf(item), definitions));
  if (!choices) return { schema, nullable: false };
  const others = choices.filter((item) => item.type !== "null");
  const nullable = others.length < choices.length;
  const [only, another] = others;
  if (!only || another) return { schema, nullable };
  const { anyOf: _, ...beside } = schema;
  return { schema: { ...only, ...beside }, nullable };
}

const KINDS = ["expression", "template", "data"] as const;

function kindOf(schema: Schema, definitions: JsonObject): FieldKind {
  const declared = KINDS.find((kind) => kind === schema["x-kind"]);
  if (declared) return declared;
  if (schema.anyOf || schema.oneOf || schema.allOf) return "json";
  if (schema.enum || schema.const !== undefined) return "choice";
  switch (schema.type) {
    case "string":
      return "text";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "array":
      return kindOfList(resolve(objectOf(schema.items), definitions));
    case "object":
      return kindOfObject(schema);
    default:
      return "json";
  }
}

function kindOfList(items: Schema): FieldKind {
  if (items.enum) return "choices";
  return items.type === "string" ? "texts" : "json";
}

function kindOfObject(schema: Schema): FieldKind {
  if (Object.keys(objectOf(schema.properties)).length > 0) return "object";
  return objectOf(schema.additionalProperties).type === "string" ? "map" : "json";
}

const optionsOf = (schema: Schema): Json[] =>
  list(schema.enum) ?? (schema.const === undefined ? [] : [schema.const]);

const objectOf = (value: Json | undefined): JsonObject =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
const list = (value: Json | undefined): Json[] | undefined => (Array.isArray(value) ? value : undefined);
const text = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined);
const number = (value: Json | undefined): number | undefined =>
  typeof value === "number" ? value : undefined;

// ── Values ──────────────────────────────────────────────────────────────────────────────────────────

/** Expression, template and data are evaluated anyway; a secret must not become one. */
export const mayBeExpression = (field: FormField): boolean =>
  !KINDS.some((kind) => kind === field.kind) &&
  !field.hints.secret &&
  !field.hints.literal &&
  field.kind !== "object";

export function expressionIn(value: Json | undefined): string | null {
  const holder = value === undefined ? {} : objectOf(value);
  return Object.keys(holder).length === 1 && typeof holder.$expr === "string" ? holder.$expr : null;
}

/** The expression that means the same as a fixed value. */
export const asExpression = (value: Json | undefined): Json => ({
  $expr: value === undefined || value === null || value === "" ? "" : JSON.stringify(value),
});

/** The fixed value that an expression spells out, where it does. */
export function asLiteral(expression: string, field: FormField): Json | undefined {
  try {
    return JSON.parse(expression) as Json;
  } catch {
    return field.fallback;
  }
}

export function isShown(field: FormField, config: JsonObject, fields: readonly FormField[]): boolean {
  const condition = field.hints.show_if;
  if (!condition) return true;
  const other = fields.find((item) => item.name === condition.field);
  const value = config[condition.field] ?? other?.fallback;
  const wanted = condition.value;
  return Array.isArray(wanted) ? wanted.some((item) => item === value) : wanted === value;
}

export interface FieldGroup {
  name: string;
  fields: FormField[];
}

/** Fields by their group, in the order of declaration. */
export function grouped(fields: readonly FormField[]): FieldGroup[] {
  const groups: FieldGroup[] = [];
  for (const field of fields) {
    const name = field.hints.group ?? "";
    const known = groups.find((group) => group.name === name);
    if (known) known.fields.push(field);
    else groups.push({ name, fields: [field] });
  }
  return groups;
}
