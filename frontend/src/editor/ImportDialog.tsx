/** Takes over a graph from a file or from text. */
import { Upload } from "lucide-react";
import { useState } from "react";
import * as camera from "@/canvas/camera";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { TextArea } from "@/ui/Field";
import { useDialogs } from "./dialogState";
import { importGraph } from "./exchange";

export function ImportDialog() {
  const { open, show } = useDialogs();
  const [text, setText] = useState("");
  const [error, setError] = useState<string | null>(null);

  function close() {
    show(null);
    setText("");
    setError(null);
  }

  function take() {
    const reason = importGraph(text);
    setError(reason);
    if (reason) return;
    close();
    requestAnimationFrame(() => camera.fitView());
  }

  return (
    <Dialog
      open={open === "import"}
      onOpenChange={(next) => !next && close()}
      title="Import a graph"
      description="It takes the place of the draft. Undo brings the draft back."
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" disabled={text.trim() === ""} onClick={take}>
            Import
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-2">
        <label className="flex h-8 cursor-pointer items-center gap-2 self-start rounded-md border border-line-strong px-3 font-medium text-sm focus-within:outline-2 focus-within:outline-accent hover:bg-hover">
          <Upload size={15} aria-hidden />
          Choose a file
          <input
            type="file"
            accept=".json,application/json"
            className="sr-only"
            onChange={async (event) => setText((await event.target.files?.[0]?.text()) ?? "")}
          />
        </label>
        <TextArea
          mono
          rows={10}
          aria-label="JSON of the graph"
          placeholder='{"format": "flowstudio/1", "nodes": […], "edges": […]}'
          value={text}
          invalid={error !== null}
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
        />
        {error && (
          <p role="alert" className="text-fail text-sm">
            {error}
          </p>
        )}
      </div>
    </Dialog>
  );
}
