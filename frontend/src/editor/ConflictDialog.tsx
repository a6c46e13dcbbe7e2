/** Somebody else saved in between: both versions are there, the person chooses. */

import { compare } from "@/model/compare";
import { useEditor } from "@/model/editor";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

export function ConflictDialog() {
  const open = useEditor((state) => state.saveState === "conflict" && state.theirs !== null);
  const theirs = useEditor((state) => state.theirs);
  const mine = useEditor((state) => state.document);
  const resolve = useEditor((state) => state.resolveConflict);
  if (!theirs) return null;
  const changes = compare(theirs.graph, mine);
  const by = theirs.updated_by?.name;
  return (
    <Dialog
      open={open}
      onOpenChange={() => undefined}
      dismissible={false}
      title="This workflow was changed elsewhere"
      description={`${by ? `${by} saved` : "It was saved"} revision ${theirs.revision} while you were editing. Nothing is lost: whatever you choose, Undo brings the other one back.`}
      footer={
        <>
          <Button onClick={() => void resolve("theirs")}>Take theirs</Button>
          <Button variant="primary" onClick={() => void resolve("mine")}>
            Keep mine
          </Button>
        </>
      }
    >
      <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1 text-sm">
        {changes.map(({ label, names }) => (
          <div key={label} className="contents">
            <dt className="text-muted">{label}</dt>
            <dd>{names.join(", ")}</dd>
          </div>
        ))}
        {changes.length === 0 && <dd className="col-span-2">Both graphs are the same.</dd>}
      </dl>
    </Dialog>
  );
}
