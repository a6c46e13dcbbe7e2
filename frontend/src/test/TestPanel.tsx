/** Fire a test event on the draft: which event, where it begins, what will act for real, how the run goes. */
import { CornerDownLeft, Play, ShieldCheck, TriangleAlert } from "lucide-react";
import { type ReactNode, useEffect, useId, useMemo } from "react";
import type { GraphNode, Problem, Run } from "@/api/types";
import { usePanels } from "@/editor/panels";
import { useEditor, usePlugin } from "@/model/editor";
import { plural, useElapsed } from "@/run/format";
import { StatusIcon, StatusWord } from "@/run/status";
import { runStore, useRunTree } from "@/run/store";
import { selectStep } from "@/runs/select";
import { Button } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { TextInput } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { Tooltip } from "@/ui/Tooltip";
import { actingNodes, namedTypes, startOf, triggersOf } from "./acts";
import { useTestDraft } from "./draft";
import { fireTest } from "./fire";
import { clearErrors, useFiring } from "./fired";
import { prepareEvent } from "./first";
import { JsonEditor } from "./JsonEditor";
import { Listen } from "./Listen";
import { RecentEvents, useRecentEvents } from "./RecentEvents";
import { Samples } from "./Samples";

export function TestPanel() {
  const triggers = useTriggers();
  const plugins = useEditor((state) => state.plugins);
  const types = useMemo(() => namedTypes(triggers, plugins), [triggers, plugins]);
  usePreparedEvent(triggers);
  return (
    <div className="@container h-full" data-panel="test">
      <div className="flex h-full min-h-0 flex-col overflow-auto @2xl:flex-row @2xl:overflow-hidden">
        <aside
          aria-label="Saved and recent events"
          className="min-h-0 shrink-0 overflow-auto border-b py-1 @2xl:w-52 @2xl:border-r @2xl:border-b-0"
        >
          <Samples />
          <RecentEvents types={types} />
        </aside>
        <EventEditor triggers={triggers} named={types} />
        <aside
          aria-label="What will happen"
          className="flex min-h-0 shrink-0 flex-col gap-3 overflow-auto border-t p-3 @2xl:w-72 @2xl:border-t-0 @2xl:border-l"
        >
          <Fire triggers={triggers} />
        </aside>
      </div>
    </div>
  );
}

function useTriggers(): GraphNode[] {
  const document = useEditor((state) => state.document);
  const plugins = useEditor((state) => state.plugins);
  return useMemo(() => triggersOf(document, plugins), [document, plugins]);
}

/** Has an event at hand, until somebody writes another. */
function usePreparedEvent(triggers: GraphNode[]): void {
  const workflow = useEditor((state) => state.workflow?.id);
  const trigger = triggers[0]?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first trigger that is drawn suggests an event.
  useEffect(() => {
    if (workflow) void prepareEvent(workflow);
  }, [workflow, trigger]);
}

// ── The event ───────────────────────────────────────────────────────────────────────────────────────

function EventEditor({ triggers, named }: { triggers: GraphNode[]; named: string[] }) {
  const { type, text, loaded, start, edit } = useTestDraft();
  const { errors } = useFiring();
  const recent = useRecentEvents();
  const id = useId();
  const types = useMemo(
    () => [
      ...new Set([...named.filter((name) => !name.includes("*")), ...recent.map((event) => event.type)]),
    ],
    [named, recent],
  );
  const change = (fields: { type?: string; text?: string; start?: string | null }) => {
    clearErrors();
    edit(fields);
  };
  return (
    <section aria-label="Test event" className="flex min-h-60 min-w-0 flex-1 flex-col gap-2 p-3">
      <div className="flex flex-wrap items-start gap-2">
        <div className="min-w-40 flex-1">
          <TextInput
            aria-label="Event type"
            aria-describedby={errors.type ? `${id}-type` : undefined}
            placeholder="Event type, such as order.placed"
            list={`${id}-types`}
            mono
            invalid={errors.type !== undefined}
            value={type}
            onChange={(event) => change({ type: event.target.value })}
            onKeyDown={(event) => event.key === "Enter" && void fireTest()}
          />
          <datalist id={`${id}-types`}>
            {types.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
          {errors.type && <FieldError id={`${id}-type`}>{errors.type}</FieldError>}
        </div>
        {triggers.length > 1 && (
          <TriggerChoice triggers={triggers} value={start} onChange={(next) => change({ start: next })} />
        )}
      </div>
      <JsonEditor
        label="Event properties"
        text={text}
        loaded={loaded}
        invalid={errors.properties !== undefined}
        describedBy={errors.properties ? `${id}-properties` : undefined}
        onChange={(next) => change({ text: next })}
        onSubmit={() => void fireTest()}
      />
      {errors.properties && <FieldError id={`${id}-properties`}>{errors.properties}</FieldError>}
    </section>
  );
}

const FieldError = ({ id, children }: { id: string; children: ReactNode }) => (
  <p id={id} role="alert" className="mt-1 text-fail text-xs">
    {children}
  </p>
);

const BY_EVENT = "";

function TriggerChoice({
  triggers,
  value,
  onChange,
}: {
  triggers: GraphNode[];
  value: string | null;
  onChange: (start: string | null) => void;
}) {
  const options = [
    { value: BY_EVENT, label: "Whichever takes it" },
    ...triggers.map((trigger) => ({ value: trigger.id, label: `Begin at ${trigger.name}` })),
  ];
  const known = triggers.some((trigger) => trigger.id === value) ? (value ?? BY_EVENT) : BY_EVENT;
  return (
    <Select
      label="Where the run begins"
      value={known}
      options={options}
      onChange={(next) => onChange(next || null)}
      className="max-w-52"
    />
  );
}

// ── Firing ──────────────────────────────────────────────────────────────────────────────────────────

function Fire({ triggers }: { triggers: GraphNode[] }) {
  const { busy, errors, run } = useFiring();
  const mayRun = useEditor((state) => state.workflow?.roles.includes("run") ?? false);
  const chosen = useTestDraft((state) => state.start);
  const start = startOf(triggers, chosen);
  const viewing = useEditor((state) => state.viewing !== null);
  return (
    <>
      <Button
        variant="primary"
        icon={Play}
        busy={busy}
        disabled={!mayRun || triggers.length === 0}
        onClick={() => void fireTest()}
        className="h-9 w-full"
        data-action="fire"
      >
        Fire test event
        <span className="ml-1">
          <FireKey />
        </span>
      </Button>
      {start?.plugin === "webhook" && mayRun && (
        <Listen node={start} onErrors={(next) => useFiring.setState({ errors: next })} />
      )}
      {!mayRun && <p className="text-muted text-xs">You may look at this workflow but not run it.</p>}
      {mayRun && triggers.length === 0 && (
        <p className="text-muted text-xs">
          The graph has no trigger yet. Add a Start node: events begin there.
        </p>
      )}
      {viewing && (
        <p className="text-muted text-xs">The test runs your draft, not the past run that is shown.</p>
      )}
      {errors.other && (
        <p role="alert" className="rounded-md bg-fail-soft px-2.5 py-2 text-fail text-xs">
          {errors.other}
        </p>
      )}
      {errors.problems && <Refusal problems={errors.problems} />}
      {run && <LastRun fired={run} />}
      <Acts triggers={start ? [start] : triggers} />
    </>
  );
}

const FireKey = () => (
  <span className="inline-flex items-center gap-0.5 text-2xs" aria-hidden>
    {/Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl"}
    <CornerDownLeft size={11} />
  </span>
);

function Refusal({ problems }: { problems: Problem[] }) {
  return (
    <div role="alert" className="rounded-md bg-fail-soft px-2.5 py-2 text-xs">
      <p className="font-medium text-fail">The draft cannot run yet</p>
      <ul className="mt-1 flex flex-col gap-1">
        {problems.slice(0, 6).map((problem) => (
          <li key={`${problem.node}${problem.edge}${problem.code}${problem.message}`}>
            {problem.node ? (
              <button
                type="button"
                className="text-left text-text underline-offset-2 hover:underline"
                onClick={() => problem.node && selectStep(problem.node, null)}
              >
                {problem.message}
              </button>
            ) : (
              problem.message
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** How the run that was fired here goes; it is done when its branches are. */
function LastRun({ fired }: { fired: Run }) {
  const { watched, root, runs, progress, began, ended, status } = useRunTree();
  const showBottom = usePanels((state) => state.showBottom);
  const shown = watched === fired.id && root !== null && status !== null;
  const elapsed = useElapsed(shown ? began : null, ended);
  useJumpToFailure(shown && ended !== null && status === "failed" ? fired.id : null);
  if (!shown) return null;
  return (
    <section
      aria-label="Test run"
      data-run-id={fired.id}
      data-status={status}
      className="rounded-lg border bg-sunken px-2.5 py-2 text-xs"
    >
      <div className="flex items-center gap-2">
        <StatusWord status={status} />
        <span className="text-muted tabular-nums">{elapsed}</span>
        <button
          type="button"
          onClick={() => showBottom("runs")}
          className="ml-auto font-medium text-accent hover:underline"
        >
          {plural(progress.steps, "step")}
        </button>
      </div>
      {runs.length > 1 && (
        <div className="mt-1 flex flex-wrap gap-x-3 gap-y-0.5 text-muted">
          {runs.map(({ run }) => (
            <span key={run.id} className="inline-flex items-center gap-1">
              <StatusIcon status={run.status} size={12} />
              {run.kind === "background" ? "Background" : "Foreground"}
            </span>
          ))}
        </div>
      )}
    </section>
  );
}

/** Once per failed test, and only while nobody looks at something else, the failing node is shown. */
function useJumpToFailure(run: string | null): void {
  useEffect(() => {
    if (run === null || useEditor.getState().selection.nodes.length > 0) return;
    const step = runStore.steps().find((each) => each.status === "failed");
    if (step) selectStep(step.node, null);
  }, [run]);
}

/** Before firing: what the test will do outside of the run. */
function Acts({ triggers }: { triggers: GraphNode[] }) {
  const document = useEditor((state) => state.document);
  const plugins = useEditor((state) => state.plugins);
  const acting = useMemo(
    () =>
      actingNodes(
        document,
        plugins,
        triggers.map((trigger) => trigger.id),
      ),
    [document, plugins, triggers],
  );
  if (triggers.length === 0) return null;
  if (acting.length === 0) {
    return (
      <p className="flex items-start gap-2 text-muted text-xs">
        <ShieldCheck size={14} className="mt-0.5 shrink-0 text-ok" aria-hidden />
        Nothing in this workflow acts outside of the run.
      </p>
    );
  }
  return (
    <section aria-label="Nodes that act for real">
      <h3 className="flex items-center gap-1.5 font-semibold text-text text-xs">
        <TriangleAlert size={13} className="text-warn" aria-hidden />
        {acting.length === 1 ? "One node acts" : `${acting.length} nodes act`} for real
      </h3>
      <ul className="mt-1 flex flex-col">
        {acting.map(({ node, does }) => (
          <li key={node.id}>
            <ActingNode node={node} does={does} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function ActingNode({ node, does }: { node: GraphNode; does: string }) {
  const plugin = usePlugin(node.plugin);
  return (
    <Tooltip label={plugin?.name ?? node.plugin} side="left">
      <button
        type="button"
        onClick={() => selectStep(node.id, null)}
        className={cx("w-full rounded-md px-1.5 py-1 text-left text-xs hover:bg-hover")}
      >
        <span className="font-medium text-text">{node.name}</span> <span className="text-muted">{does}</span>
      </button>
    </Tooltip>
  );
}
