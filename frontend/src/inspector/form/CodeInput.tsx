/** Where expressions are written: a field that grows with its text and suggests what may follow. */
import { type CSSProperties, type KeyboardEvent, useId, useRef, useState } from "react";
import { cx } from "@/ui/cx";
import { TextArea } from "@/ui/Field";
import { type Completion, complete, type Scope, type Suggestion } from "./complete";
import { loadScope } from "./scope";

export type CodeLanguage = "expression" | "template" | "data";

interface CodeInputProps {
  id: string;
  node: string;
  language: CodeLanguage;
  multiline?: boolean;
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  readOnly: boolean;
  invalid: boolean;
  describedBy: string | undefined;
}

const GROWING = { fieldSizing: "content" } as CSSProperties;
const NOTHING: Scope = { nodes: [] };

export function CodeInput(props: CodeInputProps) {
  const { id, node, language, multiline, value, onChange, placeholder, readOnly, invalid, describedBy } =
    props;
  const input = useRef<HTMLTextAreaElement>(null);
  const scope = useRef(NOTHING);
  const listId = useId();
  const [completion, setCompletion] = useState<Completion | null>(null);
  const [active, setActive] = useState(0);

  function suggest(text: string, caret: number) {
    setCompletion(readOnly ? null : complete(text, caret, language, scope.current));
    setActive(0);
  }

  function accept({ text }: Suggestion) {
    if (!completion || !input.current) return;
    const { from, to } = completion;
    const next = value.slice(0, from) + text + value.slice(to);
    const caret = from + text.length;
    onChange(next);
    setCompletion(null);
    requestAnimationFrame(() => {
      input.current?.setSelectionRange(caret, caret);
      if (text.endsWith('"')) suggest(next, caret);
    });
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    const { selectionStart: caret } = event.currentTarget;
    if (event.key === " " && event.ctrlKey) suggest(value, caret);
    else if (!completion) return;
    else if (event.key === "ArrowDown") setActive((active + 1) % completion.suggestions.length);
    else if (event.key === "ArrowUp")
      setActive((active + completion.suggestions.length - 1) % completion.suggestions.length);
    else if ((event.key === "Enter" || event.key === "Tab") && completion.suggestions[active])
      accept(completion.suggestions[active]);
    else if (event.key === "Escape") setCompletion(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div className="relative">
      <TextArea
        ref={input}
        id={id}
        mono
        rows={1}
        style={GROWING}
        spellCheck={false}
        autoComplete="off"
        value={value}
        placeholder={placeholder}
        readOnly={readOnly}
        invalid={invalid}
        aria-describedby={describedBy}
        aria-autocomplete="list"
        aria-controls={completion ? listId : undefined}
        aria-activedescendant={completion ? `${listId}-${active}` : undefined}
        className={multiline ? "max-h-80 min-h-20" : "max-h-40 min-h-8 resize-none"}
        onFocus={async () => {
          scope.current = await loadScope(node);
        }}
        onBlur={() => setCompletion(null)}
        onChange={(event) => {
          onChange(event.target.value);
          suggest(event.target.value, event.target.selectionStart);
        }}
        onKeyDown={onKeyDown}
      />
      {completion && <Suggestions id={listId} completion={completion} active={active} onPick={accept} />}
    </div>
  );
}

interface SuggestionsProps {
  id: string;
  completion: Completion;
  active: number;
  onPick: (suggestion: Suggestion) => void;
}

function Suggestions({ id, completion, active, onPick }: SuggestionsProps) {
  return (
    <div
      id={id}
      role="listbox"
      aria-label="Suggestions"
      tabIndex={-1}
      className="absolute inset-x-0 top-full z-30 mt-1 max-h-56 overflow-auto rounded-lg border border-line bg-raised p-1 shadow-pop"
    >
      {completion.suggestions.map((suggestion, index) => (
        <div
          key={suggestion.label}
          id={`${id}-${index}`}
          ref={(element) => {
            if (index === active) element?.scrollIntoView({ block: "nearest" });
          }}
          role="option"
          aria-selected={index === active}
          tabIndex={-1}
          className={cx(
            "flex cursor-pointer items-center gap-3 rounded-md px-2 py-1 font-mono text-xs",
            index === active ? "bg-hover" : "hover:bg-hover",
          )}
          // The field keeps the focus, or its list would be gone before the click.
          onPointerDown={(event) => {
            event.preventDefault();
            onPick(suggestion);
          }}
        >
          <span className="shrink-0">{suggestion.label}</span>
          <span className="ml-auto truncate text-muted">{suggestion.detail}</span>
        </div>
      ))}
    </div>
  );
}
