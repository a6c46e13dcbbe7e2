/** Everything that can be done by name: actions with their keys, nodes to go to, nodes to add. */
import {
  BookOpen,
  Download,
  FlaskConical,
  History,
  Keyboard,
  ListVideo,
  type LucideIcon,
  Maximize,
  Moon,
  Redo2,
  Repeat,
  Rocket,
  SquareArrowOutUpRight,
  Sun,
  Table2,
  TriangleAlert,
  Undo2,
  Upload,
  Wand,
  Workflow,
  Zap,
} from "lucide-react";
import * as actions from "@/canvas/actions";
import * as camera from "@/canvas/camera";
import { addFromPalette } from "@/canvas/quickAdd";
import { useCanvas } from "@/canvas/state";
import { useDialogs } from "@/editor/dialogState";
import { exportGraph } from "@/editor/exchange";
import { usePanels } from "@/editor/panels";
import { canEdit, type EditorState, shownDocument, useEditor } from "@/model/editor";
import { loopsFor, parentOf } from "@/model/loops";
import { offered } from "@/palette/search";
import { fireTest } from "@/test/fire";
import { pluginIcon } from "@/ui/pluginIcons";
import { setTheme } from "@/ui/theme";

export interface Command {
  id: string;
  group: "Actions" | "Go to node" | "Add a node";
  title: string;
  /** What is searched beside the title. */
  also?: string;
  icon: LucideIcon;
  shortcut?: string;
  run: () => void;
}

type Navigate = (path: string) => void;

export function commandsFor(state: EditorState, navigate: Navigate): Command[] {
  return [...actionCommands(state, navigate), ...goCommands(state), ...addCommands(state)];
}

function actionCommands(state: EditorState, navigate: Navigate): Command[] {
  const panels = usePanels.getState();
  const { show } = useDialogs.getState();
  const editing: Omit<Command, "group">[] = [
    { id: "undo", title: "Undo", icon: Undo2, shortcut: "Ctrl Z", run: actions.undo },
    { id: "redo", title: "Redo", icon: Redo2, shortcut: "Ctrl Shift Z", run: actions.redo },
    { id: "tidy", title: "Tidy up", also: "layout arrange", icon: Wand, shortcut: "T", run: actions.tidyUp },
    { id: "import", title: "Import JSON…", icon: Upload, run: () => show("import") },
  ];
  const always: Omit<Command, "group">[] = [
    {
      id: "fire",
      title: "Fire the test event",
      also: "run start",
      icon: FlaskConical,
      shortcut: "Ctrl Enter",
      run: () => void fireTest(),
    },
    { id: "publish", title: "Publish…", icon: Rocket, run: () => show("publish") },
    {
      id: "fit",
      title: "Fit the whole graph",
      also: "zoom",
      icon: Maximize,
      shortcut: "F",
      run: () => camera.fitView(),
    },
    {
      id: "runs",
      title: "Show runs",
      also: "history",
      icon: ListVideo,
      run: () => panels.showBottom("runs"),
    },
    { id: "problems", title: "Show problems", icon: TriangleAlert, run: () => panels.showBottom("problems") },
    { id: "list", title: "Show nodes as a table", icon: Table2, run: () => panels.showBottom("list") },
    { id: "versions", title: "Versions", icon: History, run: () => show("versions") },
    { id: "export", title: "Export as JSON", also: "download", icon: Download, run: exportGraph },
    {
      id: "keys",
      title: "Keyboard shortcuts",
      icon: Keyboard,
      shortcut: "?",
      run: () => useCanvas.getState().set({ helpOpen: true }),
    },
    { id: "light", title: "Light theme", icon: Sun, run: () => setTheme("light") },
    { id: "dark", title: "Dark theme", icon: Moon, run: () => setTheme("dark") },
    { id: "workflows", title: "All workflows", icon: Workflow, run: () => navigate("/") },
    { id: "events", title: "Events", icon: Zap, run: () => navigate("/events/") },
    { id: "help", title: "Help on the selected node", icon: BookOpen, run: () => panels.showRight("help") },
  ];
  const all = canEdit(state) ? [...always, ...editing, ...loopCommands(state)] : always;
  return all.map((command) => ({ ...command, group: "Actions" }));
}

/** Moving the selected nodes into and out of loops, for who does not drag. */
function loopCommands({ document, plugins, selection }: EditorState): Omit<Command, "group">[] {
  const ids = selection.nodes;
  if (ids.length === 0) return [];
  const inside = document.nodes.some((node) => ids.includes(node.id) && parentOf(node) !== null);
  const into = loopsFor(document, plugins, ids).map((loop) => ({
    id: `into:${loop.id}`,
    title: `Move into ${loop.name}`,
    also: "loop body parent",
    icon: Repeat,
    run: () => actions.moveIntoLoop(ids, loop.id),
  }));
  const out = {
    id: "out",
    title: "Move out of the loop",
    icon: SquareArrowOutUpRight,
    run: () => actions.moveIntoLoop(ids, null),
  };
  return inside ? [...into, out] : into;
}

function goCommands(state: EditorState): Command[] {
  return shownDocument(state).nodes.map((node) => ({
    id: `go:${node.id}`,
    group: "Go to node",
    title: node.name,
    also: state.plugins[node.plugin]?.name,
    icon: pluginIcon(state.plugins[node.plugin]?.icon),
    run: () => {
      useEditor.getState().select({ nodes: [node.id], edges: [] });
      camera.reveal(node.id);
      camera.focusCanvas();
    },
  }));
}

function addCommands(state: EditorState): Command[] {
  if (!canEdit(state)) return [];
  return offered(Object.values(state.plugins), false).map((plugin) => ({
    id: `add:${plugin.id}`,
    group: "Add a node",
    title: plugin.name,
    also: `add ${plugin.group} ${plugin.description}`,
    icon: pluginIcon(plugin.icon),
    run: () => addFromPalette(plugin.id),
  }));
}

/** Each word has to be found; the title counts more than what is searched beside it. */
export function search(commands: readonly Command[], query: string, limit = 60): Command[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const rated = commands.flatMap((command) => {
    const title = command.title.toLowerCase();
    const beside = (command.also ?? "").toLowerCase();
    const points = words.map((word) =>
      title.startsWith(word) ? 4 : title.includes(word) ? 2 : beside.includes(word) ? 1 : 0,
    );
    return points.some((each) => each === 0)
      ? []
      : [{ command, points: points.reduce<number>((sum, each) => sum + each, 0) }];
  });
  if (words.length > 0) rated.sort((a, b) => b.points - a.points);
  return rated.slice(0, limit).map(({ command }) => command);
}
