/** Where code is written: a plain field that grows with its text. */
import type { CSSProperties } from "react";
import { TextArea } from "@/ui/Field";

export type CodeLanguage = "expression" | "template" | "data";

interface CodeInputProps {
  id: string;
  node: string;
  language: CodeLanguage;
  multiline?: boolean;
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  readOnly: boolean;
  invalid: boolean;
  describedBy: string | undefined;
}

const GROWING: CSSProperties = { fieldSizing: "content" } as CSSProperties;

export function CodeInput({
  id,
  multiline,
  value,
  onChange,
  placeholder,
  readOnly,
  invalid,
  describedBy,
}: CodeInputProps) {
  return (
    <TextArea
      id={id}
      mono
      rows={1}
      style={GROWING}
      spellCheck={false}
      autoComplete="off"
      value={value}
      placeholder={placeholder}
      readOnly={readOnly}
      invalid={invalid}
      aria-describedby={describedBy}
      className={multiline ? "max-h-80 min-h-20" : "max-h-40 min-h-8 resize-none"}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
