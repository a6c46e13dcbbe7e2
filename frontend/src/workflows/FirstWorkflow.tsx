/** What an empty list offers: four ways to begin. */
import { FilePlus2, FileUp, GitFork, type LucideIcon, Webhook } from "lucide-react";
import * as templates from "./templates";

interface FirstWorkflowProps {
  onCreate: (template: templates.Template) => void;
  onImport: () => void;
}

export function FirstWorkflow({ onCreate, onImport }: FirstWorkflowProps) {
  return (
    <section aria-label="Begin" className="rounded-xl border bg-surface px-6 py-10">
      <h2 className="text-center font-semibold text-base text-text">Draw your first workflow</h2>
      <p className="mx-auto mt-1 max-w-lg text-balance text-center text-muted text-sm">
        An event starts a workflow. What may take long goes into a background branch, which you can watch live
        while it runs.
      </p>
      <div className="mx-auto mt-7 grid max-w-3xl grid-cols-1 gap-3 sm:grid-cols-2">
        <Way icon={FilePlus2} title="Empty canvas" onClick={() => onCreate(templates.empty())}>
          Begin with nothing and add nodes from the palette.
        </Way>
        <Way
          icon={GitFork}
          title="A background branch"
          turned
          onClick={() => onCreate(templates.background())}
        >
          A Start that answers at once and hands its work over.
        </Way>
        <Way icon={Webhook} title="A webhook" onClick={() => onCreate(templates.webhook())}>
          Starts when another system calls a secret address.
        </Way>
        <Way icon={FileUp} title="Import a file" onClick={onImport}>
          A workflow that was exported here or elsewhere.
        </Way>
      </div>
    </section>
  );
}

interface WayProps {
  icon: LucideIcon;
  title: string;
  turned?: boolean;
  onClick: () => void;
  children: string;
}

function Way({ icon: Icon, title, turned, onClick, children }: WayProps) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="group flex items-start gap-3 rounded-lg border bg-raised p-4 text-left transition-colors hover:border-accent-line hover:bg-accent-soft"
    >
      <span className="flex size-9 shrink-0 items-center justify-center rounded-lg border bg-sunken text-muted group-hover:text-accent">
        <Icon size={18} className={turned ? "rotate-180" : ""} aria-hidden />
      </span>
      <span>
        <span className="block font-medium text-sm text-text">{title}</span>
        <span className="mt-0.5 block text-muted text-xs">{children}</span>
      </span>
    </button>
  );
}
