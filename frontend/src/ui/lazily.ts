/** Parts of the page that are fetched when they are wanted, or before that, while there is nothing else to do. */
import { type ComponentType, lazy } from "react";
import { toast } from "./toast";

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

type Load<Part> = () => Promise<Part>;

const parts = new Set<Load<unknown>>();

/** A part that breaks nothing where the network is away when it is wanted: it comes when it can be had. */
export function fetched<Part>(load: Load<Part>): Load<Part> {
  parts.add(load);
  return () => patiently(load);
}

/** Like React's `lazy`, which would take down the whole page. */
export function lazily<Props>(load: Load<ComponentType<Props>>) {
  const fetch = fetched(load);
  return lazy(async () => ({ default: await fetch() }));
}

/** Fetches all parts, those that turn up on the way included; what cannot be had now is left for later. */
export async function fetchParts(): Promise<void> {
  try {
    for (const load of parts) await load();
  } catch (error) {
    if (!isLostNetwork(error)) throw error;
  }
}

async function patiently<Part>(load: Load<Part>): Promise<Part> {
  for (let wait = FIRST_RETRY_MS; ; wait = Math.min(2 * wait, LAST_RETRY_MS)) {
    try {
      return await load();
    } catch (error) {
      if (!isLostNetwork(error)) throw error;
      toast("It is tried again. If the studio was updated meanwhile, reload the page.", {
        id: "part",
        kind: "error",
        title: "A part of this page could not be fetched",
      });
      await networkOr(wait);
    }
  }
}

/** Every browser has words of its own for a module that could not be fetched, but all throw a TypeError. */
const isLostNetwork = (error: unknown): boolean => error instanceof TypeError;

function networkOr(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      window.clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    };
    const timer = window.setTimeout(done, milliseconds);
    window.addEventListener("online", done);
  });
}
