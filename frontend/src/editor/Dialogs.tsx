/** All dialogs of the editor: one chunk. */
import { CommandPalette } from "@/command/CommandPalette";
import { ConflictDialog } from "./ConflictDialog";
import { ImportDialog } from "./ImportDialog";
import { PublishDialog } from "./PublishDialog";
import { ShortcutsDialog } from "./ShortcutsDialog";
import { VersionsDialog } from "./VersionsDialog";

export function Dialogs() {
  return (
    <>
      <CommandPalette />
      <PublishDialog />
      <VersionsDialog />
      <ImportDialog />
      <ConflictDialog />
      <ShortcutsDialog />
    </>
  );
}
