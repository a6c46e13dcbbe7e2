/** Parts that are fetched late: a lost network delays them and breaks nothing. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fetched, fetchParts } from "@/ui/lazily";

const lost = () => new TypeError("Failed to fetch dynamically imported module");

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("fetching all parts ahead of time fetches those that turn up on the way", async () => {
  const inner = vi.fn().mockResolvedValue("inner");
  fetched(async () => fetched(inner));

  await fetchParts();

  expect(inner).toHaveBeenCalledTimes(1);
});

test("a part that cannot be fetched comes later", async () => {
  const load = vi.fn().mockRejectedValueOnce(lost()).mockRejectedValueOnce(lost()).mockResolvedValue("part");

  const part = fetched(load)();
  await vi.advanceTimersByTimeAsync(1_000 + 2_000);

  expect(await part).toBe("part");
  expect(load).toHaveBeenCalledTimes(3);
});

test("a part comes as soon as the network is back", async () => {
  const load = vi.fn().mockRejectedValueOnce(lost()).mockResolvedValue("part");

  const part = fetched(load)();
  await vi.advanceTimersByTimeAsync(0);
  window.dispatchEvent(new Event("online"));

  expect(await part).toBe("part");
});

test("a mistake in a part is told", async () => {
  const part = fetched(() => Promise.reject(new RangeError("a mistake")));

  await expect(part()).rejects.toThrow("a mistake");
});
