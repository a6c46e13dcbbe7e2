/** What a place says while there is nothing in it. */
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

export function Empty({
  icon: Icon,
  title,
  children,
  action,
}: {
  icon?: LucideIcon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center justify-center gap-1.5 px-6 py-10 text-center">
      {Icon && (
        <span className="mb-1 flex size-9 items-center justify-center rounded-lg border bg-sunken text-muted">
          <Icon size={18} aria-hidden />
        </span>
      )}
      <p className="font-medium text-sm text-text">{title}</p>
      {children && <p className="max-w-80 text-balance text-muted text-sm">{children}</p>}
      {action && <div className="mt-2">{action}</div>}
    </div>
  );
}
