/** A JSON value as a tree of which only the visible rows are drawn. Values are text nodes, never HTML. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronRight, Copy, Route } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import type { Json } from "@/api/types";
import { plural } from "@/run/format";
import { cx } from "@/ui/cx";
import { copyText } from "./copy";
import { treeKey } from "./keys";
import {
  countOf,
  type Difference,
  difference,
  expressionPath,
  type Folding,
  find,
  flatten,
  isContainer,
  isLongText,
  NO_FOLDING,
  type Row,
} from "./tree";

interface JsonTreeProps {
  value: Json;
  /** What expressions call the value: `payload`, `event.properties`. */
  root: string;
  label: string;
  /** What to compare with: what is new or other is marked. */
  before?: Json;
  search?: string;
  className?: string;
}

const ROW = 22;
/** Shown of an unfolded text; copying takes all of it. */
const TEXT_LIMIT = 20_000;

export function JsonTree({ value, root, label, before, search = "", className }: JsonTreeProps) {
  const [folding, setFolding] = useState<Folding>(NO_FOLDING);
  const [active, setActive] = useState<string | null>(null);
  const treeId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const found = useMemo(() => (search ? find(value, search) : undefined), [value, search]);
  const rows = useMemo(() => flatten(value, folding, found?.shown), [value, folding, found]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 16,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another value or search begins at the top.
  useEffect(() => virtual.scrollToOffset(0), [value, search]);

  const at = rows.findIndex((row) => row.id === active);
  const moveTo = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (!row) return;
    setActive(row.id);
    virtual.scrollToIndex(rows.indexOf(row), { align: "auto" });
  };
  const fold = (row: Row, open: boolean) =>
    setFolding(({ byHand, pages }) => ({ byHand: new Map(byHand).set(row.id, open), pages }));
  const showMore = (row: Row) => {
    const parent = row.id.slice(0, -" more".length);
    setFolding(({ byHand, pages }) => ({
      byHand,
      pages: new Map(pages).set(parent, (pages.get(parent) ?? 0) + 1),
    }));
  };
  const act = (row: Row) => {
    if (row.more !== undefined) showMore(row);
    else if (row.open !== null) fold(row, !row.open);
  };

  function onKeyDown(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const meaning = treeKey(event.key, rows, at);
    const row = rows[at];
    if (meaning === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (typeof meaning === "object" && "to" in meaning) moveTo(meaning.to);
    else if (!row) return;
    else if (typeof meaning === "object") fold(row, meaning.open);
    else if (meaning === "act") act(row);
    else if (meaning === "copy value") void copyValue(row.value);
    else void copyText(expressionPath(row.path, root), "Path");
  }

  return (
    <div
      ref={scroller}
      role="tree"
      tabIndex={0}
      aria-label={label}
      aria-description="Arrows walk and fold, C copies the value, P copies its path."
      aria-activedescendant={at >= 0 ? `${treeId}${active}` : undefined}
      onKeyDown={onKeyDown}
      onFocus={() => at < 0 && setActive(rows[0]?.id ?? null)}
      className={cx("group/tree overflow-auto font-mono text-xs outline-offset-[-2px]", className)}
    >
      <div className="relative min-w-full" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <TreeRow
              key={item.key}
              id={`${treeId}${row.id}`}
              row={row}
              root={root}
              top={item.start}
              index={item.index}
              measure={virtual.measureElement}
              active={row.id === active}
              match={found?.matches.has(row.id) ?? false}
              change={difference(before, row)}
              onAct={() => {
                setActive(row.id);
                act(row);
              }}
            />
          );
        })}
      </div>
    </div>
  );
}

const copyValue = (value: Json) =>
  copyText(typeof value === "string" ? value : JSON.stringify(value, null, 2), "Value");

interface TreeRowProps {
  id: string;
  row: Row;
  root: string;
  top: number;
  index: number;
  measure: (element: Element | null) => void;
  active: boolean;
  match: boolean;
  change: Difference;
  onAct: () => void;
}

function TreeRow({ id, row, root, top, index, measure, active, match, change, onAct }: TreeRowProps) {
  const foldable = row.open !== null || row.more !== undefined;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree that holds the focus has the keys of all its rows.
    <div
      id={id}
      ref={measure}
      data-index={index}
      role="treeitem"
      tabIndex={-1}
      aria-level={row.level + 1}
      aria-expanded={row.open ?? undefined}
      aria-selected={active}
      data-path={row.id}
      onClick={onAct}
      style={{ transform: `translateY(${top}px)`, paddingLeft: 6 + row.level * 14 }}
      className={cx(
        "group absolute top-0 left-0 flex min-h-[22px] w-full items-start pr-2 outline-none",
        foldable && "cursor-pointer",
        active ? "bg-hover" : "hover:bg-hover",
        match && "bg-warn-soft",
      )}
    >
      <span className="flex h-[22px] w-4 shrink-0 items-center justify-center text-faint">
        {row.open !== null && (
          <ChevronRight
            size={12}
            className={cx("transition-transform duration-100", row.open && "rotate-90")}
            aria-hidden
          />
        )}
      </span>
      <span
        className={cx("min-w-0 flex-1 leading-[22px]", !(row.open && isLongText(row.value)) && "truncate")}
      >
        {row.more === undefined ? <NameAndValue row={row} /> : <More count={row.more} />}
      </span>
      {change && <ChangeMark change={change} />}
      {row.more === undefined && <RowActions row={row} root={root} />}
    </div>
  );
}

const More = ({ count }: { count: number }) => (
  <span className="font-sans text-accent">Show more of {plural(count, "further item")}</span>
);

function NameAndValue({ row }: { row: Row }) {
  return (
    <>
      {row.name !== null && (
        <>
          <span className={typeof row.name === "number" ? "text-faint" : "text-text"}>{row.name}</span>
          <span className="text-faint">: </span>
        </>
      )}
      <Value row={row} />
    </>
  );
}

const COLOURS: Record<string, string> = { string: "text-ok", number: "text-accent", boolean: "text-branch" };

function Value({ row }: { row: Row }) {
  const { value, open } = row;
  if (isContainer(value)) return <ContainerHint value={value} open={open} />;
  if (isLongText(value) && open) {
    const rest = value.length - TEXT_LIMIT;
    return (
      <span className="whitespace-pre-wrap break-words text-ok">
        {value.slice(0, TEXT_LIMIT)}
        {rest > 0 && <span className="font-sans text-muted"> … {plural(rest, "further character")}</span>}
      </span>
    );
  }
  const text = typeof value === "string" ? JSON.stringify(value.slice(0, 300)) : String(value);
  return <span className={COLOURS[typeof value] ?? "text-muted"}>{text}</span>;
}

function ContainerHint({ value, open }: { value: Json[] | { [key: string]: Json }; open: boolean | null }) {
  const list = Array.isArray(value);
  const count = countOf(value);
  if (count === 0) return <span className="text-muted">{list ? "[]" : "{}"}</span>;
  const size = plural(count, list ? "item" : "field");
  if (open) return <span className="font-sans text-faint">{size}</span>;
  return (
    <span className="text-muted">
      {list ? "[ … ]" : `{ ${Object.keys(value).slice(0, 4).join(", ")}${count > 4 ? ", …" : ""} }`}{" "}
      <span className="font-sans text-faint">{size}</span>
    </span>
  );
}

function ChangeMark({ change }: { change: "added" | "changed" }) {
  const word = change === "added" ? "new" : "changed";
  return (
    <span
      className={cx(
        "mt-[3px] ml-2 shrink-0 rounded px-1 font-sans text-2xs leading-4",
        change === "added" ? "bg-ok-soft text-ok" : "bg-warn-soft text-warn",
      )}
    >
      {word}
    </span>
  );
}

function RowActions({ row, root }: { row: Row; root: string }) {
  const path = expressionPath(row.path, root);
  const act = (run: () => void) => (event: { stopPropagation: () => void }) => {
    event.stopPropagation();
    run();
  };
  const look =
    "flex size-[18px] items-center justify-center rounded text-muted hover:bg-press hover:text-text";
  return (
    <span className="pointer-events-none sticky right-0 ml-1 flex h-[22px] shrink-0 items-center opacity-0 group-hover:pointer-events-auto group-hover:opacity-100 group-aria-selected:group-focus-visible/tree:pointer-events-auto group-aria-selected:group-focus-visible/tree:opacity-100">
      <button
        type="button"
        tabIndex={-1}
        title={`Copy path: ${path}`}
        onClick={act(() => copyText(path, "Path"))}
        className={look}
      >
        <Route size={12} aria-hidden />
        <span className="sr-only">Copy path</span>
      </button>
      <button
        type="button"
        tabIndex={-1}
        title="Copy value"
        onClick={act(() => copyValue(row.value))}
        className={look}
      >
        <Copy size={12} aria-hidden />
        <span className="sr-only">Copy value</span>
      </button>
    </span>
  );
}
