/** One payload: what it is, as a tree or as text, to search and to copy. */
import { Braces, Copy, ListTree, Scissors, Search } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import type { Json, WholeValue } from "@/api/types";
import { formatBytes, plural } from "@/run/format";
import { IconButton } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { copyText } from "./copy";
import { JsonTree } from "./JsonTree";
import { countOf, isContainer } from "./tree";

interface PayloadViewProps {
  payload: WholeValue;
  root: string;
  label: string;
  before?: Json;
  /** Drawn at the left of the line above the value. */
  lead?: ReactNode;
}

export function PayloadView({ payload, root, label, before, lead }: PayloadViewProps) {
  const [raw, setRaw] = useState(false);
  const [searching, setSearching] = useState(false);
  const [search, setSearch] = useState("");
  const { value, cut } = payload;
  const text = useMemo(() => (raw || cut ? textOf(payload) : ""), [payload, raw, cut]);
  const asText = raw || cut;
  const toggleSearch = () => {
    setSearching(!searching);
    setSearch("");
  };

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex h-8 shrink-0 items-center gap-1 pr-1.5 pl-3 text-2xs text-faint">
        {lead}
        <span className="truncate">{describe(payload)}</span>
        <span className="ml-auto flex items-center">
          {!asText && isContainer(value) && (
            <IconButton icon={Search} size="sm" label="Search" pressed={searching} onClick={toggleSearch} />
          )}
          {!cut && (
            <IconButton
              icon={raw ? ListTree : Braces}
              size="sm"
              label={raw ? "Show as tree" : "Show as text"}
              onClick={() => setRaw(!raw)}
            />
          )}
          <IconButton
            icon={Copy}
            size="sm"
            label={`Copy ${label.toLowerCase()}`}
            onClick={() => copyText(textOf(payload), label)}
          />
        </span>
      </div>
      {cut && <CutNotice size={payload.size} shown={text.length} />}
      {searching && !asText && (
        <input
          // biome-ignore lint/a11y/noAutofocus: the field appears because somebody asked to search.
          autoFocus
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          onKeyDown={(event) => event.key === "Escape" && toggleSearch()}
          placeholder="Names and values"
          aria-label={`Search in ${label.toLowerCase()}`}
          className="mx-2 mb-1 h-7 rounded-md border border-line-strong bg-raised px-2 text-xs outline-none focus:border-accent"
        />
      )}
      {asText ? (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
          tabIndex={0}
          className="min-h-0 flex-1 select-text overflow-auto whitespace-pre-wrap break-words px-3 pb-2 font-mono text-xs"
        >
          {text}
        </pre>
      ) : (
        <JsonTree
          value={value}
          root={root}
          label={label}
          before={before}
          search={search}
          className="min-h-0 flex-1 pb-1"
        />
      )}
    </div>
  );
}

function textOf({ value, cut }: WholeValue): string {
  return cut && typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

const KINDS: Record<string, string> = { string: "text", number: "number", boolean: "boolean" };

function describe({ value, size, cut }: WholeValue): string {
  if (cut) return formatBytes(size);
  const kind = Array.isArray(value)
    ? plural(countOf(value), "item")
    : isContainer(value)
      ? plural(countOf(value), "field")
      : value === null
        ? "null"
        : (KINDS[typeof value] ?? "");
  return `${kind} · ${formatBytes(size)}`;
}

function CutNotice({ size, shown }: { size: number; shown: number }) {
  return (
    <p
      className={cx(
        "mx-3 mb-1.5 flex items-start gap-2 rounded-md bg-warn-soft px-2 py-1.5 text-warn text-xs",
      )}
    >
      <Scissors size={13} className="mt-0.5 shrink-0" aria-hidden />
      <span>
        Cut in the record: this is the beginning ({formatBytes(shown)}) of {formatBytes(size)}. The run itself
        worked on the whole payload.
      </span>
    </p>
  );
}
