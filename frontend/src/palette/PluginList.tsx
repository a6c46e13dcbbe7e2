/** A searchable list of plugins, walked with the arrow keys: in the palette and in quick add. */
import { Search } from "lucide-react";
import { type DragEvent, type KeyboardEvent, useId, useMemo, useRef, useState } from "react";
import type { Plugin } from "@/api/types";
import { cx } from "@/ui/cx";
import { pluginIcon } from "@/ui/pluginIcons";
import { PLUGIN_TYPE } from "./drag";
import { find } from "./search";

interface PluginListProps {
  plugins: readonly Plugin[];
  onPick: (id: string, by: "key" | "pointer") => void;
  onEscape?: () => void;
  autoFocus?: boolean;
  draggable?: boolean;
  placeholder?: string;
}

export function PluginList({
  plugins,
  onPick,
  onEscape,
  autoFocus,
  draggable,
  placeholder = "Search nodes",
}: PluginListProps) {
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(autoFocus ? 0 : -1);
  const groups = useMemo(() => find(plugins, query), [plugins, query]);
  const flat = useMemo(() => groups.flatMap((group) => group.plugins), [groups]);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();

  function move(to: number) {
    const next = Math.max(0, Math.min(flat.length - 1, to));
    setActive(next);
    list.current?.querySelector(`[data-index="${next}"]`)?.scrollIntoView({ block: "nearest" });
  }

  function onKeyDown(event: KeyboardEvent) {
    const chosen = flat[Math.max(0, active)];
    if (event.key === "ArrowDown") move(active + 1);
    else if (event.key === "ArrowUp") move(active - 1);
    else if (event.key === "Enter" && chosen) onPick(chosen.id, "key");
    else if (event.key === "Escape" && query !== "" && !onEscape) setQuery("");
    else if (event.key === "Escape") onEscape?.();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  let index = -1;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="relative px-3 pt-3 pb-2">
        <Search
          size={14}
          className="pointer-events-none absolute top-[21px] left-5.5 text-faint"
          aria-hidden
        />
        <input
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={active >= 0 && flat[active] ? `${id}-${active}` : undefined}
          aria-label={placeholder}
          // biome-ignore lint/a11y/noAutofocus: quick add is opened in order to type.
          autoFocus={autoFocus}
          value={query}
          placeholder={placeholder}
          onChange={(event) => {
            setQuery(event.target.value);
            setActive(event.target.value === "" && !autoFocus ? -1 : 0);
          }}
          onKeyDown={onKeyDown}
          className="h-8 w-full rounded-md border border-line-strong bg-raised pr-2 pl-8 text-sm focus:border-accent focus:outline-2 focus:outline-accent/25 focus:outline-offset-0"
        />
      </div>
      <div
        ref={list}
        id={id}
        role="listbox"
        aria-label="Nodes"
        tabIndex={-1}
        className="min-h-0 flex-1 overflow-auto px-2 pb-3"
      >
        {groups.map((group) => (
          // biome-ignore lint/a11y/useSemanticElements: a group of options, not of form fields.
          <div key={group.name} role="group" aria-label={group.name || "Results"}>
            {group.name && <p className="px-2 pt-3 pb-1 font-medium text-2xs text-faint">{group.name}</p>}
            {group.plugins.map((plugin) => {
              index += 1;
              return (
                <PluginOption
                  key={plugin.id}
                  plugin={plugin}
                  id={`${id}-${index}`}
                  index={index}
                  active={index === active}
                  draggable={draggable}
                  onPick={onPick}
                />
              );
            })}
          </div>
        ))}
        {flat.length === 0 && (
          <p className="px-3 py-6 text-center text-muted text-sm">No node fits “{query}”.</p>
        )}
      </div>
    </div>
  );
}

interface OptionProps {
  plugin: Plugin;
  id: string;
  index: number;
  active: boolean;
  draggable?: boolean;
  onPick: (id: string, by: "key" | "pointer") => void;
}

function PluginOption({ plugin, id, index, active, draggable, onPick }: OptionProps) {
  const Icon = pluginIcon(plugin.icon);
  const onDragStart = (event: DragEvent) => {
    event.dataTransfer.setData(PLUGIN_TYPE, plugin.id);
    event.dataTransfer.effectAllowed = "copy";
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the search field above walks the options by keyboard.
    <div
      id={id}
      role="option"
      aria-selected={active}
      aria-label={plugin.name}
      tabIndex={-1}
      data-index={index}
      data-plugin={plugin.id}
      draggable={draggable}
      onDragStart={onDragStart}
      onClick={() => onPick(plugin.id, "pointer")}
      title={plugin.description.replaceAll("`", "")}
      className={cx(
        "flex cursor-pointer select-none items-center gap-2.5 rounded-lg px-2 py-1.5",
        active ? "bg-hover" : "hover:bg-hover",
        draggable && "active:cursor-grabbing",
      )}
    >
      <span className={cx("fs-node-icon size-7! rounded-md!", plugin.trigger && "is-trigger")}>
        <Icon size={15} strokeWidth={1.8} aria-hidden />
      </span>
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium text-sm leading-[18px]">{plugin.name}</span>
        <span className="block truncate text-muted text-xs leading-4">
          {plugin.description.replaceAll("`", "")}
        </span>
      </span>
    </div>
  );
}
