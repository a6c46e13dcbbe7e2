/** From a step to its node on the canvas, and back. */
import * as camera from "@/canvas/camera";
import { usePanels } from "@/editor/panels";
import { useStepChoice } from "@/inspector/io/choice";
import { useEditor } from "@/model/editor";

/** Select the node on the canvas and show this step of it. */
export function selectStep(node: string, step: string | null): void {
  useStepChoice.getState().choose(node, step);
  useEditor.getState().select({ nodes: [node], edges: [] });
  usePanels.getState().showRight("data");
  camera.reveal(node);
}
