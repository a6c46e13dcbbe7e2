/** The JSON of the API and of the live socket, from the API's own document (schema.d.ts, made by `npm run types`). */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** The document says "any JSON value" where its own types know nothing: that is what it means. */
type WithJson<T> = unknown extends T
  ? Json
  : T extends (infer Item)[]
    ? WithJson<Item>[]
    : T extends object
      ? { [Key in keyof T]: WithJson<T[Key]> }
      : T;

// ── Graph document ──────────────────────────────────────────────────────────────────────────────────

export type OnError = Schemas["OnErrorEnum"];
export type NodeSettings = Partial<Schemas["NodeSettings"]>;
export type GraphEdge = Schemas["Edge"];

export interface GraphNode {
  id: string;
  plugin: string;
  plugin_version?: number;
  name: string;
  position: [number, number];
  config: JsonObject;
  settings?: NodeSettings;
  parent?: string | null;
}

export interface GraphDocument {
  format: "flowstudio/1";
  nodes: GraphNode[];
  edges: GraphEdge[];
}

export type Cure = WithJson<Schemas["Cure"]>;
export type Problem = WithJson<Schemas["Problem"]>;

// ── Plugins ─────────────────────────────────────────────────────────────────────────────────────────

export type Port = Schemas["Port"];
export type PortType = Schemas["PortTypeEnum"];
export type PluginHelp = Schemas["PluginHelp"];
export type Plugin = WithJson<Schemas["Plugin"]>;
export type PluginList = WithJson<Schemas["Palette"]>;

// ── Workflows ───────────────────────────────────────────────────────────────────────────────────────

export type Role = Schemas["Role"];
export type RunShort = Schemas["RunShort"];
export type WorkflowRow = Schemas["WorkflowRow"];
export type Workflow = Omit<WithJson<Schemas["Workflow"]>, "graph"> & { graph: GraphDocument };
export type Version = Schemas["Version"];

// ── Events, runs, steps ─────────────────────────────────────────────────────────────────────────────

export type RunStatus = Schemas["Status"];
export type StepStatus = RunStatus;
export type RunKind = Schemas["Kind"];
export type Summary = WithJson<Schemas["Summary"]>;
export type ErrorValue = WithJson<Schemas["RunError"]>;
export type Run = WithJson<Schemas["Run"]>;
export type RunDetail = Omit<WithJson<Schemas["RunDetail"]>, "graph"> & { graph: GraphDocument };
export type LogLine = Schemas["LogLine"];
export type Step = WithJson<Schemas["Step"]>;
export type WholeValue = WithJson<Schemas["WholePayload"]>;
export type StepDetail = WithJson<Schemas["StepDetail"]>;
export type Sample = Omit<WithJson<Schemas["Sample"]>, "properties"> & { properties: Json };

/** In lists the properties are a summary, by themselves they are whole. */
export type EventRow = Omit<WithJson<Schemas["EventDetail"]>, "properties"> & { properties: Summary | Json };

export interface Page<Row> {
  next: string | null;
  previous: string | null;
  results: Row[];
}

export type ProblemDocument = Omit<Schemas["ProblemDocument"], "errors"> & {
  errors?: { path: string | (string | number)[]; message: string }[];
  problems?: Problem[];
  current?: Workflow;
};
