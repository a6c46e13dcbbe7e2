/** Buttons: with a word, or with an icon whose name a tooltip shows. */
import type { LucideIcon } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx";
import { Spinner } from "./Spinner";
import { Tooltip } from "./Tooltip";

type Variant = "primary" | "secondary" | "ghost" | "danger";

const VARIANTS: Record<Variant, string> = {
  primary:
    "bg-accent-solid text-on-accent hover:bg-accent-solid-hover active:bg-accent-solid-hover shadow-[inset_0_1px_0_rgb(255_255_255/0.14)]",
  secondary: "border border-line-strong bg-raised text-text hover:bg-hover active:bg-press",
  ghost: "text-muted hover:bg-hover hover:text-text active:bg-press",
  danger: "border border-line-strong bg-raised text-fail hover:bg-fail-soft",
};

export interface ButtonProps extends ComponentProps<"button"> {
  variant?: Variant;
  size?: "sm" | "md";
  icon?: LucideIcon;
  busy?: boolean;
  children?: ReactNode;
}

export function Button({
  variant = "secondary",
  size = "md",
  icon: Icon,
  busy,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled || busy}
      className={cx(
        "inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors duration-100 disabled:cursor-not-allowed disabled:opacity-50",
        size === "sm" ? "h-7 px-2 text-xs" : "h-8 px-3 text-sm",
        VARIANTS[variant],
        className,
      )}
    >
      {busy ? <Spinner /> : Icon && <Icon size={size === "sm" ? 14 : 15} aria-hidden />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ComponentProps<"button">, "children"> {
  icon: LucideIcon;
  /** The button's name, read out and shown in the tooltip. */
  label: string;
  shortcut?: string;
  size?: "sm" | "md";
  pressed?: boolean;
}

export function IconButton({
  icon: Icon,
  label,
  shortcut,
  size = "md",
  pressed,
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip label={label} shortcut={shortcut}>
      <button
        type="button"
        {...rest}
        aria-label={label}
        aria-pressed={pressed}
        className={cx(
          "inline-flex shrink-0 items-center justify-center rounded-md text-muted transition-colors duration-100 hover:bg-hover hover:text-text active:bg-press disabled:cursor-not-allowed disabled:opacity-40 data-[popup-open]:bg-hover data-[popup-open]:text-text",
          size === "sm" ? "size-6" : "size-8",
          pressed && "bg-accent-soft text-accent hover:bg-accent-soft hover:text-accent",
          className,
        )}
      >
        <Icon size={size === "sm" ? 14 : 16} aria-hidden />
      </button>
    </Tooltip>
  );
}
