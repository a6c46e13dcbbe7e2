/** Publishing: a name, a note, and what stands against it. */
import { Rocket } from "lucide-react";
import { useState } from "react";
import { ApiError, Offline } from "@/api/client";
import type { Problem } from "@/api/types";
import { useEditor } from "@/model/editor";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { TextArea, TextInput } from "@/ui/Field";
import { toast } from "@/ui/toast";
import { useDialogs } from "./dialogState";
import { ProblemList } from "./ProblemList";

export function PublishDialog() {
  const { open, show } = useDialogs();
  return (
    <Dialog
      open={open === "publish"}
      onOpenChange={(next) => !next && show(null)}
      title="Publish"
      description="A version is a fixed copy of the draft. Events start the version that was published last."
    >
      <PublishForm onDone={() => show(null)} />
    </Dialog>
  );
}

interface Refusal {
  message: string;
  problems: Problem[];
}

function PublishForm({ onDone }: { onDone: () => void }) {
  const workflow = useEditor((state) => state.workflow);
  const known = useEditor((state) => state.problems);
  const [name, setName] = useState("");
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const errors = refusal?.problems ?? known.filter((problem) => problem.severity === "error");

  async function publish() {
    setBusy(true);
    setRefusal(null);
    try {
      const version = await useEditor.getState().publish(name.trim(), note.trim());
      onDone();
      tell(version.number);
    } catch (error) {
      setRefusal(refusalOf(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void publish();
      }}
    >
      {errors.length > 0 && (
        <div className="rounded-lg border border-line bg-fail-soft p-3" role="alert">
          <p className="mb-2 font-medium text-fail text-sm">
            {refusal?.message ?? "These have to be put right first:"}
          </p>
          <ProblemList problems={errors} onGo={onDone} />
        </div>
      )}
      {refusal && refusal.problems.length === 0 && (
        <p role="alert" className="text-fail text-sm">
          {refusal.message}
        </p>
      )}
      <label className="flex flex-col gap-1.5 font-medium text-sm">
        Name
        <TextInput
          value={name}
          placeholder={`Version ${(workflow?.published_version ?? 0) + 1}`}
          maxLength={200}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <label className="flex flex-col gap-1.5 font-medium text-sm">
        Note
        <TextArea
          rows={3}
          value={note}
          placeholder="What changed?"
          onChange={(event) => setNote(event.target.value)}
        />
      </label>
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" variant="primary" icon={Rocket} busy={busy}>
          Publish
        </Button>
      </div>
    </form>
  );
}

function tell(number: number): void {
  const { workflow, setEnabled } = useEditor.getState();
  const off = workflow?.enabled === false && workflow.roles.includes("publish");
  toast(off ? "Switch the workflow on so that events start it." : "Events start it from now on.", {
    kind: "ok",
    title: `Version ${number} is published`,
    action: off ? { label: "Switch it on", run: () => void setEnabled(true) } : undefined,
  });
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof ApiError) {
    const { detail, title, problems, errors } = error.problem;
    const also = problems ? [] : (errors ?? []).map((item) => item.message);
    return { message: [detail || title, ...also].join(" "), problems: problems ?? [] };
  }
  if (error instanceof Offline || error instanceof Error) return { message: error.message, problems: [] };
  throw error;
}
