/** The editor: palette, canvas, inspector, drawer and bar, put together. */
export function EditorPage({ workflowId }: { workflowId: string; runId?: string }) {
  return <main>{workflowId}</main>;
}
