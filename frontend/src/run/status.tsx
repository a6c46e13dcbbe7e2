/** How each status looks everywhere: an icon, a word and a colour, never colour alone. */
import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleX,
  GitFork,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  MinusCircle,
} from "lucide-react";
import type { RunStatus } from "@/api/types";
import { cx } from "@/ui/cx";

export type AnyStatus = RunStatus | "skipped";

export interface StatusLook {
  word: string;
  icon: LucideIcon;
  text: string;
  soft: string;
  /** Turns while it lasts. */
  spins?: boolean;
}

export const STATUS: Record<AnyStatus, StatusLook> = {
  queued: { word: "Queued", icon: CircleDashed, text: "text-muted", soft: "bg-sunken" },
  running: { word: "Running", icon: LoaderCircle, text: "text-accent", soft: "bg-accent-soft", spins: true },
  waiting: { word: "Waiting", icon: Hourglass, text: "text-warn", soft: "bg-warn-soft" },
  succeeded: { word: "Succeeded", icon: CircleCheck, text: "text-ok", soft: "bg-ok-soft" },
  failed: { word: "Failed", icon: CircleX, text: "text-fail", soft: "bg-fail-soft" },
  cancelled: { word: "Cancelled", icon: Ban, text: "text-muted", soft: "bg-sunken" },
  skipped: { word: "Skipped", icon: MinusCircle, text: "text-faint", soft: "bg-sunken" },
};

/** What a person can do about a run that did not succeed. */
export const REASON: Record<string, { text: string; next: string }> = {
  error: { text: "A node failed.", next: "Look at the failing node, change it, and fire the event again." },
  timeout: {
    text: "It took longer than its time limit.",
    next: "Raise the limit, or make the slow node faster.",
  },
  crash: {
    text: "The process that ran it ended.",
    next: "Nothing to do: it goes on when a worker picks it up.",
  },
  poisoned: {
    text: "It stopped the worker several times in a row.",
    next: "Find out what the last node does to the process before firing the event again.",
  },
  limit: { text: "It reached a limit.", next: "Make the workflow do less per event, or raise the limit." },
  cancelled: { text: "Somebody cancelled it.", next: "Fire the event again if it should run after all." },
  must_not_repeat: {
    text: "It was interrupted in a node that must not run twice.",
    next: "Check whether that node's effect took place before firing the event again.",
  },
  interrupted: { text: "It was interrupted before its end.", next: "Fire the event again." },
};

export function StatusIcon({
  status,
  size = 14,
  className,
}: {
  status: AnyStatus;
  size?: number;
  className?: string;
}) {
  const { icon: Icon, text, spins } = STATUS[status];
  return <Icon size={size} className={cx("shrink-0", text, spins && "fs-spin", className)} aria-hidden />;
}

/** Icon and word. */
export function StatusWord({
  status,
  word,
  className,
}: {
  status: AnyStatus;
  word?: string;
  className?: string;
}) {
  return (
    <span
      className={cx(
        "inline-flex items-center gap-1.5 whitespace-nowrap font-medium",
        STATUS[status].text,
        className,
      )}
    >
      <StatusIcon status={status} />
      {word ?? STATUS[status].word}
    </span>
  );
}

/** What runs in the background: a path that forks off. */
export function BranchIcon({ size, className }: { size: number; className?: string }) {
  return <GitFork size={size} className={cx("shrink-0 rotate-180", className)} aria-hidden />;
}
