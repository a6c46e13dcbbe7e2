/** One typed way to call the API; every refusal becomes an ApiError that carries the problem document. */
import { boot } from "./boot";
import type { ProblemDocument } from "./types";

export class ApiError extends Error {
  constructor(readonly problem: ProblemDocument) {
    super(problem.detail || problem.title);
    this.name = "ApiError";
  }
  get status(): number {
    return this.problem.status;
  }
}

/** The server could not be reached: nothing is known about what it did. */
export class Offline extends Error {
  constructor() {
    super("The server cannot be reached.");
    this.name = "Offline";
  }
}

type Query = Record<string, string | number | boolean | null | undefined>;

interface Options {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
}

/** `path` is relative to the API ("workflows/") or whole (a page's `next`). */
export function apiUrl(path: string, query?: Query): string {
  const url = new URL(path, new URL(boot.api, window.location.href));
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== "") url.searchParams.set(key, String(value));
  }
  return url.href;
}

async function problemOf(response: Response): Promise<ProblemDocument> {
  const fallback = { type: "about:blank", title: response.statusText, status: response.status, detail: "" };
  try {
    return { ...fallback, ...((await response.json()) as Partial<ProblemDocument>) };
  } catch {
    return { ...fallback, detail: `The server answered ${response.status} ${response.statusText}.` };
  }
}

async function call<Result>(method: string, path: string, options: Options = {}): Promise<Result> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRFToken"] = boot.csrf_token;
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(apiUrl(path, options.query), {
      method,
      headers,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      credentials: "same-origin",
      signal: options.signal,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Offline();
  }
  if (!response.ok) throw new ApiError(await problemOf(response));
  return (response.status === 204 ? undefined : await response.json()) as Result;
}

export const api = {
  get: <Result>(path: string, query?: Query, signal?: AbortSignal) =>
    call<Result>("GET", path, { query, signal }),
  post: <Result>(path: string, body?: unknown, query?: Query) =>
    call<Result>("POST", path, { body: body ?? {}, query }),
  patch: <Result>(path: string, body: unknown) => call<Result>("PATCH", path, { body }),
  put: <Result>(path: string, body: unknown) => call<Result>("PUT", path, { body }),
  delete: <Result = void>(path: string) => call<Result>("DELETE", path),
};
