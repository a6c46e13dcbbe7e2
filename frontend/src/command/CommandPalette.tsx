/** Ctrl+K: everything by name. */
import { Dialog as Base } from "@base-ui/react/dialog";
import { Search } from "lucide-react";
import { type KeyboardEvent, useId, useMemo, useState } from "react";
import { useLocation } from "wouter";
import { useDialogs } from "@/editor/dialogState";
import { useEditor } from "@/model/editor";
import { cx } from "@/ui/cx";
import { Kbd } from "@/ui/Kbd";
import { type Command, commandsFor, search } from "./commands";

export function CommandPalette() {
  const { open, show } = useDialogs();
  return (
    <Base.Root open={open === "command"} onOpenChange={(next) => !next && show(null)}>
      <Base.Portal>
        <Base.Backdrop className="fs-backdrop fixed inset-0 z-40 bg-[rgb(10_10_20/0.28)]" />
        <Base.Popup className="fs-popup fixed top-[14vh] left-1/2 z-40 flex max-h-[60vh] w-[min(36rem,calc(100vw-2rem))] -translate-x-1/2 flex-col overflow-hidden rounded-xl border border-line bg-raised shadow-pop outline-none">
          <Base.Title className="sr-only">Commands</Base.Title>
          <List />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

function List() {
  const id = useId();
  const [, navigate] = useLocation();
  const show = useDialogs((state) => state.show);
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const commands = useMemo(() => commandsFor(useEditor.getState(), navigate), [navigate]);
  const found = useMemo(() => search(commands, query), [commands, query]);

  function run(command: Command | undefined) {
    if (!command) return;
    show(null);
    // After the dialog gave the focus back, since many commands move it.
    window.setTimeout(command.run, 30);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "ArrowDown") setActive(Math.min(found.length - 1, active + 1));
    else if (event.key === "ArrowUp") setActive(Math.max(0, active - 1));
    else if (event.key === "Enter") run(found[active]);
    else return;
    event.preventDefault();
  }

  return (
    <>
      <div className="relative border-b">
        <Search size={16} className="pointer-events-none absolute top-3.5 left-4 text-faint" aria-hidden />
        <input
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={found[active] ? `${id}-${active}` : undefined}
          aria-label="Search commands and nodes"
          placeholder="Search commands and nodes…"
          // biome-ignore lint/a11y/noAutofocus: the palette is opened in order to type.
          autoFocus
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
          className="h-11 w-full bg-transparent pr-4 pl-10 text-base outline-none"
        />
      </div>
      <div
        id={id}
        role="listbox"
        aria-label="Commands"
        tabIndex={-1}
        className="min-h-0 flex-1 overflow-auto p-1.5"
      >
        {found.map((command, index) => (
          <Row
            key={command.id}
            id={`${id}-${index}`}
            command={command}
            active={index === active}
            heading={query === "" && command.group !== found[index - 1]?.group ? command.group : null}
            onRun={() => run(command)}
          />
        ))}
        {found.length === 0 && (
          <p className="px-3 py-6 text-center text-muted text-sm">Nothing fits “{query}”.</p>
        )}
      </div>
    </>
  );
}

interface RowProps {
  id: string;
  command: Command;
  active: boolean;
  heading: string | null;
  onRun: () => void;
}

function Row({ id, command, active, heading, onRun }: RowProps) {
  const { icon: Icon, title, group, shortcut } = command;
  return (
    <>
      {heading && (
        <p className="px-2.5 pt-2.5 pb-1 font-medium text-2xs text-faint" aria-hidden>
          {heading}
        </p>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the search field above walks the options by keyboard. */}
      <div
        id={id}
        ref={(element) => {
          if (active) element?.scrollIntoView({ block: "nearest" });
        }}
        role="option"
        aria-selected={active}
        tabIndex={-1}
        onClick={onRun}
        className={cx(
          "flex h-8 cursor-pointer items-center gap-2.5 rounded-md px-2.5 text-sm",
          active ? "bg-hover" : "hover:bg-hover",
        )}
      >
        <Icon size={15} className="shrink-0 text-muted" aria-hidden />
        <span className="min-w-0 flex-1 truncate">{title}</span>
        {group !== "Actions" && heading === null && <span className="text-faint text-xs">{group}</span>}
        {shortcut && <Kbd>{shortcut}</Kbd>}
      </div>
    </>
  );
}
