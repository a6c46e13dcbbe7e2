/** Copying text, also where the browser offers no clipboard (plain HTTP on another host). */
import { toast } from "@/ui/toast";

export async function copyText(text: string, what: string): Promise<void> {
  const copied = (await throughClipboard(text)) || throughSelection(text);
  toast(copied ? `${what} copied.` : "This browser does not let pages copy.", {
    id: "copied",
    kind: copied ? "ok" : "error",
  });
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
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "sr-only";
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  return copied;
}
