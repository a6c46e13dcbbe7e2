/** The whole address that calls a webhook node, ready to copy: the secret path alone can be called by nobody. */
import { Copy } from "lucide-react";
import { boot } from "@/api/boot";
import type { Json } from "@/api/types";
import { copyText } from "@/inspector/io/copy";
import { useEditor } from "@/model/editor";
import { IconButton } from "@/ui/Button";

export const hookAddress = (path: string): string =>
  new URL(`${boot.base}hooks/${encodeURIComponent(path)}/`, window.location.origin).href;

export function WebhookAddress({ path }: { path: Json | undefined }) {
  const answers = useEditor(({ workflow }) =>
    Boolean(workflow?.enabled && workflow.published_version !== null),
  );
  if (typeof path !== "string" || path === "") return null;
  const address = hookAddress(path);
  return (
    <div className="flex min-w-0 flex-col gap-1.5" data-webhook-address={address}>
      <p className="font-medium text-sm">Address to call</p>
      <div className="flex items-center gap-1 rounded-md border bg-sunken py-0.5 pr-0.5 pl-2">
        <code className="min-w-0 flex-1 break-all py-1 font-mono text-muted text-xs">{address}</code>
        <IconButton
          icon={Copy}
          size="sm"
          label="Copy address"
          onClick={() => void copyText(address, "Address")}
        />
      </div>
      <p className="text-muted text-xs leading-[17px]">
        {answers
          ? "Calls start the published version. A new or changed address answers after the next Publish."
          : "It answers once the workflow is published and switched on. Until then, listen for a test event in the Test panel."}
      </p>
    </div>
  );
}
