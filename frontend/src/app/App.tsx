/** Which page is shown at which address, all below the path where the host mounted the studio. */
import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClientProvider } from "@tanstack/react-query";
import { Suspense } from "react";
import { Redirect, Route, Router, Switch } from "wouter";
import { boot, nonce } from "@/api/boot";
import { lazily } from "@/ui/lazily";
import { Spinner } from "@/ui/Spinner";
import { TooltipProvider } from "@/ui/Tooltip";
import { Toasts } from "@/ui/toast";
import { queryClient } from "./query";
import { Shell } from "./Shell";

const EditorPage = lazily(async () => (await import("@/editor/EditorPage")).EditorPage);
const RunPage = lazily(async () => (await import("@/editor/RunPage")).RunPage);
const WorkflowsPage = lazily(async () => (await import("@/workflows/WorkflowsPage")).WorkflowsPage);
const EventsPage = lazily(async () => (await import("@/events/EventsPage")).EventsPage);

const Waiting = () => (
  <div className="flex h-full items-center justify-center text-muted">
    <Spinner size={20} />
  </div>
);

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <CSPProvider nonce={nonce}>
        <TooltipProvider delay={400}>
          <Router base={boot.base.replace(/\/$/, "")}>
            <Suspense fallback={<Waiting />}>
              <Switch>
                <Route path="/workflows/:id/">{({ id }) => <EditorPage key={id} workflowId={id} />}</Route>
                <Route path="/runs/:id/">{({ id }) => <RunPage key={id} runId={id} />}</Route>
                <Route path="/events/">
                  <Shell page="events">
                    <EventsPage />
                  </Shell>
                </Route>
                <Route path="/">
                  <Shell page="workflows">
                    <WorkflowsPage />
                  </Shell>
                </Route>
                <Route>
                  <Redirect to="/" replace />
                </Route>
              </Switch>
            </Suspense>
          </Router>
          <Toasts />
        </TooltipProvider>
      </CSPProvider>
    </QueryClientProvider>
  );
}
