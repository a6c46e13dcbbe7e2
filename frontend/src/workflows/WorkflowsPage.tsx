/** The list of workflows: find one, switch it on or off, begin a new one. */
import { FileUp, Plus, Search } from "lucide-react";
import { useDeferredValue, useState } from "react";
import type { WorkflowRow } from "@/api/types";
import { ConnectionState } from "@/live/ConnectionState";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Empty } from "@/ui/Empty";
import { Spinner } from "@/ui/Spinner";
import { FirstWorkflow } from "./FirstWorkflow";
import * as templates from "./templates";
import { useImport } from "./useImport";
import { useWorkflowActions, useWorkflows } from "./useWorkflows";
import { WorkflowList } from "./WorkflowList";

export function WorkflowsPage() {
  const { workflows, isPending, error } = useWorkflows();
  const actions = useWorkflowActions();
  const [search, setSearch] = useState("");
  const [deleting, setDeleting] = useState<WorkflowRow | null>(null);
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const found = workflows.filter(({ name, description }) =>
    `${name}\n${description}`.toLowerCase().includes(wanted),
  );
  const chooseFile = useImport((template) => actions.create.mutate(template));

  return (
    <div className="mx-auto flex max-w-6xl flex-col gap-5 px-6 py-8">
      <header className="flex flex-wrap items-center gap-3">
        <h1 className="mr-auto font-semibold text-lg text-text tracking-tight">Workflows</h1>
        <ConnectionState />
        {workflows.length > 0 && <SearchField value={search} onChange={setSearch} />}
        <Button icon={FileUp} onClick={chooseFile}>
          Import
        </Button>
        <Button
          variant="primary"
          icon={Plus}
          busy={actions.create.isPending}
          onClick={() => actions.create.mutate(templates.empty())}
        >
          New workflow
        </Button>
      </header>
      {error && (
        <p role="alert" className="rounded-lg bg-fail-soft px-3 py-2 text-fail text-sm">
          {error.message}
        </p>
      )}
      {isPending && (
        <div className="flex justify-center py-16 text-muted">
          <Spinner size={20} />
        </div>
      )}
      {!isPending && !error && workflows.length === 0 && (
        <FirstWorkflow onCreate={(template) => actions.create.mutate(template)} onImport={chooseFile} />
      )}
      {workflows.length > 0 && found.length === 0 && (
        <Empty
          icon={Search}
          title={`Nothing is called “${search}”`}
          action={<Button onClick={() => setSearch("")}>Show all</Button>}
        />
      )}
      {found.length > 0 && (
        <WorkflowList
          workflows={found}
          onEnable={(workflow, enabled) => actions.enable.mutate({ workflow, enabled })}
          onDuplicate={(workflow) => actions.duplicate.mutate(workflow)}
          onDelete={setDeleting}
        />
      )}
      {deleting && (
        <DeleteDialog
          workflow={deleting}
          busy={actions.remove.isPending}
          onClose={() => setDeleting(null)}
          onDelete={() => actions.remove.mutate(deleting, { onSettled: () => setDeleting(null) })}
        />
      )}
    </div>
  );
}

function SearchField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <label className="relative block w-56">
      <span className="sr-only">Search workflows</span>
      <Search
        size={14}
        className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-faint"
        aria-hidden
      />
      <input
        type="search"
        value={value}
        placeholder="Search"
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && onChange("")}
        className="h-8 w-full rounded-md border border-line-strong bg-raised pr-2 pl-8 text-sm hover:border-control focus:border-accent focus:outline-2 focus:outline-accent/25"
      />
    </label>
  );
}

interface DeleteDialogProps {
  workflow: WorkflowRow;
  busy: boolean;
  onClose: () => void;
  onDelete: () => void;
}

function DeleteDialog({ workflow, busy, onClose, onDelete }: DeleteDialogProps) {
  return (
    <Dialog
      open
      width="sm"
      onOpenChange={(open) => !open && onClose()}
      title={`Delete “${workflow.name}”?`}
      description={
        workflow.enabled
          ? "It is switched on: events will no longer start it. Runs that have begun go on to their end."
          : "Its draft and versions can no longer be opened."
      }
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="danger" busy={busy} onClick={onDelete}>
            Delete
          </Button>
        </>
      }
    />
  );
}
