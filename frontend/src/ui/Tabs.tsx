/** Tabs of a panel; a tab may carry a count. */
import { Tabs as Base } from "@base-ui/react/tabs";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./cx";

export interface TabItem<Value extends string> {
  value: Value;
  label: string;
  icon?: LucideIcon;
  badge?: ReactNode;
}

interface TabsProps<Value extends string> {
  value: Value | null;
  onChange: (value: Value) => void;
  items: TabItem<Value>[];
  label: string;
  children?: ReactNode;
  className?: string;
  /** Drawn at the right end of the list of tabs. */
  end?: ReactNode;
  listClassName?: string;
  /** A click on the tab that is shown already. */
  onAgain?: () => void;
}

export function Tabs<Value extends string>(props: TabsProps<Value>) {
  const { value, onChange, items, label, children, className, end, listClassName, onAgain } = props;
  return (
    <Base.Root
      value={value}
      onValueChange={(next) => next && onChange(next as Value)}
      className={cx("flex min-h-0 flex-col", className)}
    >
      <div className={cx("flex h-10 shrink-0 select-none items-center gap-2 border-b px-3", listClassName)}>
        <Base.List aria-label={label} className="flex h-full items-stretch gap-1">
          {items.map(({ value: tab, label: text, icon: Icon, badge }) => (
            <Base.Tab
              key={tab}
              value={tab}
              onClick={() => tab === value && onAgain?.()}
              className="group relative flex items-center gap-1.5 rounded-sm px-2 font-medium text-muted text-sm outline-offset-[-3px] transition-colors hover:text-text data-active:text-text"
            >
              {Icon && <Icon size={14} aria-hidden />}
              {text}
              {badge}
              <span className="absolute inset-x-2 -bottom-px h-0.5 rounded-full bg-accent opacity-0 group-data-active:opacity-100" />
            </Base.Tab>
          ))}
        </Base.List>
        {end && <div className="ml-auto flex items-center gap-1">{end}</div>}
      </div>
      {children}
    </Base.Root>
  );
}

export function TabPanel({
  value,
  children,
  className,
}: {
  value: string;
  children: ReactNode;
  className?: string;
}) {
  return (
    <Base.Panel value={value} className={cx("min-h-0 flex-1 overflow-auto outline-none", className)}>
      {children}
    </Base.Panel>
  );
}
