/** The test event as it is written: type, properties, where the run begins. */
import { type ReactNode, useId, useMemo } from "react";
import type { GraphNode } from "@/api/types";
import { TextInput } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { useTestDraft } from "./draft";
import { fireTest } from "./fire";
import { clearErrors, useFiring } from "./fired";
import { JsonEditor } from "./JsonEditor";
import { useRecentEvents } from "./RecentEvents";

export function EventEditor({ triggers, named }: { triggers: GraphNode[]; named: string[] }) {
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
