/** Problems as a list: each leads to its place and offers its cures. */
import { CircleAlert, TriangleAlert } from "lucide-react";
import type { Problem } from "@/api/types";
import * as camera from "@/canvas/camera";
import { Cures } from "@/inspector/form/ProblemLine";
import { canEdit, useEditor } from "@/model/editor";
import { Inline } from "@/ui/Markdown";
import { usePanels } from "./panels";

export function ProblemList({ problems, onGo }: { problems: Problem[]; onGo?: () => void }) {
  const document = useEditor((state) => state.document);
  const editable = useEditor(canEdit);
  const nameOf = (id: string | null) => document.nodes.find((node) => node.id === id)?.name;
  return (
    <ul className="flex flex-col">
      {problems.map((problem) => {
        const Icon = problem.severity === "error" ? CircleAlert : TriangleAlert;
        return (
          <li
            key={[problem.code, problem.node, problem.edge, ...problem.path, problem.message].join("|")}
            className="flex items-start gap-2 rounded-md px-2 py-1.5 hover:bg-hover"
          >
            <Icon
              size={15}
              className={`mt-0.5 shrink-0 ${problem.severity === "error" ? "text-fail" : "text-warn"}`}
              aria-label={problem.severity}
            />
            <div className="min-w-0 flex-1">
              <button
                type="button"
                className="block w-full text-left text-sm"
                onClick={() => {
                  goTo(problem);
                  onGo?.();
                }}
              >
                {nameOf(problem.node) && <span className="mr-1.5 font-medium">{nameOf(problem.node)}</span>}
                <Inline text={problem.message} />
              </button>
              {editable && problem.cures.length > 0 && <Cures problem={problem} />}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

/** Selects what a problem is about and shows the field it concerns. */
function goTo(problem: Problem): void {
  const { document, select } = useEditor.getState();
  const edge = document.edges.find((item) => item.id === problem.edge);
  if (problem.node) {
    select({ nodes: [problem.node], edges: [] });
    usePanels.getState().showRight("config");
    camera.reveal(problem.node);
    const field = problem.path.slice(1).join(".");
    requestAnimationFrame(() => focusField(field));
  } else if (edge) {
    select({ nodes: [], edges: [edge.id] });
    camera.reveal(edge.target);
  }
}

function focusField(field: string): void {
  const row =
    window.document.querySelector(`[data-field="${CSS.escape(field)}"]`) ??
    window.document.querySelector(`[data-field="${CSS.escape(field.split(".")[0] ?? "")}"]`);
  row?.scrollIntoView({ block: "center" });
  row?.querySelector<HTMLElement>("input, textarea, button[role=combobox]")?.focus();
}
