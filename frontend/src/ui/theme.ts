/** Light, dark, or as the system has it; kept in this browser. */
import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

const KEY = "flowstudio:theme";
const listeners = new Set<() => void>();

function read(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
}

let theme: Theme = read();

function apply(): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const listener of listeners) listener();
}

export function setTheme(next: Theme): void {
  theme = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // The choice then holds for this page only.
  }
  apply();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  dark.addEventListener("change", listener);
  return () => {
    listeners.delete(listener);
    dark.removeEventListener("change", listener);
  };
}

const dark = window.matchMedia("(prefers-color-scheme: dark)");

export const useTheme = (): Theme => useSyncExternalStore(subscribe, () => theme);

/** Changes whenever colours on the screen do: for what is painted by script. */
export const useIsDark = (): boolean =>
  useSyncExternalStore(subscribe, () => theme === "dark" || (theme === "system" && dark.matches));

apply();
