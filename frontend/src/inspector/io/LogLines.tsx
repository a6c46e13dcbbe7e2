/** The lines that a node logged, as they come; it stays at the newest until somebody scrolls up. */
import { useLayoutEffect, useRef } from "react";
import type { LogLine } from "@/api/types";
import { formatFineClock } from "@/run/format";
import { cx } from "@/ui/cx";

/** `info` is what most lines are: it is told by the lack of a word. */
const COLOURS: Record<Exclude<LogLine["level"], "info">, string> = {
  debug: "text-faint",
  warning: "text-warn",
  error: "text-fail",
};
const SHOWN = 1_000;
const AT_END = 24;

export function LogLines({ lines, className }: { lines: LogLine[]; className?: string }) {
  const list = useRef<HTMLOListElement>(null);
  const follows = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every new line may have to be followed.
  useLayoutEffect(() => {
    if (list.current && follows.current) list.current.scrollTop = list.current.scrollHeight;
  }, [lines.length]);

  return (
    <ol
      ref={list}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
      tabIndex={0}
      aria-label="Log"
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < AT_END;
      }}
      className={cx("overflow-auto py-1 font-mono text-xs leading-5", className)}
    >
      {lines.length > SHOWN && (
        <li className="px-3 font-sans text-faint">
          The first {(lines.length - SHOWN).toLocaleString()} lines are left out.
        </li>
      )}
      {lines.slice(-SHOWN).map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever appended.
        <li key={index} className="flex gap-2 px-3 hover:bg-hover">
          <time dateTime={line.time} className="shrink-0 text-faint">
            {formatFineClock(line.time)}
          </time>
          <span className="min-w-0 whitespace-pre-wrap break-words text-text">
            {line.level === "info" ? (
              <span className="sr-only">info </span>
            ) : (
              <span className={cx("font-semibold", COLOURS[line.level])}>{line.level} </span>
            )}
            {line.message}
          </span>
        </li>
      ))}
    </ol>
  );
}
