/** The saved test events of the workflow: load, save, save anew, rename, delete. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Bookmark, Ellipsis, Pencil, Save, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import type { Page, Sample } from "@/api/types";
import { useEditor } from "@/model/editor";
import { Button, IconButton } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { TextInput } from "@/ui/Field";
import { Menu, MenuItem, MenuSeparator } from "@/ui/Menu";
import { toast } from "@/ui/toast";
import { useTestDraft } from "./draft";
import { format, parseProperties } from "./properties";
import { SourceItem } from "./SourceItem";

type SampleFields = Omit<Sample, "id">;

export const samplesOf = (workflow: string) => ({
  queryKey: ["samples", workflow],
  queryFn: () => api.get<Page<Sample>>("samples/", { workflow, page_size: 200 }),
});

function useSamples(workflow: string | undefined) {
  const client = useQueryClient();
  const query = samplesOf(workflow ?? "");
  const { data } = useQuery({ ...query, enabled: workflow !== undefined });
  const change = useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSettled: () => client.invalidateQueries({ queryKey: query.queryKey }),
    onError: (error) => toast(error.message, { kind: "error", title: "The sample was not saved" }),
  });
  return { samples: data?.results ?? [], change };
}

export function Samples() {
  const workflow = useEditor((state) => state.workflow?.id);
  const mayRun = useEditor((state) => state.workflow?.roles.includes("run") ?? false);
  const { samples, change } = useSamples(workflow);
  const [naming, setNaming] = useState<Sample | "new" | null>(null);
  const load = useTestDraft((state) => state.load);

  function written(name: string): SampleFields | null {
    const { type, text } = useTestDraft.getState();
    const { value, error } = parseProperties(text);
    if (error || !workflow) {
      toast("The properties are not JSON yet.", { kind: "error", title: "The sample was not saved" });
      return null;
    }
    return { workflow, name, event_type: type, properties: value };
  }
  const replace = (sample: Sample) => {
    const fields = written(sample.name);
    if (fields)
      change.mutate(() => api.put(`samples/${sample.id}/`, fields), {
        onSuccess: () => toast(`“${sample.name}” saved.`, { kind: "ok" }),
      });
  };
  const remove = ({ id, ...fields }: Sample) =>
    change.mutate(() => api.delete(`samples/${id}/`), {
      onSuccess: () =>
        toast(`“${fields.name}” deleted.`, {
          action: { label: "Undo", run: () => change.mutate(() => api.post("samples/", fields)) },
        }),
    });
  const name = (wanted: string) => {
    const given = naming === "new" ? written(wanted) : naming && { ...withoutId(naming), name: wanted };
    if (!given) return;
    change.mutate(
      () =>
        naming === "new" || !naming ? api.post("samples/", given) : api.put(`samples/${naming.id}/`, given),
      { onSuccess: () => setNaming(null) },
    );
  };

  return (
    <section aria-label="Samples" className="flex flex-col">
      <header className="flex h-8 items-center justify-between pr-1.5 pl-3">
        <h3 className="font-semibold text-text text-xs">Samples</h3>
        {mayRun && (
          <IconButton
            icon={Save}
            size="sm"
            label="Save this event as a sample"
            onClick={() => setNaming("new")}
          />
        )}
      </header>
      {samples.length === 0 && (
        <p className="px-3 pb-2 text-faint text-xs">Save an event to have it at hand.</p>
      )}
      {samples.map((sample) => (
        <SourceItem
          key={sample.id}
          icon={Bookmark}
          title={sample.name}
          hint={sample.event_type}
          onClick={() => load({ type: sample.event_type, text: format(sample.properties) })}
          actions={
            mayRun && (
              <Menu
                trigger={<IconButton icon={Ellipsis} size="sm" label={`Actions of ${sample.name}`} />}
                align="end"
              >
                <MenuItem icon={Save} onClick={() => replace(sample)}>
                  Replace by this event
                </MenuItem>
                <MenuItem icon={Pencil} onClick={() => setNaming(sample)}>
                  Rename
                </MenuItem>
                <MenuSeparator />
                <MenuItem icon={Trash2} danger onClick={() => remove(sample)}>
                  Delete
                </MenuItem>
              </Menu>
            )
          }
        />
      ))}
      {naming && (
        <NameDialog sample={naming} busy={change.isPending} onName={name} onClose={() => setNaming(null)} />
      )}
    </section>
  );
}

const withoutId = ({ id: _, ...fields }: Sample): SampleFields => fields;

interface NameDialogProps {
  sample: Sample | "new";
  busy: boolean;
  onName: (name: string) => void;
  onClose: () => void;
}

function NameDialog({ sample, busy, onName, onClose }: NameDialogProps) {
  const [name, setName] = useState(sample === "new" ? "" : sample.name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) onName(name.trim());
  };
  return (
    <Dialog
      open
      width="sm"
      onOpenChange={(open) => !open && onClose()}
      title={sample === "new" ? "Save as a sample" : "Rename sample"}
      description="A sample belongs to the workflow: everybody who works on it sees it."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" busy={busy} disabled={!name.trim()} onClick={() => onName(name.trim())}>
            Save
          </Button>
        </>
      }
    >
      <form onSubmit={submit}>
        <TextInput
          aria-label="Name"
          placeholder="Large order"
          autoFocus
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </form>
    </Dialog>
  );
}
