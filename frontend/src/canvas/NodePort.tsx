/** The places of a node where edges end and begin: drawn small, easy to hit. */
import { Handle, Position } from "@xyflow/react";
import { Plus } from "lucide-react";
import { canEdit, useEditor } from "@/model/editor";
import { typeWords } from "@/model/ports";
import { cx } from "@/ui/cx";
import type { PlacedPort } from "./geometry";
import { openQuickAddBehind } from "./quickAdd";

const hint = (port: PlacedPort): string =>
  [port.description ? `${port.title}: ${port.description}` : port.title, typeWords(port)]
    .filter(Boolean)
    .join("\n");

export function InputPort({ port }: { port: PlacedPort }) {
  return (
    <>
      {port.labelled && <PortLabel port={port} side="left" />}
      <Handle
        id={port.name}
        type="target"
        position={Position.Left}
        className="fs-port"
        data-kind={port.kind}
        style={{ top: port.y }}
        title={hint(port)}
        role="img"
        aria-label={`Input ${port.title}`}
      />
    </>
  );
}

export function OutputPort({ port, node, fired }: { port: PlacedPort; node: string; fired: boolean }) {
  const wired = useEditor((state) =>
    state.document.edges.some((edge) => edge.source === node && edge.source_port === port.name),
  );
  const editable = useEditor(canEdit);
  return (
    <>
      {port.labelled && <PortLabel port={port} side="right" />}
      <Handle
        id={port.name}
        type="source"
        position={Position.Right}
        className={cx("fs-port", fired && "is-fired")}
        data-kind={port.kind}
        style={{ top: port.y }}
        title={hint(port)}
        role="img"
        aria-label={`Output ${port.title}`}
      />
      {!wired && editable && (
        <button
          type="button"
          tabIndex={-1}
          className="fs-port-add nodrag"
          style={{ top: port.y }}
          aria-label={`Add a node behind ${port.title}`}
          onClick={() => openQuickAddBehind(node, port.name)}
        >
          <Plus size={13} strokeWidth={2.2} aria-hidden />
        </button>
      )}
    </>
  );
}

function PortLabel({ port, side }: { port: PlacedPort; side: "left" | "right" }) {
  return (
    <span
      className={cx(
        "pointer-events-none absolute max-w-[45%] -translate-y-1/2 truncate text-xs",
        side === "left" ? "left-3.5" : "right-3.5",
        port.kind === "plain" ? "text-muted" : "text-fail",
      )}
      style={{ top: port.y }}
    >
      {port.title}
    </span>
  );
}
