/** What a right click offers, on a node or on the empty canvas. */
import {
  BoxSelect,
  CircleAlert,
  ClipboardPaste,
  Copy,
  CopyPlus,
  Eye,
  EyeOff,
  FlaskConical,
  Maximize,
  PencilLine,
  Plus,
  Repeat,
  Spline,
  SquareArrowOutUpRight,
  Trash2,
  Wand,
} from "lucide-react";
import { canEdit, useEditor, useNode, usePlugin } from "@/model/editor";
import { loopsFor, parentOf } from "@/model/loops";
import { declaredOutputs, ERROR_PORT } from "@/model/ports";
import { fireTest } from "@/test/fire";
import { Menu, MenuItem, MenuSeparator } from "@/ui/Menu";
import * as actions from "./actions";
import * as camera from "./camera";
import * as connectMode from "./connectMode";
import { loopHere, openQuickAdd } from "./quickAdd";
import { useCanvas } from "./state";

export function CanvasMenu() {
  const menu = useCanvas((state) => state.menu);
  const close = () => useCanvas.getState().set({ menu: null });
  if (!menu) return null;
  const { x, y } = menu.screen;
  return (
    <Menu
      open
      onOpenChange={(open) => !open && close()}
      anchor={{ getBoundingClientRect: () => new DOMRect(x, y, 0, 0) }}
    >
      {menu.node ? <NodeItems id={menu.node} /> : <PaneItems screen={menu.screen} position={menu.position} />}
    </Menu>
  );
}

function NodeItems({ id }: { id: string }) {
  const node = useNode(id);
  const plugin = usePlugin(node?.plugin);
  const editable = useEditor(canEdit);
  const mayRun = useEditor((state) => state.viewing === null && state.workflow?.roles.includes("run"));
  const many = useEditor((state) => state.selection.nodes.length > 1);
  const selected = useEditor((state) => state.selection.nodes);
  const hasError = useEditor(
    (state) =>
      state.errorPorts.has(id) ||
      state.document.edges.some((edge) => edge.source === id && edge.source_port === ERROR_PORT.name),
  );
  if (!node) return null;
  const declaresError = plugin && declaredOutputs(plugin, node).some((port) => port.name === ERROR_PORT.name);
  const disabled = node.settings?.disabled;
  return (
    <>
      {editable && !many && (
        <>
          <MenuItem icon={PencilLine} shortcut="F2" onClick={() => setTimeout(() => actions.rename(id))}>
            Rename
          </MenuItem>
          <MenuItem icon={Spline} shortcut="C" onClick={() => setTimeout(connectMode.begin)}>
            Connect to…
          </MenuItem>
          {plugin && !plugin.trigger && !hasError && !declaresError && (
            <MenuItem icon={CircleAlert} onClick={() => useEditor.getState().showErrorPort(id)}>
              Add error path
            </MenuItem>
          )}
        </>
      )}
      {editable && (
        <MenuItem
          icon={disabled ? Eye : EyeOff}
          shortcut="D"
          onClick={() => actions.toggleDisabled(selected)}
        >
          {disabled ? "Enable" : "Disable"}
        </MenuItem>
      )}
      {editable && <LoopItems ids={selected} />}
      {mayRun && !many && (
        <MenuItem icon={FlaskConical} onClick={() => void fireTest({ until: id })}>
          Test up to here
        </MenuItem>
      )}
      {editable && <MenuSeparator />}
      <MenuItem icon={Copy} shortcut="Ctrl C" onClick={() => void actions.copySelected()}>
        Copy
      </MenuItem>
      {editable && (
        <>
          <MenuItem icon={CopyPlus} shortcut="Ctrl D" onClick={actions.duplicateSelected}>
            Duplicate
          </MenuItem>
          <MenuSeparator />
          <MenuItem icon={Trash2} shortcut="Del" danger onClick={actions.removeSelected}>
            {many ? `Delete ${selected.length} nodes` : "Delete"}
          </MenuItem>
        </>
      )}
    </>
  );
}

/** Into each loop where the nodes may stand, and out of the one in which they do. */
function LoopItems({ ids }: { ids: string[] }) {
  const document = useEditor((state) => state.document);
  const plugins = useEditor((state) => state.plugins);
  const inside = document.nodes.some((node) => ids.includes(node.id) && parentOf(node) !== null);
  return (
    <>
      {loopsFor(document, plugins, ids).map((loop) => (
        <MenuItem key={loop.id} icon={Repeat} onClick={() => actions.moveIntoLoop(ids, loop.id)}>
          Move into {loop.name}
        </MenuItem>
      ))}
      {inside && (
        <MenuItem icon={SquareArrowOutUpRight} onClick={() => actions.moveIntoLoop(ids, null)}>
          Move out of the loop
        </MenuItem>
      )}
    </>
  );
}

function PaneItems({ screen, position }: { screen: { x: number; y: number }; position: [number, number] }) {
  const editable = useEditor(canEdit);
  return (
    <>
      {editable && (
        <>
          <MenuItem
            icon={Plus}
            shortcut="/"
            onClick={() => setTimeout(() => openQuickAdd({ screen, position, parent: loopHere(position) }))}
          >
            Add a node here
          </MenuItem>
          <MenuItem
            icon={ClipboardPaste}
            shortcut="Ctrl V"
            onClick={() => void actions.pasteFromClipboard(position)}
          >
            Paste
          </MenuItem>
          <MenuSeparator />
        </>
      )}
      <MenuItem icon={BoxSelect} shortcut="Ctrl A" onClick={actions.selectAll}>
        Select all
      </MenuItem>
      <MenuItem icon={Maximize} shortcut="F" onClick={() => camera.fitView()}>
        Fit the whole graph
      </MenuItem>
      {editable && (
        <MenuItem icon={Wand} shortcut="T" onClick={actions.tidyUp}>
          Tidy up
        </MenuItem>
      )}
    </>
  );
}
