/** The list of nodes beside the canvas. */
import { TriangleAlert } from "lucide-react";
import { useMemo } from "react";
import { addFromPalette } from "@/canvas/quickAdd";
import { useEditor } from "@/model/editor";
import { PluginList } from "./PluginList";
import { offered } from "./search";

export function Palette() {
  const plugins = useEditor((state) => state.plugins);
  const broken = useEditor((state) => state.brokenPlugins);
  const list = useMemo(() => offered(Object.values(plugins), false), [plugins]);
  return (
    <>
      <PluginList plugins={list} onPick={addFromPalette} draggable />
      {broken.length > 0 && (
        <details className="border-t px-4 py-2 text-sm">
          <summary className="flex items-center gap-1.5 text-warn">
            <TriangleAlert size={14} aria-hidden />
            {broken.length === 1
              ? "One plugin cannot be loaded"
              : `${broken.length} plugins cannot be loaded`}
          </summary>
          <ul className="mt-1 flex flex-col gap-1 text-xs">
            {broken.map((plugin) => (
              <li key={plugin.id}>
                <code className="font-mono">{plugin.id}</code>: {plugin.message}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
