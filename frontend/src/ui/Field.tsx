/** Text inputs as they look everywhere. */
import type { ComponentProps } from "react";
import { cx } from "./cx";

const LOOK =
  "w-full min-w-0 rounded-md border bg-raised font-normal text-sm text-text transition-colors placeholder:text-faint hover:border-control focus:border-accent focus:outline-2 focus:outline-accent/25 focus:outline-offset-0 disabled:cursor-not-allowed disabled:opacity-60 read-only:bg-sunken";

export const inputLook = (invalid?: boolean, mono?: boolean): string =>
  cx(LOOK, invalid ? "border-fail" : "border-line-strong", mono && "font-mono text-xs");

interface Look {
  invalid?: boolean;
  mono?: boolean;
}

export function TextInput({ invalid, mono, className, ...rest }: ComponentProps<"input"> & Look) {
  return (
    <input
      type="text"
      {...rest}
      aria-invalid={invalid || undefined}
      className={cx(inputLook(invalid, mono), "h-8 px-2.5", className)}
    />
  );
}

export function TextArea({ invalid, mono, className, ...rest }: ComponentProps<"textarea"> & Look) {
  return (
    <textarea
      {...rest}
      aria-invalid={invalid || undefined}
      className={cx(inputLook(invalid, mono), "block resize-y px-2.5 py-1.5 leading-5", className)}
    />
  );
}
