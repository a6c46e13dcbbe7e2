/** Says at all times whether the draft is stored. */
import { Check, CloudOff, GitCompareArrows, type LucideIcon, PencilLine, TriangleAlert } from "lucide-react";
import { type SaveState as State, useEditor } from "@/model/editor";
import { cx } from "@/ui/cx";
import { Spinner } from "@/ui/Spinner";
import { Tooltip } from "@/ui/Tooltip";

interface Look {
  word: string;
  icon: LucideIcon;
  colour: string;
  hint: string;
}

const LOOKS: Readonly<Record<State, Look>> = {
  saved: { word: "Saved", icon: Check, colour: "text-muted", hint: "Every change is stored." },
  saving: { word: "Saving…", icon: Check, colour: "text-muted", hint: "Being stored." },
  dirty: { word: "Edited", icon: PencilLine, colour: "text-muted", hint: "Will be stored in a moment." },
  offline: {
    word: "Offline",
    icon: CloudOff,
    colour: "text-warn",
    hint: "The server cannot be reached. Your changes are kept in this browser and sent when it is back.",
  },
  conflict: {
    word: "Changed by someone else",
    icon: GitCompareArrows,
    colour: "text-fail",
    hint: "Choose which version to keep.",
  },
  refused: {
    word: "Not saved",
    icon: TriangleAlert,
    colour: "text-fail",
    hint: "The server refused the draft.",
  },
};

export function SaveState() {
  const state = useEditor((editor) => editor.saveState);
  const error = useEditor((editor) => editor.saveError);
  const revision = useEditor((editor) => editor.workflow?.revision);
  const { word, icon: Icon, colour, hint } = LOOKS[state];
  const detail = state === "refused" && error ? error : hint;
  return (
    <Tooltip label={state === "saved" ? `${detail} Revision ${revision}.` : detail}>
      <button
        type="button"
        data-save-state={state}
        className={cx(
          "flex h-7 items-center gap-1.5 whitespace-nowrap rounded-md px-1.5 text-xs hover:bg-hover",
          colour,
        )}
        onClick={() => void useEditor.getState().save()}
      >
        {state === "saving" ? <Spinner size={13} /> : <Icon size={13} aria-hidden />}
        <span role="status" className={state === "saved" ? "max-sm:sr-only" : undefined}>
          {word}
        </span>
      </button>
    </Tooltip>
  );
}
