/** A dialog that holds the focus until it is answered. */
import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./cx";

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  children?: ReactNode;
  footer?: ReactNode;
  width?: "sm" | "md" | "lg";
  /** False: only the buttons of the footer close it. */
  dismissible?: boolean;
}

const WIDTHS = { sm: "max-w-sm", md: "max-w-lg", lg: "max-w-3xl" };

export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
  footer,
  width = "md",
  dismissible = true,
}: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => (next || dismissible) && onOpenChange(next)}>
      <Base.Portal>
        <Base.Backdrop className="fs-backdrop fixed inset-0 z-40 bg-[rgb(10_10_20/0.38)]" />
        <Base.Popup
          className={cx(
            "fs-popup fixed top-[12vh] left-1/2 z-40 flex max-h-[78vh] w-[calc(100vw-2rem)] -translate-x-1/2 flex-col rounded-xl border border-line bg-raised shadow-pop outline-none",
            WIDTHS[width],
          )}
        >
          <header className="flex items-start gap-3 px-5 pt-4 pb-3">
            <div className="min-w-0 flex-1">
              <Base.Title className="font-semibold text-base text-text">{title}</Base.Title>
              {description && (
                <Base.Description className="mt-0.5 text-muted text-sm">{description}</Base.Description>
              )}
            </div>
            {dismissible && (
              <Base.Close
                aria-label="Close"
                className="flex size-7 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-text"
              >
                <X size={15} aria-hidden />
              </Base.Close>
            )}
          </header>
          {children && <div className="min-h-0 flex-1 overflow-auto px-5 pb-4">{children}</div>}
          {footer && <footer className="flex justify-end gap-2 border-t px-5 py-3">{footer}</footer>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
