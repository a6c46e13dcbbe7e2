/** Copying text, also where the browser offers no clipboard (plain HTTP on another host). */
import { toast } from "@/ui/toast";

export async function copyText(text: string, what: string): Promise<void> {
  if (await putOnClipboard(text)) toast(`${what} copied.`, { id: "copied", kind: "ok" });
}

/** False, and the person told, where the browser lets pages copy by no means. */
export async function putOnClipboard(text: string): Promise<boolean> {
  const copied = (await throughClipboard(text)) || throughSelection(text);
  if (!copied) toast("This browser does not let pages copy.", { id: "copied", kind: "error" });
  return copied;
}

async function throughClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function throughSelection(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "sr-only";
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return copied;
}
