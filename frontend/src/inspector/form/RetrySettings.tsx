/** How often and how long a node is tried before it counts as failed. */
import { type ReactNode, useId } from "react";
import type { GraphNode, NodeSettings } from "@/api/types";
import { useEditor } from "@/model/editor";
import { TextArea, TextInput } from "@/ui/Field";

type Retry = NonNullable<NodeSettings["retry"]>;

const ONCE: Retry = { attempts: 1, delay: 1, backoff: 2 };

export function RetrySettings({ node, readOnly }: { node: GraphNode; readOnly: boolean }) {
  const set = useEditor((state) => state.setSettings);
  const retry: Retry = { ...ONCE, ...node.settings?.retry };
  const change = (fields: Partial<Retry>) =>
    set(node.id, { retry: { ...retry, ...fields } }, `Edit retries of ${node.name}`);
  const again = retry.attempts > 1;
  return (
    <div className="flex flex-col gap-3">
      <Row
        title="Time-out"
        unit="seconds"
        help="Each attempt that takes longer fails. Empty: no limit of its own."
      >
        {(id) => (
          <NumberInput
            id={id}
            value={node.settings?.timeout ?? null}
            readOnly={readOnly}
            min={0}
            onChange={(timeout) => set(node.id, { timeout }, `Edit time-out of ${node.name}`)}
          />
        )}
      </Row>
      <Row title="Attempts" help="1: it is tried once. More: when it fails it is tried again.">
        {(id) => (
          <NumberInput
            id={id}
            value={retry.attempts}
            readOnly={readOnly}
            min={1}
            onChange={(attempts) => change({ attempts: Math.max(1, Math.round(attempts ?? 1)) })}
          />
        )}
      </Row>
      {again && (
        <div className="flex flex-col gap-3 border-l-2 pl-3">
          <Row title="Wait before the next" unit="seconds">
            {(id) => (
              <NumberInput
                id={id}
                value={retry.delay}
                readOnly={readOnly}
                min={0}
                onChange={(delay) => change({ delay: delay ?? 0 })}
              />
            )}
          </Row>
          <Row
            title="Back-off"
            unit="times"
            help="The wait grows by this each time: 2 doubles it, 1 keeps it."
          >
            {(id) => (
              <NumberInput
                id={id}
                value={retry.backoff}
                readOnly={readOnly}
                min={1}
                onChange={(backoff) => change({ backoff: backoff ?? 1 })}
              />
            )}
          </Row>
          <Row
            title="Jitter"
            unit="share"
            help="0.2 varies each wait by up to a fifth, so that many runs do not come back at once."
          >
            {(id) => (
              <NumberInput
                id={id}
                value={retry.jitter ?? 0.2}
                readOnly={readOnly}
                min={0}
                onChange={(jitter) => change({ jitter: jitter ?? 0 })}
              />
            )}
          </Row>
          <Errors errors={retry.errors ?? []} readOnly={readOnly} onChange={(errors) => change({ errors })} />
        </div>
      )}
    </div>
  );
}

interface ErrorsProps {
  errors: string[];
  readOnly: boolean;
  onChange: (errors: string[]) => void;
}

function Errors({ errors, readOnly, onChange }: ErrorsProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium text-sm">
        Only on these errors
      </label>
      <TextArea
        id={id}
        rows={2}
        mono
        key={readOnly ? errors.join() : undefined}
        readOnly={readOnly}
        aria-describedby={`${id}-help`}
        placeholder="NodeTimedOut"
        defaultValue={errors.join("\n")}
        onChange={(event) =>
          onChange(
            event.target.value
              .split("\n")
              .map((line) => line.trim())
              .filter(Boolean),
          )
        }
      />
      <p id={`${id}-help`} className="text-muted text-xs">
        Types of errors, one a line. Empty: on any error.
      </p>
    </div>
  );
}

interface RowProps {
  title: string;
  unit?: string;
  help?: string;
  children: (id: string) => ReactNode;
}

function Row({ title, unit, help, children }: RowProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <div className="flex items-center gap-2">
        <label htmlFor={id} className="min-w-0 flex-1 font-medium text-sm">
          {title}
        </label>
        {children(id)}
        <span className="w-14 text-muted text-xs">{unit}</span>
      </div>
      {help && <p className="text-muted text-xs">{help}</p>}
    </div>
  );
}

interface NumberProps {
  id: string;
  value: number | null;
  min: number;
  readOnly: boolean;
  onChange: (value: number | null) => void;
}

/** Takes what is a number; while it is none, the last one stays in force. */
function NumberInput({ id, value, min, readOnly, onChange }: NumberProps) {
  return (
    <TextInput
      id={id}
      type="number"
      className="max-w-24 text-right tabular-nums"
      min={min}
      step="any"
      key={readOnly ? String(value) : undefined}
      readOnly={readOnly}
      defaultValue={value ?? ""}
      onChange={(event) => {
        const text = event.target.value.trim();
        const next = Number(text);
        if (text === "") onChange(null);
        else if (Number.isFinite(next) && next >= min) onChange(next);
      }}
    />
  );
}
