/** The editor: palette, canvas, inspector, drawer and bar, put together. */
import { Suspense, useEffect, useState } from "react";
import { Link } from "wouter";
import { Canvas } from "@/canvas/Canvas";
import { onPageKey } from "@/canvas/keyboard";
import { useCanvas } from "@/canvas/state";
import { shownDocument, useEditor, useSelectedNode } from "@/model/editor";
import { Palette } from "@/palette/Palette";
import { runStore } from "@/run/store";
import { closeRun } from "@/runs/open";
import { cx } from "@/ui/cx";
import { Empty } from "@/ui/Empty";
import { fetchParts, lazily } from "@/ui/lazily";
import { Resizer } from "@/ui/Resizer";
import { Spinner } from "@/ui/Spinner";
import { Drawer } from "./Drawer";
import { useDialogs } from "./dialogState";
import { usePanels } from "./panels";
import { TopBar } from "./TopBar";
import { ViewingBar } from "./ViewingBar";
import { WorkflowPanel } from "./WorkflowPanel";

const PREFETCH_AFTER_MS = 600;
const NodePanel = lazily(async () => (await import("@/inspector/NodePanel")).NodePanel);
const Dialogs = lazily(async () => (await import("./Dialogs")).Dialogs);

export function EditorPage({ workflowId }: { workflowId: string }) {
  const loaded = useEditor((state) => state.workflow?.id === workflowId);
  const error = useEditor((state) => state.loadError);
  useOpenWorkflow(workflowId);

  if (error) {
    return (
      <main className="flex h-full items-center justify-center">
        <Empty
          title="This workflow cannot be shown"
          action={
            <Link href="/" className="font-medium text-accent text-sm">
              All workflows
            </Link>
          }
        >
          {error}
        </Empty>
      </main>
    );
  }
  if (!loaded) {
    return (
      <div className="flex h-full items-center justify-center text-muted">
        <Spinner size={20} />
      </div>
    );
  }
  return <Editor />;
}

function useOpenWorkflow(workflowId: string): void {
  useEffect(() => {
    void useEditor.getState().open(workflowId);
    window.addEventListener("keydown", onPageKey);
    const drawn = useEditor.subscribe((state, before) => {
      const graph = shownDocument(state);
      if (graph !== shownDocument(before)) runStore.setGraph(graph);
      if (state.workflow?.name !== before.workflow?.name) titlePage(state.workflow?.name);
    });
    return () => {
      drawn();
      window.removeEventListener("keydown", onPageKey);
      closeRun();
      useEditor.getState().close();
      titlePage(undefined);
    };
  }, [workflowId]);
}

function titlePage(name: string | undefined): void {
  document.title = name ? `${name} · FlowStudio` : "FlowStudio";
}

const SKIPS = [
  ["#canvas", "canvas"],
  ["#nodes", "list of nodes"],
  ["#inspector", "inspector"],
  ["#drawer", "test, runs and problems"],
] as const;

function Editor() {
  const paletteOpen = usePanels((state) => state.paletteOpen);
  return (
    <div className="flex h-full flex-col">
      <nav aria-label="Skip to" className="absolute">
        {SKIPS.map(([href, place]) => (
          <a
            key={href}
            href={href}
            className="sr-only z-50 rounded-md bg-raised px-3 py-1.5 shadow-pop focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:whitespace-nowrap"
          >
            Skip to {place}
          </a>
        ))}
      </nav>
      <TopBar />
      <div className="relative flex min-h-0 flex-1">
        {paletteOpen && (
          <aside
            id="nodes"
            aria-label="List of nodes"
            className="flex w-56 shrink-0 flex-col border-r bg-surface max-[900px]:absolute max-[900px]:inset-y-0 max-[900px]:left-0 max-[900px]:z-30 max-[900px]:shadow-pop"
          >
            <Palette />
          </aside>
        )}
        <main className="flex min-w-0 flex-1 flex-col">
          <ViewingBar />
          <div className="min-h-0 flex-1">
            <Canvas />
          </div>
          <div id="drawer">
            <Drawer />
          </div>
        </main>
        <Inspector />
      </div>
      <OpenDialogs />
    </div>
  );
}

/** Fetched when the first dialog is wanted. */
function OpenDialogs() {
  const asked = useDialogs((state) => state.open !== null);
  const conflict = useEditor((state) => state.saveState === "conflict");
  const help = useCanvas((state) => state.helpOpen);
  const [wanted, setWanted] = useState(false);
  if (!wanted && (asked || conflict || help)) setWanted(true);
  return (
    wanted && (
      <Suspense>
        <Dialogs />
      </Suspense>
    )
  );
}

/** Where the window is narrow it lies over the canvas, and only while a node is selected. */
function Inspector() {
  const nodeId = useSelectedNode();
  const [width, setWidth] = useState(340);
  // Fetched when there is nothing else to do: what is wanted later is there, even if the network is not.
  useEffect(() => {
    const timer = window.setTimeout(() => void fetchParts(), PREFETCH_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, []);
  return (
    <aside
      id="inspector"
      aria-label="Inspector"
      className={cx(
        "relative flex max-w-full shrink-0 flex-col border-l bg-surface max-[900px]:absolute max-[900px]:inset-y-0 max-[900px]:right-0 max-[900px]:z-30 max-[900px]:shadow-pop",
        !nodeId && "max-[900px]:hidden",
      )}
      style={{ width }}
    >
      <Resizer
        label="Width of the inspector"
        axis="x"
        direction={-1}
        value={width}
        min={280}
        max={720}
        onChange={setWidth}
        className="-left-1"
      />
      {nodeId ? (
        <Suspense>
          <NodePanel nodeId={nodeId} />
        </Suspense>
      ) : (
        <WorkflowPanel />
      )}
    </aside>
  );
}
