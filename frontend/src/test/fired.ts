/** What became of the test event that was fired last. */
import { create } from "zustand";
import type { Problem, Run } from "@/api/types";

export interface FireErrors {
  type?: string;
  properties?: string;
  /** What belongs to no field. */
  other?: string;
  problems?: Problem[];
}

interface Firing {
  busy: boolean;
  errors: FireErrors;
  /** The run that was fired last. */
  run: Run | null;
}

export const useFiring = create<Firing>()(() => ({ busy: false, errors: {}, run: null }));

export function clearErrors(): void {
  useFiring.setState({ errors: {} });
}
