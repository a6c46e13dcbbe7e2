/** All dialogs of the editor: one chunk. */
import { ConflictDialog } from "./ConflictDialog";
import { ImportDialog } from "./ImportDialog";
import { PublishDialog } from "./PublishDialog";
import { ShortcutsDialog } from "./ShortcutsDialog";
import { VersionsDialog } from "./VersionsDialog";

export function Dialogs() {
  return (
    <>
      <PublishDialog />
      <VersionsDialog />
      <ImportDialog />
      <ConflictDialog />
      <ShortcutsDialog />
    </>
  );
}
