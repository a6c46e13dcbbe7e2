/** One row per workflow: what it is, whether it is on, what is published, how it last ran. */
import { Copy, Download, Ellipsis, ExternalLink, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import type { WorkflowRow } from "@/api/types";
import { formatAgo, formatWhole } from "@/run/format";
import { STATUS, StatusIcon } from "@/run/status";
import { TestBadge } from "@/runs/RunBadges";
import { IconButton } from "@/ui/Button";
import { Menu, MenuItem, MenuSeparator } from "@/ui/Menu";
import { Switch } from "@/ui/Switch";
import { Tooltip } from "@/ui/Tooltip";
import { useNow } from "@/ui/useNow";
import { exportWorkflow } from "./useWorkflows";

interface Actions {
  onEnable: (workflow: WorkflowRow, enabled: boolean) => void;
  onDuplicate: (workflow: WorkflowRow) => void;
  onDelete: (workflow: WorkflowRow) => void;
}

export function WorkflowList({ workflows, ...actions }: { workflows: WorkflowRow[] } & Actions) {
  return (
    <div className="overflow-x-auto rounded-xl border bg-surface">
      <table className="w-full border-collapse text-left text-sm">
        <thead>
          <tr className="border-b text-2xs text-faint">
            <Head className="pl-5">Name</Head>
            <Head>On</Head>
            <Head className="max-md:hidden">Published</Head>
            <Head className="max-sm:hidden">Last run</Head>
            <Head className="text-right max-lg:hidden">Nodes</Head>
            <Head className="max-lg:hidden">Changed</Head>
            <Head>
              <span className="sr-only">Actions</span>
            </Head>
          </tr>
        </thead>
        <tbody>
          {workflows.map((workflow) => (
            <Row key={workflow.id} workflow={workflow} {...actions} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const Head = ({ children, className }: { children: ReactNode; className?: string }) => (
  <th scope="col" className={`h-9 whitespace-nowrap px-3 font-medium ${className ?? ""}`}>
    {children}
  </th>
);

function Row({ workflow, onEnable, onDuplicate, onDelete }: { workflow: WorkflowRow } & Actions) {
  const [, navigate] = useLocation();
  const address = `/workflows/${workflow.id}/`;
  const mayEdit = workflow.roles.includes("edit");
  const maySwitch =
    workflow.roles.includes("publish") && (workflow.published_version !== null || workflow.enabled);
  return (
    <tr
      data-workflow-id={workflow.id}
      className="group relative border-b transition-colors last:border-b-0 hover:bg-hover has-focus-visible:bg-hover"
    >
      <td className="w-full max-w-0 py-3 pr-3 pl-5">
        <Link href={address} className="font-medium text-text outline-offset-4 after:absolute after:inset-0">
          {workflow.name}
        </Link>
        {workflow.description && <p className="truncate text-muted text-xs">{workflow.description}</p>}
      </td>
      <td className="px-3">
        <Tooltip label={switchHint(workflow)}>
          <span className="relative z-10 inline-flex py-2">
            <Switch
              label={`${workflow.name} is switched on`}
              checked={workflow.enabled}
              disabled={!maySwitch}
              onChange={(enabled) => onEnable(workflow, enabled)}
            />
          </span>
        </Tooltip>
      </td>
      <td className="whitespace-nowrap px-3 max-md:hidden">
        <Published workflow={workflow} />
      </td>
      <td className="whitespace-nowrap px-3 max-sm:hidden">
        <LastRun workflow={workflow} />
      </td>
      <td className="px-3 text-right text-muted tabular-nums max-lg:hidden">{workflow.counts?.nodes}</td>
      <td className="whitespace-nowrap px-3 text-muted max-lg:hidden">
        <Ago time={workflow.updated} />
      </td>
      <td className="w-12 pr-3">
        <span className="relative z-10 flex justify-end">
          <Menu align="end" trigger={<IconButton icon={Ellipsis} label={`Actions of ${workflow.name}`} />}>
            <MenuItem icon={ExternalLink} onClick={() => navigate(address)}>
              Open
            </MenuItem>
            <MenuItem icon={Copy} onClick={() => onDuplicate(workflow)}>
              Duplicate
            </MenuItem>
            <MenuItem icon={Download} onClick={() => void exportWorkflow(workflow)}>
              Export
            </MenuItem>
            <MenuSeparator />
            <MenuItem icon={Trash2} danger disabled={!mayEdit} onClick={() => onDelete(workflow)}>
              Delete
            </MenuItem>
          </Menu>
        </span>
      </td>
    </tr>
  );
}

function switchHint(workflow: WorkflowRow): string {
  if (!workflow.roles.includes("publish")) return "You may not switch this workflow.";
  if (workflow.published_version === null)
    return "Publish the workflow first: only a published version can be switched on.";
  return workflow.enabled ? "Events start this workflow." : "Events do not start this workflow.";
}

function Published({ workflow: { published_version, has_unpublished_changes } }: { workflow: WorkflowRow }) {
  if (published_version === null) return <span className="text-faint">Draft</span>;
  return (
    <span className="inline-flex items-center gap-2">
      Version {published_version}
      {has_unpublished_changes && (
        <span className="inline-flex items-center gap-1 text-warn text-xs">
          <span className="size-1.5 rounded-full bg-warn" aria-hidden />
          unpublished changes
        </span>
      )}
    </span>
  );
}

function LastRun({ workflow: { last_run: run } }: { workflow: WorkflowRow }) {
  if (!run) return <span className="text-faint">Never</span>;
  return (
    <Link
      href={`/runs/${run.id}/`}
      className="relative z-10 inline-flex items-center gap-1.5 rounded py-1 hover:underline"
    >
      <StatusIcon status={run.status} />
      <span className="sr-only">{STATUS[run.status].word}</span>
      <span className="text-muted">
        <Ago time={run.queued} />
      </span>
      {run.is_test && <TestBadge />}
    </Link>
  );
}

export function Ago({ time }: { time: string }) {
  useNow(Date.now() - Date.parse(time) < 60_000);
  return (
    <time dateTime={time} title={formatWhole(time)} className="tabular-nums">
      {formatAgo(time, Date.now())}
    </time>
  );
}
