/** A choice from a short list. */
import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronDown } from "lucide-react";
import { cx } from "./cx";

export interface Option<Value extends string = string> {
  value: Value;
  label: string;
  hint?: string;
}

interface SelectProps<Value extends string> {
  value: Value | null;
  onChange: (value: Value) => void;
  options: Option<Value>[];
  label?: string;
  id?: string;
  placeholder?: string;
  disabled?: boolean;
  invalid?: boolean;
  describedBy?: string;
  size?: "sm" | "md";
  className?: string;
}

export function Select<Value extends string>(props: SelectProps<Value>) {
  const {
    value,
    onChange,
    options,
    label,
    id,
    placeholder = "Choose…",
    disabled,
    invalid,
    describedBy,
    size = "md",
    className,
  } = props;
  return (
    <Base.Root
      items={options}
      value={value}
      onValueChange={(next) => next !== null && onChange(next as Value)}
      disabled={disabled}
    >
      <Base.Trigger
        id={id}
        aria-label={label}
        aria-invalid={invalid || undefined}
        aria-describedby={describedBy}
        className={cx(
          "flex w-full min-w-0 items-center justify-between gap-2 rounded-md border bg-raised text-left text-text transition-colors hover:bg-hover data-disabled:cursor-not-allowed data-disabled:opacity-50 data-popup-open:bg-hover",
          size === "sm" ? "h-7 px-2 text-xs" : "h-8 px-2.5 text-sm",
          invalid ? "border-fail" : "border-line-strong",
          className,
        )}
      >
        <span className="min-w-0 truncate">
          <Base.Value>
            {(current: Value | null) =>
              options.find((option) => option.value === current)?.label ?? placeholder
            }
          </Base.Value>
        </span>
        <ChevronDown size={14} className="shrink-0 text-muted" aria-hidden />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50 outline-none">
          <Base.Popup className="fs-popup max-h-[min(22rem,var(--available-height))] min-w-[var(--anchor-width)] max-w-96 overflow-auto rounded-lg border border-line bg-raised p-1 shadow-pop outline-none">
            {options.map((option) => (
              <Base.Item
                key={option.value}
                value={option.value}
                className="flex cursor-default select-none items-center gap-2 rounded-md py-1 pr-2 pl-2 text-sm outline-none data-highlighted:bg-hover"
              >
                <span className="min-w-0 flex-1">
                  <Base.ItemText>{option.label}</Base.ItemText>
                  {option.hint && <span className="block text-muted text-xs">{option.hint}</span>}
                </span>
                <Base.ItemIndicator className="text-accent">
                  <Check size={14} aria-hidden />
                </Base.ItemIndicator>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
