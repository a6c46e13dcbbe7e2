/** Menus behind a button or at a point of the canvas. */
import { Menu as Base } from "@base-ui/react/menu";
import type { LucideIcon } from "lucide-react";
import type { ComponentProps, ReactElement, ReactNode } from "react";
import { cx } from "./cx";
import { Kbd } from "./Kbd";

type Positioner = ComponentProps<typeof Base.Positioner>;

interface MenuProps extends Pick<Positioner, "align" | "side" | "anchor"> {
  trigger?: ReactElement;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
}

export function Menu({
  trigger,
  open,
  onOpenChange,
  children,
  align = "start",
  side = "bottom",
  anchor,
}: MenuProps) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      {trigger && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Positioner
          align={align}
          side={side}
          anchor={anchor}
          sideOffset={4}
          className="z-40 outline-none"
        >
          <Base.Popup className="fs-popup max-h-[min(28rem,var(--available-height))] min-w-44 max-w-96 overflow-auto rounded-lg border border-line bg-raised p-1 shadow-pop outline-none">
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

interface MenuItemProps extends ComponentProps<typeof Base.Item> {
  icon?: LucideIcon;
  shortcut?: string;
  danger?: boolean;
}

export function MenuItem({ icon: Icon, shortcut, danger, className, children, ...rest }: MenuItemProps) {
  return (
    <Base.Item
      {...rest}
      className={cx(
        "flex min-h-7 cursor-default select-none items-center gap-2 rounded-md px-2 py-1 text-sm outline-none data-disabled:opacity-45",
        danger ? "text-fail data-highlighted:bg-fail-soft" : "text-text data-highlighted:bg-hover",
        className as string,
      )}
    >
      {Icon && <Icon size={15} className={danger ? "" : "text-muted"} aria-hidden />}
      <span className="min-w-0 flex-1">{children}</span>
      {shortcut && <Kbd>{shortcut}</Kbd>}
    </Base.Item>
  );
}

export const MenuSeparator = () => <Base.Separator className="my-1 h-px bg-line" />;

export function MenuGroup({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Base.Group>
      <Base.GroupLabel className="px-2 pt-1.5 pb-1 font-medium text-2xs text-faint">{label}</Base.GroupLabel>
      {children}
    </Base.Group>
  );
}
