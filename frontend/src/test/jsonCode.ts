/** The JSON editor itself, in a chunk of its own that is loaded when a test event is first looked at. */
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { type Diagnostic, linter } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { nonce } from "@/api/boot";
import { parseProperties } from "./properties";

export interface JsonCode {
  /** Take over a text that was loaded, without telling `onChange`. */
  replace: (text: string) => void;
  focus: () => void;
  destroy: () => void;
}

interface Options {
  parent: HTMLElement;
  text: string;
  label: string;
  onChange: (text: string) => void;
  onSubmit: () => void;
}

const LOOK = EditorView.theme({
  "&": { height: "100%", fontSize: "12px", backgroundColor: "transparent", color: "var(--fs-text)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--fs-mono)", lineHeight: "20px", overflow: "auto" },
  ".cm-content": { padding: "6px 0", caretColor: "var(--fs-text)" },
  ".cm-gutters": { backgroundColor: "transparent", border: "none", color: "var(--fs-faint)" },
  ".cm-foldGutter .cm-gutterElement": { padding: "0 2px 0 6px", cursor: "pointer" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "color-mix(in srgb, var(--fs-accent) 22%, transparent)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--fs-press)", outline: "none" },
  ".cm-foldPlaceholder": {
    background: "var(--fs-sunken)",
    border: "none",
    color: "var(--fs-muted)",
    padding: "0 6px",
  },
  ".cm-tooltip": {
    background: "var(--fs-raised)",
    border: "1px solid var(--fs-line)",
    borderRadius: "6px",
    boxShadow: "var(--fs-shadow-pop)",
  },
  ".cm-diagnostic": { fontFamily: "var(--fs-font)", padding: "4px 8px", color: "var(--fs-text)" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--fs-fail)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--fs-fail)",
    textUnderlineOffset: "3px",
  },
});

const COLOURS = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--fs-text)" },
  { tag: tags.string, color: "var(--fs-ok)" },
  { tag: tags.number, color: "var(--fs-accent)" },
  { tag: tags.bool, color: "var(--fs-branch)" },
  { tag: tags.null, color: "var(--fs-muted)" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--fs-faint)" },
]);

const errors = linter(
  (view): Diagnostic[] => {
    const text = view.state.doc.toString();
    const { error } = parseProperties(text);
    if (!error) return [];
    const to = Math.min(text.length, error.position + 1);
    return [{ from: Math.max(0, to - 1), to, severity: "error", message: error.message }];
  },
  { delay: 400 },
);

/** Chromium keeps the look of a selection that is typed over by an inline style, which our CSP reports. */
const typeOver = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    const isOver = event.inputType === "insertText" && event.data && !view.state.selection.main.empty;
    if (!isOver || view.composing) return false;
    view.dispatch(view.state.replaceSelection(event.data ?? ""), {
      userEvent: "input.type",
      scrollIntoView: true,
    });
    event.preventDefault();
    return true;
  },
});

export function createJsonCode({ parent, text, label, onChange, onSubmit }: Options): JsonCode {
  let replacing = false;
  const submit = () => {
    onSubmit();
    return true;
  };
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        nonce ? EditorView.cspNonce.of(nonce) : [],
        history(),
        json(),
        errors,
        bracketMatching(),
        indentOnInput(),
        foldGutter({ openText: "▾", closedText: "▸" }),
        syntaxHighlighting(COLOURS),
        LOOK,
        typeOver,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
        keymap.of([{ key: "Mod-Enter", run: submit }, ...defaultKeymap, ...historyKeymap, ...foldKeymap]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !replacing) onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    replace: (next) => {
      if (next === view.state.doc.toString()) return;
      replacing = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
      replacing = false;
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
