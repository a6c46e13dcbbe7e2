/** Keys, as they are printed on this machine's keyboard. */
const MAC = /Mac|iPhone|iPad/.test(navigator.platform);

export const modifier = MAC ? "⌘" : "Ctrl";

export function Kbd({ children }: { children: string }) {
  const keys = MAC
    ? children.replaceAll("Ctrl", "⌘").replaceAll("Shift", "⇧").replaceAll("Alt", "⌥")
    : children;
  return (
    <kbd className="rounded border border-line bg-sunken px-1 font-sans text-2xs text-muted leading-4">
      {keys}
    </kbd>
  );
}
