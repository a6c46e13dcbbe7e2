/** The drawer below the canvas: test events, runs, problems. */
import { ChevronDown, ChevronUp, FlaskConical, ListVideo, Table2, TriangleAlert } from "lucide-react";
import { Suspense, useState } from "react";
import { useEditor } from "@/model/editor";
import { IconButton } from "@/ui/Button";
import { lazily } from "@/ui/lazily";
import { Resizer } from "@/ui/Resizer";
import { TabPanel, Tabs } from "@/ui/Tabs";
import { ProblemsPanel } from "./ProblemsPanel";
import { usePanels } from "./panels";

const RunsPanel = lazily(async () => (await import("@/runs/RunsPanel")).RunsPanel);
const TestPanel = lazily(async () => (await import("@/test/TestPanel")).TestPanel);
const NodeList = lazily(async () => (await import("@/listview/NodeList")).NodeList);

const CLOSED = 40;

export function Drawer() {
  const { bottom, bottomOpen, showBottom, toggleBottom } = usePanels();
  const [height, setHeight] = useState(() => Math.min(320, Math.round(window.innerHeight * 0.4)));
  return (
    <section
      aria-label="Test, runs and problems"
      className="relative flex shrink-0 flex-col border-t bg-surface"
      style={{ height: bottomOpen ? height : CLOSED }}
    >
      {bottomOpen && (
        <Resizer
          label="Height of the drawer"
          axis="y"
          direction={-1}
          value={height}
          min={160}
          max={Math.round(window.innerHeight * 0.7)}
          onChange={setHeight}
          className="-top-1"
        />
      )}
      <Tabs
        label="Test, runs and problems"
        value={bottomOpen ? bottom : null}
        onChange={showBottom}
        onAgain={() => toggleBottom(false)}
        className="min-h-0 flex-1"
        listClassName={bottomOpen ? "" : "border-b-0"}
        items={[
          { value: "test", label: "Test", icon: FlaskConical },
          { value: "runs", label: "Runs", icon: ListVideo },
          { value: "problems", label: "Problems", icon: TriangleAlert, badge: <ProblemCount /> },
          { value: "list", label: "Nodes", icon: Table2 },
        ]}
        end={
          <IconButton
            icon={bottomOpen ? ChevronDown : ChevronUp}
            label={bottomOpen ? "Close the drawer" : "Open the drawer"}
            size="sm"
            onClick={() => toggleBottom()}
          />
        }
      >
        {bottomOpen && (
          <Suspense>
            <TabPanel value="test">
              <TestPanel />
            </TabPanel>
            <TabPanel value="runs">
              <RunsPanel />
            </TabPanel>
            <TabPanel value="problems">
              <ProblemsPanel />
            </TabPanel>
            <TabPanel value="list">
              <NodeList />
            </TabPanel>
          </Suspense>
        )}
      </Tabs>
    </section>
  );
}

function ProblemCount() {
  const errors = useEditor(
    (state) => state.problems.filter((problem) => problem.severity === "error").length,
  );
  const warnings = useEditor((state) => state.problems.length) - errors;
  if (errors + warnings === 0) return null;
  return (
    <span
      className={`min-w-4 rounded-full px-1 text-center font-semibold text-2xs tabular-nums ${errors > 0 ? "bg-fail-soft text-fail" : "bg-warn-soft text-warn"}`}
    >
      {errors || warnings}
    </span>
  );
}
