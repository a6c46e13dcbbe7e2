/** The JSON of the API and of the live socket: one and the same shapes. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

// ── Graph document ──────────────────────────────────────────────────────────────────────────────────

export type OnError = "fail" | "continue";

export interface NodeSettings {
  disabled?: boolean;
  timeout?: number | null;
  on_error?: OnError;
  retry?: { attempts: number; delay: number; backoff: number };
  notes?: string;
}

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

export interface GraphEdge {
  id: string;
  source: string;
  source_port: string;
  target: string;
  target_port: string;
}

export interface GraphDocument {
  format: "flowstudio/1";
  nodes: GraphNode[];
  edges: GraphEdge[];
}

export interface Cure {
  title: string;
  node: string;
  path: (string | number)[];
  value: Json;
}

export interface Problem {
  code: string;
  node: string | null;
  edge: string | null;
  path: (string | number)[];
  message: string;
  severity: "error" | "warning";
  cures: Cure[];
}

// ── Plugins ─────────────────────────────────────────────────────────────────────────────────────────

export type PortType = "any" | "object" | "list" | "text" | "number" | "boolean";

export interface Port {
  name: string;
  title: string;
  description: string;
  type: PortType;
}

export interface PluginHelp {
  description: string;
  inputs_outputs: string;
  configuration: string;
  required_resources: string;
  errors: string;
}

export interface Plugin {
  id: string;
  version: number;
  name: string;
  group: string;
  icon: string;
  description: string;
  inputs: Port[];
  outputs: Port[];
  outputs_from: string | null;
  trigger: boolean;
  effects: boolean;
  acts: string;
  enabled: boolean;
  config_schema: JsonObject;
  defaults: JsonObject;
  help: PluginHelp;
}

export interface PluginList {
  results: Plugin[];
  broken: { id: string; message: string }[];
}

// ── Workflows ───────────────────────────────────────────────────────────────────────────────────────

export type Role = "view" | "edit" | "run" | "publish" | "payloads";

export interface RunShort {
  id: string;
  status: RunStatus;
  kind: RunKind;
  is_test: boolean;
  queued: string;
  ended: string | null;
}

export interface WorkflowRow {
  id: string;
  name: string;
  description: string;
  enabled: boolean;
  revision: number;
  published_version: number | null;
  settings: { recording?: "none" | "status" | "all" };
  owner: string | number | { id: string | number; name: string } | null;
  roles: Role[];
  updated: string;
  updated_by: string | { name: string } | null;
  last_run: RunShort | null;
  has_unpublished_changes: boolean;
  counts?: { nodes: number };
}

export interface Workflow extends WorkflowRow {
  graph: GraphDocument;
  problems: Problem[];
}

export interface Version {
  number: number;
  name: string;
  note: string;
  created: string;
  created_by: string | { name: string } | null;
  snapshot: string;
  graph?: GraphDocument;
}

// ── Events, runs, steps ─────────────────────────────────────────────────────────────────────────────

export type RunStatus = "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled";
export type StepStatus = RunStatus;
export type RunKind = "foreground" | "background";

export interface Summary {
  type: "object" | "list" | "text" | "number" | "boolean" | "null";
  size: number;
  count: number | null;
  preview: string;
}

export interface ErrorValue {
  message: string;
  type: string;
  node?: string;
  payload?: Json;
  [key: string]: Json | undefined;
}

export interface Run {
  id: string;
  workflow: string;
  version: number | null;
  kind: RunKind;
  is_test: boolean;
  status: RunStatus;
  reason: string | null;
  event: { id: string; type: string };
  parent: string | null;
  parent_node: string | null;
  parent_iteration: string | null;
  root: string;
  start_node: string;
  queued: string;
  started: string | null;
  ended: string | null;
  recording: string;
  error: ErrorValue | null;
  snapshot: string;
}

export interface RunDetail extends Run {
  graph: GraphDocument;
  tree: Run[];
}

export interface LogLine {
  time: string;
  level: "debug" | "info" | "warning" | "error";
  message: string;
}

export interface Step {
  id: string;
  seq: number;
  run: string;
  node: string;
  plugin: string;
  iteration: string;
  attempts: number;
  status: StepStatus;
  queued: string | null;
  started: string | null;
  ended: string | null;
  input: Summary | null;
  outputs: Record<string, Summary | null>;
  error: ErrorValue | null;
  log: LogLine[];
  background_run: string | null;
  recorded: boolean;
}

export interface WholeValue {
  value: Json;
  size: number;
  cut: boolean;
}

export interface StepDetail extends Omit<Step, "input" | "outputs"> {
  input: WholeValue | null;
  outputs: Record<string, WholeValue | null>;
}

export interface EventRow {
  id: string;
  event_id: string;
  type: string;
  source: string;
  subject: string | null;
  time: string;
  received: string;
  size: number;
  is_test: boolean;
  properties: Summary | Json;
  run: string | null;
  runs: RunShort[];
  depth: number;
}

export interface Sample {
  id: string;
  workflow: string;
  name: string;
  event_type: string;
  properties: Json;
}

export interface Page<Row> {
  next: string | null;
  previous: string | null;
  results: Row[];
}

export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: { path: string | (string | number)[]; message: string }[];
  problems?: Problem[];
  current?: Workflow;
}
