/** A small turning ring: something is on its way. */
import { LoaderCircle } from "lucide-react";
import { cx } from "./cx";

export function Spinner({ size = 14, className }: { size?: number; className?: string }) {
  return <LoaderCircle size={size} className={cx("fs-spin", className)} aria-hidden />;
}
