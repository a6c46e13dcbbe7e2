/** The bar above the canvas: where one is, what is saved, undo, the run that is shown, publish. */
import {
  ChevronLeft,
  Command,
  Download,
  Ellipsis,
  History as HistoryIcon,
  Keyboard,
  PanelLeft,
  Redo2,
  Rocket,
  Undo2,
  Upload,
} from "lucide-react";
import { useState } from "react";
import { Link } from "wouter";
import { ApiError, Offline } from "@/api/client";
import { PersonMenu } from "@/app/PersonMenu";
import * as actions from "@/canvas/actions";
import { useCanvas } from "@/canvas/state";
import { ConnectionState } from "@/live/ConnectionState";
import { canEdit, useEditor } from "@/model/editor";
import { RunPicker } from "@/runs/RunPicker";
import { Button, IconButton } from "@/ui/Button";
import { Menu, MenuItem, MenuSeparator } from "@/ui/Menu";
import { Switch } from "@/ui/Switch";
import { Tooltip } from "@/ui/Tooltip";
import { toast } from "@/ui/toast";
import { useDialogs } from "./dialogState";
import { exportGraph } from "./exchange";
import { usePanels } from "./panels";
import { SaveState } from "./SaveState";

export function TopBar() {
  return (
    <header className="flex h-12 shrink-0 select-none items-center gap-1 border-b bg-surface px-2 max-sm:gap-0 max-sm:px-1">
      <Link
        href="/"
        aria-label="All workflows"
        className="flex size-8 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-text"
      >
        <ChevronLeft size={18} aria-hidden />
      </Link>
      <PaletteToggle />
      <WorkflowName />
      <SaveState />
      <div className="flex items-center gap-1 max-sm:hidden">
        <UndoRedo />
      </div>
      <div className="ml-auto flex shrink-0 items-center gap-2 max-sm:gap-0.5">
        <RunPicker />
        <ConnectionState />
        <span className="h-5 w-px bg-line max-sm:hidden" />
        <EnabledSwitch />
        <PublishButton />
        <MoreMenu />
        <PersonMenu />
      </div>
    </header>
  );
}

function PaletteToggle() {
  const { paletteOpen, togglePalette } = usePanels();
  return (
    <IconButton
      icon={PanelLeft}
      label={paletteOpen ? "Hide the list of nodes" : "Show the list of nodes"}
      aria-expanded={paletteOpen}
      onClick={() => togglePalette()}
    />
  );
}

function WorkflowName() {
  const workflow = useEditor((state) => state.workflow);
  const editable = useEditor((state) => state.workflow?.roles.includes("edit") ?? false);
  const [draft, setDraft] = useState<string | null>(null);
  if (!workflow) return null;

  async function commit() {
    const name = draft?.trim();
    setDraft(null);
    if (!name || name === workflow?.name) return;
    try {
      await useEditor.getState().setWorkflow({ name });
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof Offline)) throw error;
      toast(error.message, { kind: "error", title: "The name was not saved" });
    }
  }

  const shown = draft ?? workflow.name;
  return (
    <span className="relative ml-1 inline-grid min-w-8 max-w-72 items-center font-semibold text-sm">
      <span className="invisible col-start-1 row-start-1 truncate whitespace-pre px-1.5">{shown || " "}</span>
      <input
        size={1}
        value={shown}
        readOnly={!editable}
        aria-label="Name of the workflow"
        className="col-start-1 row-start-1 h-7 w-full min-w-0 truncate rounded-md bg-transparent px-1.5 hover:bg-hover focus:bg-sunken focus:outline-1 focus:outline-accent"
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => void commit()}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
          if (event.key === "Escape") setDraft(null);
        }}
      />
    </span>
  );
}

function UndoRedo() {
  const undo = useEditor((state) => state.history.past.at(-1)?.label);
  const redo = useEditor((state) => state.history.future[0]?.label);
  const editable = useEditor(canEdit);
  return (
    <>
      <span className="mx-1 h-5 w-px bg-line" />
      <IconButton
        icon={Undo2}
        label={undo ? `Undo: ${undo}` : "Undo"}
        shortcut="Ctrl Z"
        disabled={!undo || !editable}
        onClick={actions.undo}
      />
      <IconButton
        icon={Redo2}
        label={redo ? `Redo: ${redo}` : "Redo"}
        shortcut="Ctrl Shift Z"
        disabled={!redo || !editable}
        onClick={actions.redo}
      />
    </>
  );
}

function EnabledSwitch() {
  const enabled = useEditor((state) => state.workflow?.enabled ?? false);
  const published = useEditor((state) => (state.workflow?.published_version ?? null) !== null);
  const may = useEditor((state) => state.workflow?.roles.includes("publish") ?? false);

  async function change(on: boolean) {
    try {
      await useEditor.getState().setEnabled(on);
      if (on && !published)
        toast("It is on, but events start nothing before it is published.", { id: "enabled" });
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof Offline)) throw error;
      toast(error.message, { kind: "error", id: "enabled" });
    }
  }

  return (
    <Tooltip
      label={enabled ? "On: matching events start this workflow" : "Off: events do not start this workflow"}
    >
      <span className="flex items-center gap-2 text-muted text-xs">
        <span aria-hidden className="w-5 text-right max-sm:hidden">
          {enabled ? "On" : "Off"}
        </span>
        <Switch label="Workflow is on" checked={enabled} disabled={!may} onChange={(on) => void change(on)} />
      </span>
    </Tooltip>
  );
}

function PublishButton() {
  const show = useDialogs((state) => state.show);
  const may = useEditor((state) => state.workflow?.roles.includes("publish") ?? false);
  const news = useEditor(
    (state) => state.workflow?.has_unpublished_changes !== false || state.saveState !== "saved",
  );
  return (
    <Button
      variant={news ? "primary" : "secondary"}
      icon={Rocket}
      disabled={!may}
      onClick={() => show("publish")}
    >
      <span className="max-sm:sr-only">Publish</span>
    </Button>
  );
}

function MoreMenu() {
  const show = useDialogs((state) => state.show);
  const editable = useEditor(canEdit);
  return (
    <Menu align="end" trigger={<IconButton icon={Ellipsis} label="More" />}>
      <MenuItem icon={Command} shortcut="Ctrl K" onClick={() => show("command")}>
        Commands
      </MenuItem>
      <MenuItem icon={HistoryIcon} onClick={() => show("versions")}>
        Versions
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={Download} onClick={exportGraph}>
        Export as JSON
      </MenuItem>
      <MenuItem icon={Upload} disabled={!editable} onClick={() => show("import")}>
        Import JSON…
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={Keyboard} shortcut="?" onClick={() => useCanvas.getState().set({ helpOpen: true })}>
        Keyboard shortcuts
      </MenuItem>
    </Menu>
  );
}
