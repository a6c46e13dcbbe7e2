/** An editor for JSON; its code is fetched when it is first shown, and until then a plain field stands in. */
import { useEffect, useRef, useState } from "react";
import { cx } from "@/ui/cx";
import { fetched } from "@/ui/lazily";
import type { JsonCode } from "./jsonCode";

const fetchCode = fetched(() => import("./jsonCode"));

interface JsonEditorProps {
  text: string;
  /** Rises when `text` was replaced from outside. */
  loaded: number;
  label: string;
  invalid?: boolean;
  describedBy?: string;
  onChange: (text: string) => void;
  onSubmit: () => void;
}

export function JsonEditor({
  text,
  loaded,
  label,
  invalid,
  describedBy,
  onChange,
  onSubmit,
}: JsonEditorProps) {
  const parent = useRef<HTMLDivElement>(null);
  const code = useRef<JsonCode | null>(null);
  const latest = useRef({ text, onChange, onSubmit });
  const [ready, setReady] = useState(false);
  latest.current = { text, onChange, onSubmit };

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; what it calls is read when it is called.
  useEffect(() => {
    let gone = false;
    void fetchCode().then(({ createJsonCode }) => {
      if (gone || !parent.current) return;
      code.current = createJsonCode({
        parent: parent.current,
        text: latest.current.text,
        label,
        onChange: (next) => latest.current.onChange(next),
        onSubmit: () => latest.current.onSubmit(),
      });
      setReady(true);
    });
    return () => {
      gone = true;
      code.current?.destroy();
      code.current = null;
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is typed comes from the editor itself.
  useEffect(() => code.current?.replace(latest.current.text), [loaded]);

  return (
    <div
      aria-describedby={describedBy}
      className={cx(
        "relative min-h-0 flex-1 overflow-hidden rounded-md border bg-raised transition-colors focus-within:border-accent focus-within:outline-2 focus-within:outline-accent/25",
        invalid ? "border-fail" : "border-line-strong",
      )}
    >
      <div ref={parent} className="absolute inset-0" />
      {!ready && (
        <textarea
          value={text}
          aria-label={label}
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
          className="absolute inset-0 resize-none bg-raised px-5 py-1.5 font-mono text-xs leading-5 outline-none"
        />
      )}
    </div>
  );
}
