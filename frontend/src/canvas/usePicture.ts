/** Everything that the painted views need of the graph, kept until it changes. */
import { useMemo } from "react";
import { shownDocument, useEditor } from "@/model/editor";
import { backgroundNodes } from "@/model/graph";
import { runStore } from "@/run/store";
import { useIsDark } from "@/ui/theme";
import { layoutsOf } from "./geometry";
import { type Picture, readColours } from "./paint";

export function usePicture(): Picture {
  const document = useEditor(shownDocument);
  const plugins = useEditor((state) => state.plugins);
  const errorPorts = useEditor((state) => state.errorPorts);
  const chosen = useEditor((state) => state.selection.nodes);
  const dark = useIsDark();

  const layouts = useMemo(() => layoutsOf(document, plugins, errorPorts), [document, plugins, errorPorts]);
  const background = useMemo(() => backgroundNodes(document), [document]);
  const selected = useMemo(() => new Set(chosen), [chosen]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours on the page follow the theme.
  const colours = useMemo(readColours, [dark]);

  return useMemo(
    () => ({
      document,
      layouts,
      background,
      selected,
      colours,
      statusOf: (id) => runStore.nodeRun(id)?.status,
    }),
    [document, layouts, background, selected, colours],
  );
}
