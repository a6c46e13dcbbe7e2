/** One problem in words, with its cures as buttons. */
import { CircleAlert, TriangleAlert } from "lucide-react";
import type { Problem } from "@/api/types";
import { canEdit, useEditor } from "@/model/editor";
import { Button } from "@/ui/Button";
import { cx } from "@/ui/cx";

export function ProblemLine({ problem }: { problem: Problem }) {
  const editable = useEditor(canEdit);
  const error = problem.severity === "error";
  const Icon = error ? CircleAlert : TriangleAlert;
  return (
    <div className={cx("flex items-start gap-1.5 text-xs leading-[17px]", error ? "text-fail" : "text-warn")}>
      <Icon size={13} className="mt-0.5 shrink-0" aria-hidden />
      <div className="min-w-0">
        <p className="break-words">
          <span className="sr-only">{error ? "Error: " : "Warning: "}</span>
          {problem.message}
        </p>
        {editable && problem.cures.length > 0 && <Cures problem={problem} />}
      </div>
    </div>
  );
}

export function Cures({ problem }: { problem: Problem }) {
  return (
    <div className="mt-1 flex flex-wrap gap-1.5">
      {problem.cures.map((cure) => (
        <Button key={cure.title} size="sm" onClick={() => useEditor.getState().applyCure(cure)}>
          {cure.title}
        </Button>
      ))}
    </div>
  );
}
