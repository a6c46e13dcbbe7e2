/** The control of each kind of field. */
import { Dices, Eye, EyeOff, Plus, X } from "lucide-react";
import { useState } from "react";
import type { Json } from "@/api/types";
import { randomToken } from "@/model/graph";
import { IconButton } from "@/ui/Button";
import { cx } from "@/ui/cx";
import { TextArea, TextInput } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { Switch } from "@/ui/Switch";
import { CodeInput } from "./CodeInput";
import { DataControl } from "./DataControl";
import { OptionsControl } from "./OptionsControl";
import type { FormField } from "./schema";

export interface ControlProps {
  field: FormField;
  node: string;
  path: string[];
  id: string;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  readOnly: boolean;
  invalid: boolean;
  describedBy: string | undefined;
}

export function Control(props: ControlProps) {
  const { field, value, onChange, readOnly, id, invalid, describedBy, node } = props;
  if (field.hints.options) return <OptionsControl {...props} />;
  switch (field.kind) {
    case "expression":
    case "template":
      return (
        <CodeInput
          id={id}
          node={node}
          language={field.kind}
          multiline={field.hints.multiline}
          value={textOf(value)}
          onChange={onChange}
          placeholder={placeholderOf(field)}
          readOnly={readOnly}
          invalid={invalid}
          describedBy={describedBy}
        />
      );
    case "data":
    case "json":
      return <DataControl {...props} />;
    case "boolean":
      return (
        <Switch
          id={id}
          checked={(value ?? field.fallback) === true}
          onChange={onChange}
          disabled={readOnly}
          describedBy={describedBy}
        />
      );
    case "choice":
      return <ChoiceControl {...props} />;
    case "choices":
      return <ChoicesControl {...props} />;
    case "number":
      return <NumberControl {...props} />;
    case "texts":
      return <TextsControl {...props} />;
    case "map":
      return <MapControl {...props} />;
    default:
      return <TextControl {...props} />;
  }
}

const textOf = (value: Json | undefined): string =>
  typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);

/** The first example shows the form of what is expected. */
function placeholderOf(field: FormField): string | undefined {
  if (field.hints.placeholder) return field.hints.placeholder;
  const [example] = field.examples;
  return typeof example === "string" || typeof example === "number" ? String(example) : undefined;
}

const label = (value: Json): string => {
  const text = textOf(value);
  return /^[a-z]/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1).replaceAll("_", " ") : text;
};

function TextControl({ field, value, onChange, readOnly, id, invalid, describedBy }: ControlProps) {
  const [revealed, setRevealed] = useState(false);
  const { multiline, code, secret, generate } = field.hints;
  const change = (text: string) => onChange(text === "" && field.nullable ? null : text);
  const common = {
    id,
    readOnly,
    invalid,
    "aria-describedby": describedBy,
    value: textOf(value ?? field.fallback),
    placeholder: placeholderOf(field),
  };
  if (multiline || code) {
    return (
      <TextArea
        {...common}
        mono={Boolean(code)}
        rows={4}
        spellCheck={!code}
        onChange={(event) => change(event.target.value)}
      />
    );
  }
  return (
    <div className="flex gap-1">
      <TextInput
        {...common}
        type={secret && !revealed ? "password" : "text"}
        autoComplete={secret ? "new-password" : "off"}
        mono={Boolean(generate)}
        onChange={(event) => change(event.target.value)}
      />
      {secret && (
        <IconButton
          icon={revealed ? EyeOff : Eye}
          label={revealed ? "Hide" : "Show"}
          onClick={() => setRevealed(!revealed)}
        />
      )}
      {generate && !readOnly && (
        <IconButton icon={Dices} label="Make a new one" onClick={() => onChange(randomToken())} />
      )}
    </div>
  );
}

/** What is no number yet stays as text, so that nothing typed is lost; the server says what is wrong with it. */
function NumberControl({ field, value, onChange, readOnly, id, invalid, describedBy }: ControlProps) {
  const shown = value ?? field.fallback;
  const [text, setText] = useState(textOf(shown));
  const current = parse(text) === shown || text === shown ? text : textOf(shown);
  function change(next: string) {
    setText(next);
    onChange(next.trim() === "" ? (field.nullable ? null : undefined) : parse(next));
  }
  return (
    <TextInput
      id={id}
      inputMode={field.integer ? "numeric" : "decimal"}
      readOnly={readOnly}
      invalid={invalid}
      aria-describedby={describedBy}
      className="tabular-nums"
      value={text.trim() === "" && value === undefined ? text : current}
      placeholder={textOf(field.fallback) || placeholderOf(field)}
      onChange={(event) => change(event.target.value)}
    />
  );
}

const parse = (text: string): Json => {
  const number = Number(text);
  return text.trim() !== "" && Number.isFinite(number) ? number : text;
};

function ChoiceControl({ field, value, onChange, readOnly, id, invalid, describedBy }: ControlProps) {
  const options = field.options.map((option) => ({ value: JSON.stringify(option), label: label(option) }));
  const current = value ?? field.fallback;
  if (field.nullable) options.unshift({ value: "null", label: "None" });
  return (
    <Select
      id={id}
      value={current === undefined ? null : JSON.stringify(current)}
      options={options}
      disabled={readOnly}
      invalid={invalid}
      describedBy={describedBy}
      onChange={(text) => onChange(JSON.parse(text) as Json)}
    />
  );
}

function ChoicesControl({ field, value, onChange, readOnly, describedBy }: ControlProps) {
  const chosen = listOf(value ?? field.fallback);
  const toggle = (option: Json) =>
    onChange(
      chosen.includes(option)
        ? chosen.filter((item) => item !== option)
        : field.options.filter((item) => item === option || chosen.includes(item)),
    );
  return (
    // biome-ignore lint/a11y/useSemanticElements: the label above names the group.
    <div
      role="group"
      aria-label={field.title}
      aria-describedby={describedBy}
      className="flex flex-wrap gap-1.5"
    >
      {field.options.map((option) => {
        const on = chosen.includes(option);
        return (
          <button
            key={textOf(option)}
            type="button"
            aria-pressed={on}
            disabled={readOnly}
            onClick={() => toggle(option)}
            className={cx(
              "h-7 rounded-md border px-2.5 font-medium text-xs transition-colors",
              on
                ? "border-accent-line bg-accent-soft text-accent"
                : "border-line-strong text-muted hover:bg-hover hover:text-text",
            )}
          >
            {textOf(option)}
          </button>
        );
      })}
    </div>
  );
}

const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

function TextsControl({ field, value, onChange, readOnly, id, invalid, describedBy }: ControlProps) {
  const items = listOf(value ?? field.fallback).map(textOf);
  const [example] = field.examples;
  const placeholder = Array.isArray(example) ? textOf(example[0]) : undefined;
  const set = (index: number, text: string) =>
    onChange(items.map((item, at) => (at === index ? text : item)));
  return (
    <div className="flex flex-col gap-1.5">
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the place in the list is what an item is known by.
        <div key={index} className="flex gap-1">
          <TextInput
            id={index === 0 ? id : undefined}
            aria-label={`${field.title}, item ${index + 1}`}
            aria-describedby={describedBy}
            value={item}
            placeholder={placeholder}
            readOnly={readOnly}
            invalid={invalid}
            autoFocus={item === "" && index === items.length - 1}
            onChange={(event) => set(index, event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter") onChange([...items, ""]);
              if (event.key === "Backspace" && item === "") onChange(items.filter((_, at) => at !== index));
            }}
          />
          {!readOnly && (
            <IconButton
              icon={X}
              label={`Remove ${item || "item"}`}
              onClick={() => onChange(items.filter((_, at) => at !== index))}
            />
          )}
        </div>
      ))}
      {!readOnly && (
        <AddButton
          id={items.length === 0 ? id : undefined}
          title={field.title}
          onClick={() => onChange([...items, ""])}
        />
      )}
      {readOnly && items.length === 0 && <p className="text-muted text-sm">None</p>}
    </div>
  );
}

function AddButton({ id, title, onClick }: { id?: string; title: string; onClick: () => void }) {
  return (
    <button
      id={id}
      type="button"
      aria-label={`Add to ${title}`}
      onClick={onClick}
      className="flex h-7 items-center gap-1.5 self-start rounded-md border border-line-strong border-dashed px-2 text-muted text-xs hover:border-control hover:bg-hover hover:text-text"
    >
      <Plus size={13} aria-hidden />
      Add
    </button>
  );
}

function MapControl({ field, value, onChange, readOnly, id, describedBy }: ControlProps) {
  const source = value ?? field.fallback;
  const pairs = Object.entries(
    source !== null && typeof source === "object" && !Array.isArray(source) ? source : {},
  );
  const write = (next: [string, Json][]) => onChange(Object.fromEntries(next));
  const change = (index: number, key: string, item: Json) =>
    write(pairs.map((pair, at) => (at === index ? [key, item] : pair)));
  return (
    <div className="flex flex-col gap-1.5">
      {pairs.map(([key, item], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: keys change while they are written.
        <div key={index} className="flex gap-1">
          <TextInput
            id={index === 0 ? id : undefined}
            aria-label={`${field.title}, key ${index + 1}`}
            aria-describedby={describedBy}
            mono
            value={key}
            readOnly={readOnly}
            placeholder="from"
            onChange={(event) => {
              const taken = pairs.some(([other], at) => at !== index && other === event.target.value);
              if (!taken) change(index, event.target.value, item);
            }}
          />
          <TextInput
            aria-label={`${field.title}, value of ${key}`}
            mono
            value={textOf(item)}
            readOnly={readOnly}
            placeholder="to"
            onChange={(event) => change(index, key, event.target.value)}
          />
          {!readOnly && (
            <IconButton
              icon={X}
              label={`Remove ${key || "entry"}`}
              onClick={() => write(pairs.filter((_, at) => at !== index))}
            />
          )}
        </div>
      ))}
      {!readOnly && !pairs.some(([key]) => key === "") && (
        <AddButton
          id={pairs.length === 0 ? id : undefined}
          title={field.title}
          onClick={() => write([...pairs, ["", ""]])}
        />
      )}
    </div>
  );
}
