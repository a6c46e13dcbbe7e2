/** The canvas: React Flow over the graph document; edits go to the editor's store, never into React Flow. */
import {
  Background,
  BackgroundVariant,
  type EdgeChange,
  type FinalConnectionState,
  type NodeChange,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useReactFlow,
} from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import "./canvas.css";
import { type DragEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { canEdit, useEditor } from "@/model/editor";
import { refusal } from "@/model/graph";
import { parentOf, refusalToStand, withBodies, within } from "@/model/loops";
import { PLUGIN_TYPE } from "@/palette/drag";
import { QuickAddPopup } from "@/palette/QuickAddPopup";
import { cx } from "@/ui/cx";
import { toast } from "@/ui/toast";
import * as actions from "./actions";
import { CanvasControls } from "./CanvasControls";
import { CanvasMenu } from "./CanvasMenu";
import { ConnectBar } from "./ConnectBar";
import * as camera from "./camera";
import { EmptyCanvas } from "./EmptyCanvas";
import { FlowCache, type FlowEdge, type FlowNode, type Point } from "./flow";
import { GRID, layoutsOf, loopAt, NODE_WIDTH, snap } from "./geometry";
import { isWriting, onCanvasKey } from "./keyboard";
import { Minimap } from "./Minimap";
import { NodeCard } from "./NodeCard";
import { nodeAt, Overview, pickOnOverview } from "./Overview";
import { openQuickAdd, spotAt } from "./quickAdd";
import { fittingSources, fittingTargets, useCanvas } from "./state";
import { usePicture } from "./usePicture";
import { Wire } from "./Wire";

const NODE_TYPES = { card: NodeCard };
const EDGE_TYPES = { wire: Wire };
const NO_NODES: FlowNode[] = [];
const NO_EDGES: FlowEdge[] = [];
const NOT_MOVED: ReadonlyMap<string, Point> = new Map();
const MINIMAP_UP_TO = 1000;
const MINIMAP_FROM_HEIGHT = 560;

/** Measures its place first, so that the graph is whole in view from the first frame on. */
export function Canvas() {
  const frame = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size | null>(null);
  useLayoutEffect(() => {
    const { clientWidth: width = 0, clientHeight: height = 0 } = frame.current ?? {};
    setSize({ width, height });
  }, []);
  return (
    <div ref={frame} className="relative size-full overflow-hidden">
      {size && (
        <ReactFlowProvider>
          <Flow size={size} />
        </ReactFlowProvider>
      )}
    </div>
  );
}

interface Size {
  width: number;
  height: number;
}

function Flow({ size }: { size: Size }) {
  const picture = usePicture();
  const [firstView] = useState(() => {
    const view = camera.wholeView(size);
    useCanvas.getState().set({ zoomedOut: view.zoom < camera.OVERVIEW_BELOW });
    return view;
  });
  const { document, layouts, background, selected } = picture;
  const workflowId = useEditor((state) => state.workflow?.id);
  const viewing = useEditor((state) => state.viewing?.runId);
  const name = useEditor((state) => state.workflow?.name ?? "");
  const chosenEdges = useEditor((state) => state.selection.edges);
  const editable = useEditor(canEdit);
  const zoomedOut = useCanvas((state) => state.zoomedOut);
  const connecting = useCanvas((state) => state.fits !== null);
  const [moved, setMoved] = useState(NOT_MOVED);
  const [roomy, setRoomy] = useState(true);
  const cache = useMemo(() => new FlowCache(), []);
  const wrapper = useRef<HTMLDivElement>(null);
  const flow = useReactFlow();

  const nodes = useMemo(
    () => cache.nodes(document, layouts, selected, background, moved),
    [cache, document, layouts, selected, background, moved],
  );
  const edges = useMemo(
    () => cache.edges(document, new Set(chosenEdges), background),
    [cache, document, chosenEdges, background],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: another graph is seen whole, an edited one stays where it is.
  useEffect(() => {
    camera.attach(flow as never, wrapper.current);
    camera.fitView(undefined, true);
  }, [flow, workflowId, viewing]);

  useEffect(() => {
    const sizes = new ResizeObserver(([entry]) => {
      setRoomy((entry?.contentRect.height ?? 0) > MINIMAP_FROM_HEIGHT);
      camera.resized();
    });
    if (wrapper.current) sizes.observe(wrapper.current);
    return () => sizes.disconnect();
  }, []);

  const onNodesChange = useCallback((changes: NodeChange<FlowNode>[]) => {
    const picked = changes.filter((change) => change.type === "select");
    if (picked.length > 0) {
      const chosen = new Set(useEditor.getState().selection.nodes);
      for (const { id, selected: now } of picked) now ? chosen.add(id) : chosen.delete(id);
      useEditor.getState().select({ nodes: [...chosen] });
    }
    const dragged = changes.filter(
      (change) => change.type === "position" && change.dragging && change.position,
    );
    if (dragged.length > 0) {
      const positions: Record<string, [number, number]> = {};
      for (const change of dragged)
        if (change.type === "position" && change.position)
          positions[change.id] = [change.position.x, change.position.y];
      const all = withBodies(useEditor.getState().document, positions);
      setMoved((before) => {
        const now = new Map(before);
        for (const [id, [x, y]] of Object.entries(all)) now.set(id, { x, y });
        return now;
      });
    }
  }, []);

  const onEdgesChange = useCallback((changes: EdgeChange<FlowEdge>[]) => {
    const picked = changes.filter((change) => change.type === "select");
    if (picked.length === 0) return;
    const chosen = new Set(useEditor.getState().selection.edges);
    for (const { id, selected: now } of picked) now ? chosen.add(id) : chosen.delete(id);
    useEditor.getState().select({ edges: [...chosen] });
  }, []);

  const onDragStop = useCallback((_: unknown, __: unknown, dragged: FlowNode[]) => {
    drop(
      Object.fromEntries(
        dragged.map((node) => [node.id, [Math.round(node.position.x), Math.round(node.position.y)]]),
      ),
    );
    setMoved(NOT_MOVED);
  }, []);

  function onDrop(event: DragEvent) {
    const plugin = event.dataTransfer.getData(PLUGIN_TYPE);
    if (!plugin) return;
    event.preventDefault();
    const point = camera.toCanvas({ x: event.clientX, y: event.clientY });
    const { position, parent } = spotAt(point, plugin);
    useEditor.getState().addNode(plugin, position, { parent });
    camera.focusCanvas();
  }

  const overview = zoomedOut && document.nodes.length > 0;
  return (
    <>
      <ReactFlow<FlowNode, FlowEdge>
        ref={wrapper}
        tabIndex={0}
        id="canvas"
        aria-label={`Canvas of ${name}. Alt and arrow keys walk along the edges, ? shows all keys.`}
        aria-activedescendant={selected.size === 1 && !overview ? `node-${[...selected][0]}` : undefined}
        className={cx("fs-flow", connecting && "is-connecting")}
        nodes={overview ? NO_NODES : nodes}
        edges={overview ? NO_EDGES : edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        defaultViewport={firstView}
        onlyRenderVisibleElements
        disableKeyboardA11y
        nodesFocusable={false}
        edgesFocusable={false}
        nodesDraggable={editable}
        nodesConnectable={editable}
        edgesReconnectable={editable}
        deleteKeyCode={null}
        multiSelectionKeyCode={["Shift", "Meta", "Control"]}
        selectionKeyCode={null}
        panActivationKeyCode="Space"
        selectionOnDrag
        selectionMode={SelectionMode.Partial}
        panOnDrag={[1]}
        panOnScroll
        zoomOnDoubleClick={false}
        minZoom={camera.MIN_ZOOM}
        maxZoom={camera.MAX_ZOOM}
        snapToGrid
        snapGrid={[GRID, GRID]}
        connectionRadius={28}
        nodeDragThreshold={3}
        elevateNodesOnSelect={false}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeDragStop={onDragStop}
        onSelectionDragStop={(event, dragged) => onDragStop(event, null, dragged)}
        onMoveStart={(event) => event && camera.moved()}
        onMove={(_, { zoom }) => {
          const out = zoom < camera.OVERVIEW_BELOW;
          if (out !== useCanvas.getState().zoomedOut) useCanvas.getState().set({ zoomedOut: out });
        }}
        isValidConnection={(link) => reasonAgainst(link) === null}
        onConnectStart={(_, { nodeId, handleId, handleType }) =>
          nodeId && handleId && showFits(nodeId, handleId, handleType)
        }
        onConnect={(link) => {
          const reason = useEditor.getState().connect(toLink(link));
          if (reason) refuse(reason);
        }}
        onConnectEnd={onConnectEnd}
        onReconnect={(edge, link) => {
          const reason = useEditor.getState().reconnect(edge.id, toLink(link));
          if (reason) refuse(reason);
        }}
        onNodeContextMenu={(event, node) => {
          event.preventDefault();
          if (!selected.has(node.id)) useEditor.getState().select({ nodes: [node.id], edges: [] });
          openMenu(event, node.id);
        }}
        onPaneContextMenu={(event) => {
          event.preventDefault();
          openMenu(event, null);
        }}
        onPaneClick={(event) => overview && pickOnOverview(nodeAt(picture, toPoint(event)), event.shiftKey)}
        onDoubleClick={(event) => {
          const hit = overview ? nodeAt(picture, toPoint(event)) : null;
          if (hit) camera.fitView([hit]);
        }}
        onDragOver={(event) => {
          if (!event.dataTransfer.types.includes(PLUGIN_TYPE) || !editable) return;
          event.preventDefault();
          event.dataTransfer.dropEffect = "copy";
        }}
        onDrop={onDrop}
        onKeyDown={(event) => {
          if (!isWriting(event.target) && onCanvasKey(event)) event.preventDefault();
        }}
        onPaste={(event) => {
          if (isWriting(event.target)) return;
          actions.pasteText(event.clipboardData.getData("text/plain"));
        }}
        onBlur={() => delete wrapper.current?.dataset.byPointer}
        onPointerDownCapture={(event) => {
          if (!isWriting(event.target)) camera.focusCanvas();
        }}
        proOptions={{ hideAttribution: true }}
      >
        {!overview && (
          <Background variant={BackgroundVariant.Dots} gap={20} size={1.4} color="var(--fs-dot)" />
        )}
        {overview && <Overview />}
        <div className="absolute right-3 bottom-3 z-10">
          {roomy && document.nodes.length > 0 && document.nodes.length <= MINIMAP_UP_TO && <Minimap />}
        </div>
      </ReactFlow>
      <CanvasControls />
      <ConnectBar />
      {document.nodes.length === 0 && editable && <EmptyCanvas />}
      <QuickAddPopup />
      <CanvasMenu />
    </>
  );
}

/** Ends a drag: what is let go over a loop stands in it from then on, what is let go beside it no longer. */
function drop(positions: Record<string, [number, number]>): void {
  const { document, plugins, errorPorts, moveNodes } = useEditor.getState();
  const dragged = actions.outermost(document, Object.keys(positions));
  const inHand = within(document, dragged);
  const layouts = layoutsOf(document, plugins, errorPorts);
  const parents = new Map(document.nodes.map((node) => [node.id, parentOf(node)]));
  const targets = dragged.map((id) => {
    const [x, y] = positions[id] ?? [0, 0];
    const head = layouts.get(id);
    return loopAt(document, layouts, [x + (head?.width ?? 0) / 2, y + HEAD_MIDDLE], inHand);
  });
  // Several nodes go together: into another loop only where all were let go over the same one.
  const [target = null] = targets;
  const together = targets.every((each) => each === target);
  const moving = dragged.filter((id) => parents.get(id) !== target);
  const reason = refusalToStand(document, plugins, dragged, target);
  if (reason) {
    refuse(reason);
    return;
  }
  if (together && moving.length > 0) actions.dropInto(moving, target, positions);
  else moveNodes(positions);
}

const HEAD_MIDDLE = 28;

interface FlowLink {
  source: string;
  target: string;
  sourceHandle?: string | null;
  targetHandle?: string | null;
}

const toLink = (link: FlowLink) => ({
  source: link.source,
  source_port: link.sourceHandle ?? "",
  target: link.target,
  target_port: link.targetHandle ?? "",
});

const reasonAgainst = (link: FlowLink): string | null => {
  const { document, plugins } = useEditor.getState();
  return refusal(document, plugins, toLink(link));
};

const refuse = (reason: string): void => toast(reason, { kind: "error", id: "connect" });

const toPoint = (event: { clientX: number; clientY: number }): Point => ({
  x: event.clientX,
  y: event.clientY,
});

function openMenu(event: { clientX: number; clientY: number }, node: string | null): void {
  const screen = toPoint(event);
  useCanvas.getState().set({ menu: { screen, position: camera.toCanvas(screen), node } });
}

function showFits(node: string, port: string, type: "source" | "target" | null): void {
  const { document, plugins } = useEditor.getState();
  const fits =
    type === "source"
      ? fittingTargets(document, plugins, { node, port }).map((ref) => ref.node)
      : fittingSources(document, plugins, { node, port });
  useCanvas.getState().set({ fits: new Set(fits) });
}

/** An edge let go: over a node it ends at its input, over a port that does not fit the reason is told, over nothing a node can be added. */
function onConnectEnd(event: MouseEvent | TouchEvent, state: FinalConnectionState): void {
  useCanvas.getState().set({ fits: null });
  if (state.isValid || !state.fromNode || !state.fromHandle?.id) return;
  const from = { node: state.fromNode.id, port: state.fromHandle.id };
  const outward = state.fromHandle.type === "source";
  const point = "changedTouches" in event ? event.changedTouches[0] : event;
  if (!point) return;
  const screen = toPoint(point);
  const over = window.document.elementFromPoint(screen.x, screen.y);
  const nodeId = state.toNode?.id ?? over?.closest<HTMLElement>(".react-flow__node")?.dataset.id;

  if (nodeId) {
    const link = linkTo(nodeId, from, outward, state.toHandle?.id);
    const reason = link && useEditor.getState().connect(link);
    if (reason && nodeId !== from.node) refuse(reason);
    return;
  }
  if (!over?.closest(".react-flow__pane")) return;
  const [x, y] = camera.toCanvas(screen);
  const position: [number, number] = outward ? [snap(x), snap(y - 28)] : [snap(x - NODE_WIDTH), snap(y - 28)];
  openQuickAdd({ screen, position, ...(outward ? { from } : { to: from }) });
}

function linkTo(
  nodeId: string,
  from: { node: string; port: string },
  outward: boolean,
  handle: string | null | undefined,
) {
  const { document, plugins } = useEditor.getState();
  const node = document.nodes.find((item) => item.id === nodeId);
  const plugin = node && plugins[node.plugin];
  if (!plugin) return null;
  if (outward) {
    const port = handle ?? plugin.inputs[0]?.name ?? "payload";
    return { source: from.node, source_port: from.port, target: nodeId, target_port: port };
  }
  const port = handle ?? plugin.outputs[0]?.name ?? "payload";
  return { source: nodeId, source_port: port, target: from.node, target_port: from.port };
}
