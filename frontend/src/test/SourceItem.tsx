/** One event that can be taken into the editor: a sample or one that happened. */
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

interface SourceItemProps {
  icon: LucideIcon;
  title: string;
  hint: string;
  onClick: () => void;
  actions?: ReactNode;
}

export function SourceItem({ icon: Icon, title, hint, onClick, actions }: SourceItemProps) {
  return (
    <div className="group relative mx-1.5 flex items-center rounded-md hover:bg-hover has-data-popup-open:bg-hover">
      <button
        type="button"
        onClick={onClick}
        title={`Use ${title}`}
        className="flex min-w-0 flex-1 items-center gap-2 rounded-md px-1.5 py-1 text-left"
      >
        <Icon size={13} className="shrink-0 text-faint" aria-hidden />
        <span className="min-w-0 flex-1">
          <span className="block truncate text-text text-xs">{title}</span>
          <span className="block truncate text-2xs text-faint">{hint}</span>
        </span>
      </button>
      {actions && (
        <span className="pr-1 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 has-data-popup-open:opacity-100">
          {actions}
        </span>
      )}
    </div>
  );
}
