/** What was published, and bringing a version back into the draft. */
import { useQuery } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { ApiError, api, Offline } from "@/api/client";
import type { Page, Version, Workflow } from "@/api/types";
import { canEdit, useEditor } from "@/model/editor";
import { formatWhole } from "@/run/format";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Empty } from "@/ui/Empty";
import { toast } from "@/ui/toast";
import { useDialogs } from "./dialogState";

export function VersionsDialog() {
  const { open, show } = useDialogs();
  return (
    <Dialog open={open === "versions"} onOpenChange={(next) => !next && show(null)} title="Versions">
      <Versions onDone={() => show(null)} />
    </Dialog>
  );
}

function Versions({ onDone }: { onDone: () => void }) {
  const workflow = useEditor((state) => state.workflow);
  const editable = useEditor(canEdit);
  const [busy, setBusy] = useState<number | null>(null);
  const { data, error } = useQuery({
    queryKey: ["versions", workflow?.id, workflow?.published_version],
    queryFn: () => api.get<Page<Version>>(`workflows/${workflow?.id}/versions/`),
  });

  async function restore(number: number) {
    setBusy(number);
    try {
      await useEditor.getState().save();
      const version = await api.get<Version & Pick<Workflow, "graph">>(
        `workflows/${workflow?.id}/versions/${number}/`,
      );
      useEditor.getState().replaceDocument(version.graph, `Restore version ${number}`);
      onDone();
      toast("The draft is now this version. Undo brings the draft back.", {
        kind: "ok",
        title: `Version ${number}`,
      });
    } catch (reason) {
      if (!(reason instanceof ApiError || reason instanceof Offline)) throw reason;
      toast(reason.message, { kind: "error" });
    } finally {
      setBusy(null);
    }
  }

  if (error) return <p className="text-fail text-sm">{error.message}</p>;
  if (!data) return <p className="text-muted text-sm">Loading…</p>;
  if (data.results.length === 0) return <Empty title="Nothing was published yet" />;
  return (
    <ul className="flex flex-col divide-y">
      {data.results.map((version) => (
        <li key={version.number} className="flex items-center gap-3 py-2.5">
          <span className="w-10 shrink-0 font-semibold text-muted text-sm tabular-nums">
            v{version.number}
          </span>
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium text-sm">
              {version.name || `Version ${version.number}`}
              {version.number === workflow?.published_version && (
                <span className="ml-2 rounded bg-ok-soft px-1.5 text-2xs text-ok">published</span>
              )}
            </span>
            <span className="block text-muted text-xs">
              {formatWhole(version.created)}
              {version.note && ` · ${version.note}`}
            </span>
          </span>
          {editable && (
            <Button
              size="sm"
              icon={RotateCcw}
              busy={busy === version.number}
              onClick={() => void restore(version.number)}
            >
              Restore
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
