/** The one store of the editor: the workflow, its draft graph, what is selected, and every edit of it. */
import { create } from "zustand";
import { ApiError, api, Offline } from "@/api/client";
import type {
  Cure,
  GraphDocument,
  GraphNode,
  Json,
  JsonObject,
  NodeSettings,
  Plugin,
  PluginList,
  Problem,
  RunDetail,
  Version,
  Workflow,
} from "@/api/types";
import { layoutsOf, loopAt, settled } from "@/canvas/geometry";
import * as clipboard from "./clipboard";
import { areSame } from "./compare";
import * as drafts from "./drafts";
import * as graphs from "./graph";
import * as histories from "./history";
import { parentOf, putInto, refusalToStand, withBodies, within } from "./loops";
import { setAt } from "./paths";
import { declaredOutputs } from "./ports";

export type SaveState = "saved" | "saving" | "dirty" | "offline" | "conflict" | "refused";

export interface Selection {
  nodes: string[];
  edges: string[];
}

/** A past run opened on the canvas: its own graph is drawn, and nothing can be edited. */
export interface Viewing {
  runId: string;
  graph: GraphDocument;
  version: number | null;
}

export interface AddOptions {
  config?: JsonObject;
  /** Connect the new node behind this port … */
  from?: { node: string; port: string };
  /** … or in front of this one. */
  to?: { node: string; port: string };
  /** … or into this edge. */
  splice?: string;
  /** Stand in this loop; without it where the neighbour of the new node stands. */
  parent?: string | null;
  select?: boolean;
}

export interface EditorState {
  workflow: Workflow | null;
  loadError: string | null;
  /** The draft. Never changed in place. */
  document: GraphDocument;
  viewing: Viewing | null;
  plugins: graphs.Plugins;
  brokenPlugins: PluginList["broken"];
  selection: Selection;
  problems: Problem[];
  saveState: SaveState;
  saveError: string | null;
  /** What somebody else saved in between, while `saveState` is "conflict". */
  theirs: Workflow | null;
  history: histories.History;
  /** Nodes whose unwired error port is drawn on demand. */
  errorPorts: ReadonlySet<string>;

  open: (workflowId: string) => Promise<void>;
  close: () => void;
  change: (label: string, recipe: (draft: GraphDocument) => void, merge?: string) => boolean;
  addNode: (plugin: string, position: [number, number], options?: AddOptions) => string | null;
  /** Draws an edge; returns the reason where it may not be drawn. */
  connect: (link: graphs.Link) => string | null;
  /** Leads an edge elsewhere; returns the reason where it may not. */
  reconnect: (edge: string, link: graphs.Link) => string | null;
  moveNodes: (positions: Record<string, [number, number]>, label?: string, merge?: string) => void;
  /** Puts nodes into a loop, or out of all loops (null), at new positions; returns why it may not, or how many
   * edges went because they would have crossed a border. */
  moveInto: (
    nodes: string[],
    loop: string | null,
    positions: Record<string, [number, number]>,
  ) => string | number;
  remove: (selection: Selection) => void;
  setConfig: (node: string, path: (string | number)[], value: Json | undefined) => void;
  setSettings: (node: string, settings: NodeSettings, label: string) => void;
  /** Renames a node and what refers to it; returns the reason where it may not. */
  rename: (node: string, name: string) => string | null;
  showErrorPort: (node: string) => void;
  applyCure: (cure: Cure) => void;
  replaceDocument: (document: GraphDocument, label: string) => void;
  copy: (selection: Selection) => string | null;
  /** Pastes copied text, centred on `at`; returns the reason where it cannot. */
  paste: (text: string, at?: [number, number]) => string | null;
  duplicate: (selection: Selection) => void;
  undo: () => string | null;
  redo: () => string | null;
  select: (selection: Partial<Selection>) => void;
  view: (run: RunDetail | null) => void;
  setWorkflow: (fields: {
    name?: string;
    description?: string;
    settings?: Workflow["settings"];
  }) => Promise<void>;
  setEnabled: (enabled: boolean) => Promise<void>;
  save: () => Promise<void>;
  resolveConflict: (keep: "mine" | "theirs") => Promise<void>;
  publish: (name: string, note: string) => Promise<Version>;
  documentForTest: () => GraphDocument;
}

const SAVE_AFTER_MS = 800;
const RETRY_AFTER_MS = 5000;
const CHECK_AFTER_MS = 500;

let saveTimer: number | undefined;
let checkTimer: number | undefined;
let saving: Promise<void> | null = null;
let checkNumber = 0;
/** What was sent and got no answer: the server may have stored it all the same. */
let unanswered: GraphDocument | null = null;

const blank = () => ({
  workflow: null,
  loadError: null,
  document: graphs.emptyDocument(),
  viewing: null,
  selection: { nodes: [], edges: [] },
  problems: [],
  saveState: "saved" as SaveState,
  saveError: null,
  theirs: null,
  history: histories.emptyHistory(),
  errorPorts: new Set<string>(),
});

export const useEditor = create<EditorState>()((set, get) => {
  /** Takes over a changed document: marks it dirty, forgets what is gone, saves and checks soon. */
  function adopt(changed: histories.Changed | null): boolean {
    if (!changed || !canEdit(get())) return false;
    const { selection } = get();
    const nodes = new Set(changed.document.nodes.map((node) => node.id));
    const edges = new Set(changed.document.edges.map((edge) => edge.id));
    set({
      ...changed,
      selection: {
        nodes: selection.nodes.filter((id) => nodes.has(id)),
        edges: selection.edges.filter((id) => edges.has(id)),
      },
      saveState: get().saveState === "conflict" ? "conflict" : "dirty",
    });
    scheduleSave(SAVE_AFTER_MS);
    scheduleCheck();
    return true;
  }

  function scheduleSave(after: number): void {
    window.clearTimeout(saveTimer);
    saveTimer = window.setTimeout(() => void get().save(), after);
  }

  function scheduleCheck(): void {
    window.clearTimeout(checkTimer);
    checkTimer = window.setTimeout(() => void check(), CHECK_AFTER_MS);
  }

  async function check(): Promise<void> {
    const { workflow, document } = get();
    if (!workflow) return;
    const number = ++checkNumber;
    try {
      const answer = await api.post<{ problems: Problem[] }>(`workflows/${workflow.id}/check/`, {
        graph: document,
      });
      if (number === checkNumber && get().workflow?.id === workflow.id) set({ problems: answer.problems });
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof Offline)) throw error;
    }
  }

  /** One attempt to save the draft; whatever comes back, the draft is not lost. */
  async function attempt(): Promise<void> {
    const { workflow, document, saveState } = get();
    if (!workflow || !canEdit(get()) || saveState === "saved" || saveState === "conflict") return;
    set({ saveState: "saving" });
    try {
      const saved = await api.patch<Workflow>(`workflows/${workflow.id}/`, {
        revision: workflow.revision,
        graph: document,
      });
      if (get().workflow?.id !== workflow.id) return;
      unanswered = null;
      const current = get().document === document;
      set({ workflow: saved, saveError: null, saveState: current ? "saved" : "dirty" });
      if (current) {
        drafts.forget(workflow.id);
        set({ problems: saved.problems ?? get().problems });
      } else scheduleSave(SAVE_AFTER_MS);
    } catch (error) {
      if (get().workflow?.id === workflow.id) failed(error, workflow, document);
      else if (!(error instanceof ApiError || error instanceof Offline)) throw error;
    }
  }

  function failed(error: unknown, workflow: Workflow, sent: GraphDocument): void {
    drafts.keep(workflow.id, { revision: workflow.revision, graph: get().document });
    if (error instanceof Offline || (error instanceof ApiError && error.status >= 500)) {
      unanswered = sent;
      set({ saveState: "offline", saveError: error.message });
      scheduleSave(RETRY_AFTER_MS);
    } else if (error instanceof ApiError && error.status === 409 && error.problem.current) {
      const theirs = error.problem.current;
      const isMine = [sent, unanswered].some((mine) => mine && areSame(theirs.graph, mine));
      if (isMine) goOnFrom(theirs);
      else set({ saveState: "conflict", theirs, saveError: error.message });
    } else if (error instanceof ApiError) {
      set({ saveState: "refused", saveError: error.message });
    } else throw error;
  }

  /** What "somebody else" saved is what was sent from here before. */
  function goOnFrom(stored: Workflow): void {
    unanswered = null;
    set({ workflow: stored, saveState: "dirty", saveError: null });
    scheduleSave(0);
  }

  /** Saves name, description, settings or the switch: these do not wait for the draft's timer. */
  async function patch(fields: Record<string, unknown>): Promise<void> {
    await get().save();
    const { workflow } = get();
    if (!workflow) return;
    const saved = await api.patch<Workflow>(`workflows/${workflow.id}/`, {
      revision: workflow.revision,
      ...fields,
    });
    if (get().workflow?.id === workflow.id) set({ workflow: saved });
  }

  function insert(fragment: clipboard.Fragment, label: string): void {
    const done = adopt(
      histories.edit(get().document, get().history, label, (draft) => {
        draft.nodes.push(...fragment.nodes);
        draft.edges.push(...fragment.edges);
        settle(draft);
      }),
    );
    if (done)
      set({
        selection: {
          nodes: fragment.nodes.map((node) => node.id),
          edges: fragment.edges.map((edge) => edge.id),
        },
      });
  }

  /** Lets loops begin where their bodies need it. */
  function settle(draft: GraphDocument): void {
    const moved = settled(draft, get().plugins, get().errorPorts);
    for (const node of draft.nodes) {
      const to = moved[node.id];
      if (to) node.position = to;
    }
  }

  return {
    ...blank(),
    plugins: {},
    brokenPlugins: [],

    open: async (workflowId) => {
      get().close();
      try {
        const [list, workflow] = await Promise.all([
          api.get<PluginList>("plugins/"),
          api.get<Workflow>(`workflows/${workflowId}/`),
        ]);
        set({
          plugins: Object.fromEntries(list.results.map((plugin) => [plugin.id, plugin])),
          brokenPlugins: list.broken,
          workflow,
          document: workflow.graph,
          problems: workflow.problems,
        });
        const draft = drafts.recall(workflowId);
        if (draft) restore(draft, workflow);
      } catch (error) {
        if (!(error instanceof ApiError || error instanceof Offline)) throw error;
        set({ loadError: error.message });
      }
    },

    close: () => {
      const { workflow, document, saveState } = get();
      if (workflow && saveState !== "saved") {
        drafts.keep(workflow.id, { revision: workflow.revision, graph: document });
        void attempt();
      }
      window.clearTimeout(saveTimer);
      window.clearTimeout(checkTimer);
      unanswered = null;
      set(blank());
    },

    change: (label, recipe, merge) =>
      adopt(
        histories.edit(
          get().document,
          get().history,
          label,
          (draft) => {
            recipe(draft);
            settle(draft);
          },
          merge,
        ),
      ),

    addNode: (pluginId, position, options = {}) => {
      const { document, plugins, history } = get();
      const plugin = plugins[pluginId];
      if (!plugin) return null;
      const node = graphs.makeNode(document, plugin, position, options.config);
      const parent = plugin.trigger ? null : loopFor(document, options);
      if (parent !== null) node.parent = parent;
      const changed = histories.edit(document, history, `Add ${plugin.name}`, (draft) => {
        draft.nodes.push(node);
        bringStart(draft, node, plugins);
        splice(draft, node, plugin, options.splice);
        for (const link of linksOf(node, plugin, options, draft)) {
          if (!graphs.refusal(draft, plugins, link)) draft.edges.push(graphs.makeEdge(draft, link));
        }
        settle(draft);
      });
      if (!adopt(changed)) return null;
      if (options.select !== false) set({ selection: { nodes: [node.id], edges: [] } });
      return node.id;
    },

    connect: (link) => {
      const { document, plugins } = get();
      const reason = graphs.refusal(document, plugins, link);
      if (reason) return reason;
      get().change("Connect", (draft) => void draft.edges.push(graphs.makeEdge(draft, link)));
      return null;
    },

    reconnect: (edgeId, link) => {
      const { document, plugins } = get();
      const without = { ...document, edges: document.edges.filter((edge) => edge.id !== edgeId) };
      const reason = graphs.refusal(without, plugins, link);
      if (reason) return reason;
      get().change("Reconnect", (draft) => {
        const edge = draft.edges.find((item) => item.id === edgeId);
        if (edge) Object.assign(edge, link);
      });
      return null;
    },

    moveNodes: (positions, label, merge) => {
      const count = Object.keys(positions).length;
      const all = withBodies(get().document, positions);
      get().change(
        label ??
          (count === 1 ? `Move ${nameOf(get().document, Object.keys(positions)[0])}` : `Move ${count} nodes`),
        (draft) => {
          for (const node of draft.nodes) {
            const to = all[node.id];
            if (to && (to[0] !== node.position[0] || to[1] !== node.position[1])) node.position = to;
          }
        },
        merge,
      );
    },

    moveInto: (ids, loop, positions) => {
      const { document, plugins } = get();
      const reason = refusalToStand(document, plugins, ids, loop);
      if (reason) return reason;
      const all = withBodies(document, positions);
      const what = ids.length === 1 ? nameOf(document, ids[0]) : `${ids.length} nodes`;
      const where = loop === null ? "out of the loop" : `into ${nameOf(document, loop)}`;
      let cut = 0;
      get().change(`Move ${what} ${where}`, (draft) => {
        for (const node of draft.nodes) node.position = all[node.id] ?? node.position;
        cut = putInto(draft, ids, loop);
      });
      return cut;
    },

    remove: ({ nodes, edges }) => {
      const gone = within(get().document, nodes);
      const cut = new Set(edges);
      get().change(removeLabel(get().document, nodes, edges), (draft) => {
        draft.nodes = draft.nodes.filter((node) => !gone.has(node.id));
        draft.edges = draft.edges.filter(
          (edge) => !cut.has(edge.id) && !gone.has(edge.source) && !gone.has(edge.target),
        );
      });
    },

    setConfig: (nodeId, path, value) => {
      const { document, plugins } = get();
      get().change(
        `Edit ${nameOf(document, nodeId)}`,
        (draft) => {
          const node = draft.nodes.find((item) => item.id === nodeId);
          if (!node) return;
          node.config = setAt(node.config, path, value) as JsonObject;
          followPorts(draft, node, document, plugins);
        },
        `config:${nodeId}:${path.join(".")}`,
      );
    },

    setSettings: (nodeId, settings, label) => {
      get().change(
        label,
        (draft) => {
          const node = draft.nodes.find((item) => item.id === nodeId);
          if (node) node.settings = { ...node.settings, ...settings };
        },
        `settings:${nodeId}:${Object.keys(settings).join()}`,
      );
    },

    rename: (nodeId, name) => {
      const wanted = name.trim();
      const { document } = get();
      const node = document.nodes.find((item) => item.id === nodeId);
      if (!node || node.name === wanted) return null;
      if (!wanted) return "A node needs a name.";
      if (document.nodes.some((item) => item.name === wanted))
        return `Another node is already called “${wanted}”.`;
      const names = new Map([[node.name, wanted]]);
      get().change(`Rename ${node.name}`, (draft) => {
        for (const item of draft.nodes) {
          if (item.id === nodeId) item.name = wanted;
          item.config = graphs.rewriteReferences(item.config, names);
        }
      });
      return null;
    },

    showErrorPort: (node) => set({ errorPorts: new Set([...get().errorPorts, node]) }),

    applyCure: (cure) => {
      get().change(cure.title, (draft) => {
        const node = draft.nodes.find((item) => item.id === cure.node);
        if (!node) return;
        const [head, ...rest] = cure.path;
        if (head === "config") node.config = setAt(node.config, rest, cure.value) as JsonObject;
        if (head === "settings") node.settings = setAt(node.settings ?? {}, rest, cure.value) as NodeSettings;
        if (head === "name" && typeof cure.value === "string") node.name = cure.value;
      });
    },

    replaceDocument: (document, label) => {
      get().change(label, (draft) => {
        draft.nodes = document.nodes;
        draft.edges = document.edges;
      });
    },

    copy: (selection) => clipboard.write(shownDocument(get()), selection, get().plugins),

    paste: (text, at) => {
      const read = clipboard.read(text);
      if (typeof read === "string") return read;
      const fragment = clipboard.fresh(read, get().document, at ?? "beside");
      if (at) standAt(fragment, at);
      insert(
        fragment,
        fragment.nodes.length === 1
          ? `Paste ${fragment.nodes[0]?.name}`
          : `Paste ${fragment.nodes.length} nodes`,
      );
      return null;
    },

    duplicate: (selection) => {
      const fragment = clipboard.fresh(clipboard.cut(get().document, selection), get().document, "beside");
      if (fragment.nodes.length === 0) return;
      insert(
        fragment,
        fragment.nodes.length === 1
          ? `Duplicate ${fragment.nodes[0]?.name}`
          : `Duplicate ${fragment.nodes.length} nodes`,
      );
    },

    undo: () => {
      const label = get().history.past.at(-1)?.label ?? null;
      return adopt(histories.undo(get().document, get().history)) ? label : null;
    },

    redo: () => {
      const label = get().history.future[0]?.label ?? null;
      return adopt(histories.redo(get().document, get().history)) ? label : null;
    },

    select: (selection) => {
      const next = { ...get().selection, ...selection };
      const { nodes, edges } = get().selection;
      if (sameList(next.nodes, nodes) && sameList(next.edges, edges)) return;
      set({ selection: next });
    },

    view: (run) =>
      set({
        viewing: run ? { runId: run.id, graph: run.graph, version: run.version } : null,
        selection: { nodes: [], edges: [] },
      }),

    setWorkflow: (fields) => patch(fields),
    setEnabled: (enabled) => patch({ enabled }),

    save: async () => {
      window.clearTimeout(saveTimer);
      while (saving) await saving;
      saving = attempt().finally(() => {
        saving = null;
      });
      await saving;
    },

    resolveConflict: async (keep) => {
      const { theirs, workflow, document: mine } = get();
      if (!theirs || !workflow) return;
      set({ workflow: theirs, theirs: null, saveState: "saved", saveError: null });
      get().replaceDocument(theirs.graph, "Take the other version");
      if (keep === "mine") {
        get().replaceDocument(mine, "Keep my version");
        await get().save();
        return;
      }
      window.clearTimeout(saveTimer);
      drafts.forget(workflow.id);
      set({ saveState: "saved", problems: theirs.problems });
    },

    publish: async (name, note) => {
      await get().save();
      const { workflow, saveState } = get();
      if (!workflow || saveState !== "saved")
        throw new Error("The draft has to be saved before it can be published.");
      const version = await api.post<Version>(`workflows/${workflow.id}/publish/`, {
        revision: workflow.revision,
        name,
        note,
      });
      const fresh = await api.get<Workflow>(`workflows/${workflow.id}/`);
      if (get().workflow?.id === workflow.id) set({ workflow: fresh });
      return version;
    },

    documentForTest: () => get().document,
  };

  /** What is pasted onto a loop stands in it, unless it brings a trigger. */
  function standAt(fragment: clipboard.Fragment, at: [number, number]): void {
    const { document, plugins, errorPorts } = get();
    const pasted = new Set(fragment.nodes.map((node) => node.id));
    const outer = fragment.nodes.filter((node) => !pasted.has(parentOf(node) ?? ""));
    const loop = outer.some((node) => plugins[node.plugin]?.trigger)
      ? null
      : loopAt(document, layoutsOf(document, plugins, errorPorts), at);
    for (const node of outer) node.parent = loop;
  }

  /** Brings back what the browser kept because it could not be sent. */
  function restore(draft: drafts.Draft, workflow: Workflow): void {
    const kept = draft.graph;
    if (areSame(kept, workflow.graph)) {
      drafts.forget(workflow.id);
      return;
    }
    get().replaceDocument(kept, "Bring back unsaved changes");
    if (draft.revision !== workflow.revision) {
      window.clearTimeout(saveTimer);
      set({ saveState: "conflict", theirs: workflow });
    }
  }
});

/** What the canvas draws: the graph of the run that is looked at, else the draft. */
export const shownDocument = (state: EditorState): GraphDocument => state.viewing?.graph ?? state.document;

export const canEdit = (state: EditorState): boolean =>
  state.viewing === null && (state.workflow?.roles.includes("edit") ?? false);

export const usePlugin = (id: string | undefined): Plugin | undefined =>
  useEditor((state) => (id === undefined ? undefined : state.plugins[id]));

export const useNode = (id: string | null): GraphNode | undefined =>
  useEditor((state) => (id === null ? undefined : shownDocument(state).nodes.find((node) => node.id === id)));

/** The node that panels show: the only one selected. */
export const useSelectedNode = (): string | null =>
  useEditor((state) => (state.selection.nodes.length === 1 ? (state.selection.nodes[0] ?? null) : null));

function nameOf(document: GraphDocument, id: string | undefined): string {
  return document.nodes.find((node) => node.id === id)?.name ?? "node";
}

function removeLabel(document: GraphDocument, nodes: string[], edges: string[]): string {
  if (nodes.length === 1) {
    const body = within(document, nodes).size - 1;
    const taking = body === 0 ? "" : ` and the ${body === 1 ? "node" : `${body} nodes`} in it`;
    return `Delete ${nameOf(document, nodes[0])}${taking}`;
  }
  if (nodes.length > 1) return `Delete ${nodes.length} nodes`;
  return edges.length === 1 ? "Delete edge" : `Delete ${edges.length} edges`;
}

const sameList = (a: string[], b: string[]): boolean =>
  a.length === b.length && a.every((item, i) => item === b[i]);

/** The loop that a new node stands in: that of its neighbour, else the one it was put into. */
function loopFor(document: GraphDocument, { from, to, splice, parent }: AddOptions): string | null {
  const edge = document.edges.find((item) => item.id === splice);
  const neighbour = from?.node ?? to?.node ?? edge?.source;
  const node = document.nodes.find((item) => item.id === neighbour);
  return node ? parentOf(node) : (parent ?? null);
}

/** From one column of nodes to the next. */
const STEP = 350;

/** Run in background dropped on an empty canvas brings the Start that it needs. */
function bringStart(draft: GraphDocument, node: GraphNode, plugins: graphs.Plugins): void {
  const start = plugins.start;
  if (node.plugin !== "run_in_background" || draft.nodes.length !== 1 || !start) return;
  const [x, y] = node.position;
  const first = graphs.makeNode(draft, start, [x - STEP, y]);
  draft.nodes.unshift(first);
  const link = {
    source: first.id,
    source_port: start.outputs[0]?.name ?? "payload",
    target: node.id,
    target_port: "payload",
  };
  draft.edges.push(graphs.makeEdge(draft, link));
}

function linksOf(
  node: GraphNode,
  plugin: Plugin,
  { from, to }: AddOptions,
  draft: GraphDocument,
): graphs.Link[] {
  const links: graphs.Link[] = [];
  const input = plugin.inputs[0];
  const output = declaredOutputs(plugin, node)[0];
  if (from && input)
    links.push({ source: from.node, source_port: from.port, target: node.id, target_port: input.name });
  if (to && output && draft.nodes.some((item) => item.id === to.node))
    links.push({ source: node.id, source_port: output.name, target: to.node, target_port: to.port });
  return links;
}

/** Puts a node into an edge, and moves what lies behind to the right where there is no room. */
function splice(draft: GraphDocument, node: GraphNode, plugin: Plugin, edgeId: string | undefined): void {
  const edge = draft.edges.find((item) => item.id === edgeId);
  const input = plugin.inputs[0];
  const output = declaredOutputs(plugin, node)[0];
  if (!edge || !input || !output) return;
  const target = draft.nodes.find((item) => item.id === edge.target);
  const source = draft.nodes.find((item) => item.id === edge.source);
  const second = {
    source: node.id,
    source_port: output.name,
    target: edge.target,
    target_port: edge.target_port,
  };
  edge.target = node.id;
  edge.target_port = input.name;
  draft.edges.push(graphs.makeEdge(draft, second));
  if (!source || !target) return;
  node.position = [source.position[0] + STEP, target.position[1]];
  const missing = node.position[0] + STEP - target.position[0];
  if (missing <= 0) return;
  const behind = graphs.downstream(draft, node.id);
  const pushed = within(draft, behind);
  for (const item of draft.nodes)
    if (pushed.has(item.id)) item.position = [item.position[0] + missing, item.position[1]];
}

/** When exactly one item of a port list was renamed, its edges go with it. */
function followPorts(
  draft: GraphDocument,
  node: GraphNode,
  before: GraphDocument,
  plugins: graphs.Plugins,
): void {
  const field = plugins[node.plugin]?.outputs_from;
  if (!field) return;
  const old = before.nodes.find((item) => item.id === node.id)?.config[field];
  const now = node.config[field];
  if (!Array.isArray(old) || !Array.isArray(now) || old.length !== now.length) return;
  const changed = old.map((item, index) => [item, now[index]] as const).filter(([a, b]) => a !== b);
  const [from, to] = changed.length === 1 && changed[0] ? changed[0] : [];
  if (typeof from !== "string" || typeof to !== "string" || now.filter((item) => item === to).length > 1)
    return;
  for (const edge of draft.edges) {
    if (edge.source === node.id && edge.source_port === from) edge.source_port = to;
  }
}

window.addEventListener("online", () => {
  if (useEditor.getState().saveState === "offline") void useEditor.getState().save();
});

window.addEventListener("pagehide", () => {
  const { workflow, document, saveState } = useEditor.getState();
  if (workflow && saveState !== "saved")
    drafts.keep(workflow.id, { revision: workflow.revision, graph: document });
});
