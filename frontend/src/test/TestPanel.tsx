/** The Test panel: events to choose from, the event to fire, and what firing it does. */
import { useEffect, useMemo } from "react";
import type { GraphNode } from "@/api/types";
import { useEditor } from "@/model/editor";
import { namedTypes, triggersOf } from "./acts";
import { EventEditor } from "./EventEditor";
import { Fire } from "./Firing";
import { prepareEvent } from "./first";
import { RecentEvents } from "./RecentEvents";
import { Samples } from "./Samples";

export function TestPanel() {
  const triggers = useTriggers();
  const plugins = useEditor((state) => state.plugins);
  const types = useMemo(() => namedTypes(triggers, plugins), [triggers, plugins]);
  usePreparedEvent(triggers[0]?.id, types[0]);
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

/** Has an event at hand that follows the drawn trigger, until somebody writes another. */
function usePreparedEvent(trigger: string | undefined, type: string | undefined): void {
  const workflow = useEditor((state) => state.workflow?.id);
  // biome-ignore lint/correctness/useExhaustiveDependencies: trigger and type are what the event is made from.
  useEffect(() => {
    if (workflow) void prepareEvent(workflow);
  }, [workflow, trigger, type]);
}
