/** Says at all times whether what is on the screen is live. */
import {
  CloudOff,
  KeyRound,
  LoaderCircle,
  type LucideIcon,
  RefreshCw,
  ShieldAlert,
  Timer,
} from "lucide-react";
import { useEffect } from "react";
import { boot } from "@/api/boot";
import { formatDuration, plural } from "@/run/format";
import { goLive, live, useLiveState } from "@/run/live";
import type { LiveState } from "@/run/socket";
import { cx } from "@/ui/cx";
import { Tooltip } from "@/ui/Tooltip";
import { useNow } from "@/ui/useNow";

interface Look {
  word: string;
  hint: string;
  tone: string;
  icon?: LucideIcon;
  spins?: boolean;
}

const stale = (since: number, now: number) =>
  since > 0 && now > since ? formatDuration(now - since) : "a moment";

function lookOf(state: LiveState, now: number): Look {
  switch (state.kind) {
    case "live":
      return { word: "Live", hint: "Connected: every step shows as it happens.", tone: "text-muted" };
    case "connecting":
      return {
        word: "Connecting",
        hint: "Opening the live connection.",
        tone: "text-muted",
        icon: LoaderCircle,
        spins: true,
      };
    case "reconnecting":
      return {
        word: "Reconnecting",
        hint: `The connection was lost ${stale(state.since, now)} ago. Nothing is lost: missed steps are fetched. Click to try now.`,
        tone: "text-warn bg-warn-soft",
        icon: RefreshCw,
        spins: true,
      };
    case "catching_up":
      return {
        word: `Catching up${state.steps ? ` (${state.steps.toLocaleString()})` : ""}`,
        hint: `Fetching what happened meanwhile: ${plural(state.steps, "step")} so far.`,
        tone: "text-accent bg-accent-soft",
        icon: LoaderCircle,
        spins: true,
      };
    case "polling":
      return {
        word: "Polling",
        hint: "No live connection can be had here, so the same steps are fetched every second. Click to try the live connection again.",
        tone: "text-warn bg-warn-soft",
        icon: Timer,
      };
    case "offline":
      return {
        word: "Offline",
        hint: `The server cannot be reached. What you see is ${stale(state.since, now)} old. Click to try now.`,
        tone: "text-fail bg-fail-soft",
        icon: CloudOff,
      };
    case "signed_out":
      return {
        word: "Signed out",
        hint: "Your session has ended. Sign in to go on.",
        tone: "text-fail bg-fail-soft",
        icon: KeyRound,
      };
    case "refused":
      return { word: "Refused", hint: state.detail, tone: "text-fail bg-fail-soft", icon: ShieldAlert };
  }
}

export function ConnectionState() {
  const state = useLiveState();
  const now = useNow(state.kind === "reconnecting" || state.kind === "offline");
  useEffect(goLive, []);
  const look = lookOf(state, now);
  const shape = cx(
    "flex h-6 items-center gap-1.5 rounded-full px-2 font-medium text-xs transition-colors",
    look.tone,
  );
  const content = (
    <>
      {look.icon ? (
        <look.icon size={13} className={cx(look.spins && "fs-spin")} aria-hidden />
      ) : (
        <span className="size-1.5 rounded-full bg-ok" />
      )}
      <span className="max-sm:sr-only">{look.word}</span>
    </>
  );
  return (
    <>
      <Tooltip label={look.hint}>
        {state.kind === "signed_out" ? (
          <a
            href={`${boot.base}sign-in/?next=${encodeURIComponent(location.pathname + location.search)}`}
            data-connection={state.kind}
            className={shape}
          >
            {content}
          </a>
        ) : (
          <button type="button" data-connection={state.kind} onClick={() => retry(state)} className={shape}>
            {content}
          </button>
        )}
      </Tooltip>
      <span role="status" className="sr-only">
        {state.kind === "live" || state.kind === "connecting" ? "" : look.word}
      </span>
    </>
  );
}

function retry(state: LiveState): void {
  if (state.kind === "reconnecting" || state.kind === "offline" || state.kind === "polling")
    live.reconnectNow();
}
