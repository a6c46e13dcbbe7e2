/** How a program sends an event, ready to be copied. */
import { Copy } from "lucide-react";
import { apiUrl } from "@/api/client";
import type { Json } from "@/api/types";
import { copyText } from "@/inspector/io/copy";
import { IconButton } from "@/ui/Button";

/** `properties` go into single quotes of a shell. */
export function curlOf(type: string, properties: Json): string {
  const body = JSON.stringify({ type, properties }).replaceAll("'", "'\\''");
  return [
    `curl ${apiUrl("events/")} \\`,
    '  -H "Authorization: Bearer $FLOWSTUDIO_TOKEN" \\',
    '  -H "Content-Type: application/json" \\',
    `  -d '${body}'`,
  ].join("\n");
}

export function SendHint() {
  const command = curlOf("order.placed", { total: 120, customer: "Ada" });
  return (
    <div className="mb-8 w-full max-w-lg px-6">
      <div className="relative rounded-lg border bg-sunken">
        <pre className="overflow-auto px-3 py-2.5 pr-10 font-mono text-text text-xs">{command}</pre>
        <IconButton
          icon={Copy}
          size="sm"
          label="Copy command"
          onClick={() => copyText(command, "Command")}
          className="absolute top-1.5 right-1.5"
        />
      </div>
      <p className="mt-2 text-faint text-xs">
        <code className="font-mono">manage.py token USER</code> makes a token. A real event starts every
        switched-on workflow whose trigger takes it.
      </p>
    </div>
  );
}
