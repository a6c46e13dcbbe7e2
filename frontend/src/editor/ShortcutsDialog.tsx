/** Every key of the editor on one sheet. */
import { useCanvas } from "@/canvas/state";
import { Dialog } from "@/ui/Dialog";
import { Kbd } from "@/ui/Kbd";

const SECTIONS: { title: string; keys: [string, string][] }[] = [
  {
    title: "Add and connect",
    keys: [
      ["/", "Add a node"],
      ["Tab", "Add a node behind the selected one"],
      ["C", "Connect the selected node"],
      ["Ctrl C", "Copy"],
      ["Ctrl X", "Cut"],
      ["Ctrl V", "Paste"],
      ["Ctrl D", "Duplicate"],
    ],
  },
  {
    title: "Select and move",
    keys: [
      ["Alt ←→↑↓", "Walk along the edges"],
      ["←→↑↓", "Move the selected nodes"],
      ["Shift ←→↑↓", "Move them further"],
      ["Ctrl A", "Select all"],
      ["Shift Click", "Add to the selection"],
      ["Esc", "Select nothing"],
    ],
  },
  {
    title: "Edit",
    keys: [
      ["Enter", "Go to the config"],
      ["F2", "Rename"],
      ["D", "Disable or enable"],
      ["Del", "Delete"],
      ["T", "Tidy up"],
      ["Ctrl Z", "Undo"],
      ["Ctrl Shift Z", "Redo"],
      ["Ctrl S", "Save now"],
    ],
  },
  {
    title: "View and test",
    keys: [
      ["F", "Fit the whole graph"],
      ["2", "Fit the selection"],
      ["Ctrl 0", "100 %"],
      ["Space Drag", "Move the view"],
      ["Ctrl Wheel", "Zoom"],
      ["Ctrl Enter", "Fire the test event"],
      ["Ctrl K", "Everything by name"],
    ],
  },
];

export function ShortcutsDialog() {
  const open = useCanvas((state) => state.helpOpen);
  return (
    <Dialog
      open={open}
      onOpenChange={(helpOpen) => useCanvas.getState().set({ helpOpen })}
      title="Keyboard shortcuts"
      description="Single letters work while the canvas has the focus."
      width="lg"
    >
      <div className="grid gap-x-8 gap-y-5 pt-1 sm:grid-cols-2">
        {SECTIONS.map(({ title, keys }) => (
          <section key={title}>
            <h3 className="mb-2 font-semibold text-muted text-xs">{title}</h3>
            <dl className="flex flex-col gap-1.5">
              {keys.map(([key, does]) => (
                <div key={key} className="flex items-center justify-between gap-4 text-sm">
                  <dt className="order-2">
                    <Kbd>{key}</Kbd>
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
