/** What went wrong, in plain words: message, kind, attempt, the traceback folded away, a report to copy. */
import { ClipboardCopy } from "lucide-react";
import type { ErrorValue } from "@/api/types";
import { StatusIcon } from "@/run/status";
import { Button } from "@/ui/Button";
import { copyText } from "./copy";

interface ErrorCardProps {
  error: ErrorValue;
  /** What the copied report says beside the error, line by line. */
  facts: Record<string, string>;
  attempts?: number;
}

export function ErrorCard({ error, facts, attempts = 1 }: ErrorCardProps) {
  const traceback = typeof error.traceback === "string" ? error.traceback : "";
  return (
    <section aria-label="Error" className="rounded-lg border border-fail/30 bg-fail-soft px-3 py-2.5">
      <div className="flex items-start gap-2">
        <StatusIcon status="failed" size={15} className="mt-0.5" />
        <div className="min-w-0 flex-1">
          <p className="whitespace-pre-wrap break-words text-sm text-text">{error.message}</p>
          <p className="mt-0.5 font-mono text-2xs text-muted">
            {error.type}
            {attempts > 1 && ` · attempt ${attempts}`}
          </p>
        </div>
      </div>
      {traceback && (
        <details className="mt-2 text-xs">
          <summary className="font-medium text-muted hover:text-text">Traceback</summary>
          <pre className="mt-1 max-h-56 select-text overflow-auto rounded-md bg-sunken p-2 font-mono text-2xs text-text">
            {traceback}
          </pre>
        </details>
      )}
      <div className="mt-1 -ml-1">
        <Button
          size="sm"
          variant="ghost"
          icon={ClipboardCopy}
          onClick={() => copyText(report(error, facts, traceback), "Report")}
        >
          Copy as report
        </Button>
      </div>
    </section>
  );
}

export function report(error: ErrorValue, facts: Record<string, string>, traceback: string): string {
  const lines = Object.entries({ ...facts, Error: error.type }).map(([name, value]) => `- ${name}: ${value}`);
  const quoted = traceback ? ["", "```", traceback.trimEnd(), "```"] : [];
  return [`**${error.message}**`, "", ...lines, ...quoted, ""].join("\n");
}
