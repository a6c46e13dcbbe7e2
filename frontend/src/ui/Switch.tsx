/** An on/off switch. */
import { Switch as Base } from "@base-ui/react/switch";
import { cx } from "./cx";

interface SwitchProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label?: string;
  id?: string;
  disabled?: boolean;
  describedBy?: string;
}

export function Switch({ checked, onChange, label, id, disabled, describedBy }: SwitchProps) {
  return (
    <Base.Root
      id={id}
      checked={checked}
      onCheckedChange={onChange}
      disabled={disabled}
      aria-label={label}
      aria-describedby={describedBy}
      className={cx(
        "relative inline-flex h-[18px] w-8 shrink-0 items-center rounded-full border transition-colors data-disabled:opacity-50",
        checked ? "border-transparent bg-accent-solid" : "border-control bg-sunken",
      )}
    >
      <Base.Thumb
        className={cx(
          "block size-3 rounded-full transition-transform duration-150",
          checked ? "translate-x-4 bg-white" : "translate-x-0.5 bg-control",
        )}
      />
    </Base.Root>
  );
}
