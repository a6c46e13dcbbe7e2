/** Everything that keeps the draft from being published, and what is doubtful. */
import { CircleCheck } from "lucide-react";
import { useEditor } from "@/model/editor";
import { Empty } from "@/ui/Empty";
import { ProblemList } from "./ProblemList";

export function ProblemsPanel() {
  const problems = useEditor((state) => state.problems);
  if (problems.length === 0) {
    return (
      <Empty icon={CircleCheck} title="No problems">
        The draft can be published as it is.
      </Empty>
    );
  }
  const sorted = [...problems].sort(
    (a, b) => Number(a.severity === "warning") - Number(b.severity === "warning"),
  );
  return (
    <div className="px-2 py-2">
      <ProblemList problems={sorted} />
    </div>
  );
}
