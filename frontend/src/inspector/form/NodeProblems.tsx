/** The problems of a node that belong to none of the fields that are shown. */
import type { Problem } from "@/api/types";
import { ProblemLine } from "./ProblemLine";

export function NodeProblems({ problems }: { problems: Problem[] }) {
  const error = problems.some((problem) => problem.severity === "error");
  return (
    <div className={`flex flex-col gap-2 rounded-lg p-3 ${error ? "bg-fail-soft" : "bg-warn-soft"}`}>
      {problems.map((problem) => (
        <ProblemLine key={problem.code + problem.path.join()} problem={problem} />
      ))}
    </div>
  );
}
