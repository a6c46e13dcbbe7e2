/** Wait for the next real call of a webhook and run the draft with it, for five minutes at most. */
import { Copy, Ear } from "lucide-react";
import { useEffect, useState } from "react";
import { ApiError, api, Offline } from "@/api/client";
import type { EventRow, GraphNode, Run } from "@/api/types";
import { copyText } from "@/inspector/io/copy";
import { useEditor } from "@/model/editor";
import { openFired } from "@/runs/open";
import { Button, IconButton } from "@/ui/Button";
import { toast } from "@/ui/toast";
import { useNow } from "@/ui/useNow";
import { errorsOf } from "./fire";
import { type FireErrors, useFiring } from "./fired";
import { use } from "./RecentEvents";

interface Listening {
  expires: string;
  url: string;
}

interface Heard {
  event: EventRow | null;
  run: Run | null;
  expires: string | null;
}

const ASK_EVERY_MS = 1_500;

export function Listen({ node, onErrors }: { node: GraphNode; onErrors: (errors: FireErrors) => void }) {
  const workflow = useEditor((state) => state.workflow?.id);
  const [listening, setListening] = useState<Listening | null>(null);
  const address = `workflows/${workflow}/listen/`;

  useEffect(() => {
    if (!listening) return;
    let stopped = false;
    const ask = async () => {
      const heard = await hear(address, node.id);
      if (stopped) return;
      if (heard === "again") timer = window.setTimeout(ask, ASK_EVERY_MS);
      else setListening(null);
    };
    let timer = window.setTimeout(ask, ASK_EVERY_MS);
    return () => {
      stopped = true;
      window.clearTimeout(timer);
    };
  }, [listening, address, node.id]);

  async function begin() {
    onErrors({});
    try {
      const graph = useEditor.getState().documentForTest();
      setListening(await api.post<Listening>(address, { node: node.id, graph }));
    } catch (error) {
      onErrors(errorsOf(error));
    }
  }

  function cancel() {
    setListening(null);
    void api.delete(`${address}?node=${encodeURIComponent(node.id)}`).catch(() => undefined);
  }

  if (!listening) {
    return (
      <Button icon={Ear} onClick={begin} className="w-full">
        Listen for a test event
      </Button>
    );
  }
  return <Waiting listening={listening} onCancel={cancel} />;
}

/** Ask once what was heard. A call that came opens its run. */
async function hear(address: string, node: string): Promise<"again" | "done"> {
  let heard: Heard;
  try {
    heard = await api.get<Heard>(address, { node });
  } catch (error) {
    if (error instanceof Offline) return "again";
    if (!(error instanceof ApiError)) throw error;
    toast(error.message, { kind: "error", title: "No longer listening" });
    return "done";
  }
  if (heard.event) {
    toast("A call came in and runs the draft.", { kind: "ok" });
    void use(heard.event);
    if (heard.run) {
      useFiring.setState({ run: heard.run });
      openFired(heard.run);
    }
    return "done";
  }
  if (heard.expires !== null && Date.parse(heard.expires) > Date.now()) return "again";
  toast("Nothing called within five minutes.");
  return "done";
}

function Waiting({ listening, onCancel }: { listening: Listening; onCancel: () => void }) {
  const now = useNow(true);
  const left = Math.max(0, Math.round((Date.parse(listening.expires) - Math.max(now, Date.now())) / 1_000));
  const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  return (
    <div role="status" className="rounded-lg border border-accent-line bg-accent-soft p-2.5">
      <div className="flex items-center gap-2">
        <span className="fs-pulse size-2 shrink-0 rounded-full bg-accent" aria-hidden />
        <span className="flex-1 font-medium text-sm text-text">Waiting for a call</span>
        <span className="text-muted text-xs tabular-nums" aria-hidden>
          {clock}
        </span>
        <Button size="sm" variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
      </div>
      <div className="mt-1.5 flex items-center gap-1 rounded-md bg-raised pl-2">
        <code className="min-w-0 flex-1 truncate font-mono text-2xs text-muted" title={listening.url}>
          {listening.url}
        </code>
        <IconButton
          icon={Copy}
          size="sm"
          label="Copy address"
          onClick={() => copyText(listening.url, "Address")}
        />
      </div>
    </div>
  );
}
