/** Input, output and log of a step, side by side or one above the other. */
import { ArrowRight, ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Step } from "@/api/types";
import { useEditor } from "@/model/editor";
import { cx } from "@/ui/cx";
import { LogLines } from "./LogLines";
import { PayloadView } from "./PayloadView";
import { useStepDetail } from "./useStepDetail";

export function Panes({ step }: { step: Step }) {
  const detail = useStepDetail(step);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [chosenPort, setPort] = useState<string | null>(null);
  const ports = Object.keys(step.outputs);
  const port = chosenPort !== null && ports.includes(chosenPort) ? chosenPort : (ports[0] ?? null);
  const toggle = (name: string) =>
    setClosed((before) =>
      before.has(name) ? new Set([...before].filter((each) => each !== name)) : new Set([...before, name]),
    );
  const before = detail.step?.input && !detail.step.input.cut ? detail.step.input.value : undefined;
  const output = port === null ? null : detail.step?.outputs[port];

  return (
    <div className="flex min-h-0 flex-1 flex-col border-t @xl:flex-row">
      <Pane name="Input" closed={closed.has("Input")} onToggle={() => toggle("Input")}>
        {detail.step?.input ? (
          <PayloadView payload={detail.step.input} root="payload" label="Input" />
        ) : (
          <Nothing step={step} detail={detail} none="Nothing came in: a trigger begins with the event." />
        )}
      </Pane>
      <Pane
        name="Output"
        closed={closed.has("Output")}
        onToggle={() => toggle("Output")}
        end={ports.length > 1 && <PortChooser ports={ports} port={port} onChange={setPort} />}
      >
        {output ? (
          <PayloadView
            payload={output}
            root="payload"
            label="Output"
            before={before}
            lead={ports.length === 1 && port !== "payload" && <PortName port={port ?? ""} />}
          />
        ) : (
          <Nothing step={step} detail={detail} none={step.ended ? "No port fired." : "Nothing yet."} />
        )}
      </Pane>
      {step.log.length > 0 && (
        <Pane
          name="Log"
          count={step.log.length}
          closed={closed.has("Log")}
          onToggle={() => toggle("Log")}
          small
        >
          <LogLines lines={step.log} className="min-h-0 flex-1" />
        </Pane>
      )}
    </div>
  );
}

interface PaneProps {
  name: string;
  count?: number;
  closed: boolean;
  onToggle: () => void;
  end?: ReactNode;
  /** Takes no more room than it needs, up to a third. */
  small?: boolean;
  children: ReactNode;
}

function Pane({ name, count, closed, onToggle, end, small, children }: PaneProps) {
  return (
    <section
      aria-label={name}
      className={cx(
        "flex min-w-0 flex-col border-b last:border-b-0 @xl:border-r @xl:border-b-0 @xl:last:border-r-0",
        closed
          ? "shrink-0"
          : small
            ? "max-h-1/3 min-h-24 shrink-0 @xl:max-h-none @xl:w-1/4"
            : "min-h-28 flex-1",
      )}
    >
      <header className="flex h-8 shrink-0 items-center gap-1 pr-2 pl-1.5">
        <button
          type="button"
          aria-expanded={!closed}
          onClick={onToggle}
          className="flex h-6 items-center gap-1 rounded-md pr-1.5 pl-0.5 font-semibold text-text text-xs hover:bg-hover"
        >
          <ChevronRight
            size={13}
            className={cx("text-faint transition-transform", !closed && "rotate-90")}
            aria-hidden
          />
          {name}
          {count !== undefined && <span className="font-normal text-faint">{count.toLocaleString()}</span>}
        </button>
        <span className="ml-auto flex min-w-0 items-center">{end}</span>
      </header>
      {!closed && <div className="flex min-h-0 flex-1 flex-col">{children}</div>}
    </section>
  );
}

const PortName = ({ port }: { port: string }) => (
  <span className="mr-1.5 inline-flex items-center gap-1 rounded bg-sunken px-1.5 text-muted leading-4">
    <ArrowRight size={10} aria-hidden />
    {port}
  </span>
);

function PortChooser({
  ports,
  port,
  onChange,
}: {
  ports: string[];
  port: string | null;
  onChange: (port: string) => void;
}) {
  return (
    <span
      role="radiogroup"
      aria-label="Output port"
      className="flex overflow-x-auto rounded-md bg-sunken p-0.5"
    >
      {ports.map((each) => (
        // biome-ignore lint/a11y/useSemanticElements: a short row of names to choose from.
        <button
          key={each}
          type="button"
          role="radio"
          aria-checked={each === port}
          onClick={() => onChange(each)}
          className={cx(
            "h-5 shrink-0 rounded px-1.5 text-2xs",
            each === port ? "bg-raised font-medium text-text shadow-xs" : "text-muted hover:text-text",
          )}
        >
          {each}
        </button>
      ))}
    </span>
  );
}

/** Why there is no payload to show. */
function Nothing({
  step,
  detail,
  none,
}: {
  step: Step;
  detail: ReturnType<typeof useStepDetail>;
  none: string;
}) {
  const mayRead = useEditor((state) => state.workflow?.roles.includes("payloads") ?? false);
  const text = !mayRead
    ? "You may not see payloads of this workflow."
    : detail.error
      ? detail.error
      : !step.recorded && step.ended
        ? "Payloads of this run were not recorded. Switch on “Collect debugging information”, or fire a test event."
        : detail.loading
          ? ""
          : none;
  return <p className="px-3 py-1 text-muted text-xs">{text}</p>;
}
