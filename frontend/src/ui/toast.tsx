/** Short notes at the edge of the screen: what was done, or why it was not. */
import { Toast as Base } from "@base-ui/react/toast";
import { CircleAlert, CircleCheck, Info, X } from "lucide-react";
import { IconButton } from "./Button";

const manager = Base.createToastManager();

type Kind = "info" | "ok" | "error";

/** The same `id` replaces the note that is still shown. */
interface ToastOptions {
  id?: string;
  kind?: Kind;
  title?: string;
  action?: { label: string; run: () => void };
}

export function toast(message: string, { id, kind = "info", title, action }: ToastOptions = {}): void {
  manager.add({
    id,
    type: kind,
    title,
    description: message,
    timeout: kind === "error" ? 8000 : 4000,
    priority: kind === "error" ? "high" : "low",
    actionProps: action && { children: action.label, onClick: action.run },
  });
}

const ICONS = { info: Info, ok: CircleCheck, error: CircleAlert };
const COLOURS = { info: "text-muted", ok: "text-ok", error: "text-fail" };

export function Toasts() {
  return (
    <Base.Provider toastManager={manager} limit={3}>
      <Base.Portal>
        <Base.Viewport className="fixed bottom-14 left-1/2 z-50 flex w-88 max-w-[calc(100vw-2rem)] -translate-x-1/2 flex-col gap-2 outline-none">
          <List />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function List() {
  const { toasts } = Base.useToastManager();
  return toasts.map((item) => {
    const kind = (item.type ?? "info") as Kind;
    const Icon = ICONS[kind];
    return (
      <Base.Root
        key={item.id}
        toast={item}
        swipeDirection="right"
        className="fs-popup flex items-start gap-2.5 rounded-lg border border-line bg-raised py-2.5 pr-2 pl-3 shadow-pop"
      >
        <Icon size={16} className={`mt-0.5 shrink-0 ${COLOURS[kind]}`} aria-hidden />
        <Base.Content className="min-w-0 flex-1">
          <Base.Title className="font-medium text-sm text-text" />
          <Base.Description className="text-sm text-text" />
          <Base.Action className="mt-1 font-medium text-accent text-sm" />
        </Base.Content>
        <Base.Close render={<IconButton icon={X} label="Dismiss" size="sm" />} />
      </Base.Root>
    );
  });
}
