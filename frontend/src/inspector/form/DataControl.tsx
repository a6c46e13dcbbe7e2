/** A field that holds JSON: written as text, handed on whenever it is valid. */
import { useState } from "react";
import { CodeInput } from "./CodeInput";
import type { ControlProps } from "./controls";
import { fromText, toText } from "./dataText";

/** What was typed and is not valid yet, so that looking at another node does not lose it. */
const unfinished = new Map<string, string>();

export function DataControl({
  field,
  value,
  onChange,
  readOnly,
  id,
  invalid,
  describedBy,
  node,
  path,
}: ControlProps) {
  const key = `${node}:${path.join(".")}`;
  const [text, setText] = useState(() => unfinished.get(key) ?? toText(value));
  const empty = field.required ? undefined : field.fallback;
  const read = fromText(text, empty);
  const error = "error" in read ? read.error : null;
  // An undo or a cure changed the value behind the text.
  const outdated =
    error === null && "value" in read && JSON.stringify(read.value ?? null) !== JSON.stringify(value ?? null);
  const shown = outdated && !unfinished.has(key) ? toText(value) : text;

  function change(next: string) {
    setText(next);
    const result = fromText(next, empty);
    if ("error" in result) {
      unfinished.set(key, next);
      return;
    }
    unfinished.delete(key);
    onChange(result.value);
  }

  const [example] = field.examples;
  return (
    <div className="flex flex-col gap-1">
      <CodeInput
        id={id}
        node={node}
        language="data"
        multiline
        value={shown}
        readOnly={readOnly}
        invalid={invalid || error !== null}
        describedBy={[describedBy, error && `${id}-syntax`].filter(Boolean).join(" ") || undefined}
        placeholder={example === undefined ? "{ }" : JSON.stringify(example)}
        onChange={change}
      />
      {error && (
        <p id={`${id}-syntax`} className="text-fail text-xs">
          {error}
        </p>
      )}
    </div>
  );
}
