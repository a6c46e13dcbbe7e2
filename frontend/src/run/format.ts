/** Times, durations and sizes as people read them. */
import { useNow } from "@/ui/useNow";

/** <1 ms, 840 ms, 1.2 s, 14 s, 2 m 05 s, 1 h 20 m. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1) return "<1 ms";
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1_000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} m ${String(whole % 60).padStart(2, "0")} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} m`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Of 24 hours everywhere: times are compared with logs, and "AM" takes the room of a digit. */
const TIME = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;
const CLOCK = new Intl.DateTimeFormat(undefined, TIME);
const FINE_CLOCK = new Intl.DateTimeFormat(undefined, { ...TIME, fractionalSecondDigits: 3 });
const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const WHOLE = new Intl.DateTimeFormat(undefined, {
  year: "numeric",
  month: "short",
  day: "numeric",
  ...TIME,
});

export const formatFineClock = (time: string): string => FINE_CLOCK.format(new Date(time));
export const formatWhole = (time: string): string => WHOLE.format(new Date(time));

/** The clock today, the day before. */
export function formatWhen(time: string, now = new Date()): string {
  const date = new Date(time);
  return date.toDateString() === now.toDateString()
    ? CLOCK.format(date)
    : `${DAY.format(date)}, ${CLOCK.format(date)}`;
}

export function formatAgo(time: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(time)) / 1_000);
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  if (seconds < 7 * 86_400) return `${Math.floor(seconds / 86_400)} d ago`;
  return DAY.format(new Date(time));
}

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString()} ${count === 1 ? one : many}`;

/** How long something has taken, ticking until it ended. Empty while it has not begun. */
export function useElapsed(started: string | null, ended: string | null): string {
  const now = useNow(started !== null && ended === null);
  if (!started) return "";
  const until = ended ? Date.parse(ended) : Math.max(now, Date.parse(started));
  return formatDuration(until - Date.parse(started));
}
