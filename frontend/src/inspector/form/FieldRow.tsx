/** One field: its name, fixed value or expression, the control, what it is for, and what the server says to it. */
import { SquareFunction } from "lucide-react";
import { type ReactNode, useId } from "react";
import type { Json, JsonObject, Problem } from "@/api/types";
import { useEditor } from "@/model/editor";
import { problemsOfField } from "@/model/problems";
import { cx } from "@/ui/cx";
import { InlineCode } from "@/ui/InlineCode";
import { Tooltip } from "@/ui/Tooltip";
import { CodeInput } from "./CodeInput";
import { Control } from "./controls";
import { ProblemLine } from "./ProblemLine";
import { asExpression, asLiteral, expressionIn, type FormField, mayBeExpression } from "./schema";

interface FieldRowProps {
  field: FormField;
  node: string;
  config: JsonObject;
  /** Where `config` lies inside the node's config. */
  path: string[];
  readOnly: boolean;
}

export function FieldRow({ field, node, config, path, readOnly }: FieldRowProps) {
  const id = useId();
  const here = [...path, field.name];
  const problems = useEditor((state) => state.problems);
  const viewing = useEditor((state) => state.viewing !== null);
  const own = viewing ? [] : problemsOfField(problems, node, ["config", ...here]);
  const value = config[field.name];
  const expression = mayBeExpression(field) ? expressionIn(value) : null;
  const set = (next: Json | undefined) => useEditor.getState().setConfig(node, here, next);
  const describedBy =
    [field.description && `${id}-help`, own.length > 0 && `${id}-problems`].filter(Boolean).join(" ") ||
    undefined;
  const common = { id, readOnly, describedBy, invalid: own.some((problem) => problem.severity === "error") };

  if (field.kind === "object")
    return <Nested field={field} node={node} config={config} path={path} readOnly={readOnly} />;

  const inline = field.kind === "boolean" && expression === null;
  const control: ReactNode =
    expression !== null ? (
      <CodeInput
        {...common}
        node={node}
        language="expression"
        value={expression}
        onChange={(text) => set({ $expr: text })}
        placeholder="payload.value"
      />
    ) : (
      <Control {...common} node={node} field={field} value={value} onChange={set} path={here} />
    );

  return (
    <div className="flex min-w-0 flex-col gap-1.5" data-field={here.join(".")}>
      <div className="flex min-h-5 items-center gap-2">
        <label htmlFor={id} className="min-w-0 truncate font-medium text-sm">
          {field.title}
          {field.required && (
            <span className="text-fail" title="Required">
              <span aria-hidden> *</span>
              <span className="sr-only"> (required)</span>
            </span>
          )}
        </label>
        <KindMark field={field} />
        <span className="ml-auto flex items-center gap-1.5">
          {mayBeExpression(field) && !readOnly && (
            <ModeToggle
              on={expression !== null}
              title={field.title}
              onChange={(on) =>
                set(on ? asExpression(value ?? field.fallback) : asLiteral(expression ?? "", field))
              }
            />
          )}
          {inline && control}
        </span>
      </div>
      {!inline && control}
      {own.length > 0 && (
        <div id={`${id}-problems`} className="flex flex-col gap-1">
          {own.map((problem) => (
            <ProblemLine key={problem.code + problem.path.join()} problem={within(problem, here)} />
          ))}
        </div>
      )}
      {field.description && (
        <p id={`${id}-help`} className="text-muted text-xs leading-[17px]">
          <InlineCode>{field.description}</InlineCode>
        </p>
      )}
    </div>
  );
}

/** Beside the field its name need not be said again; where inside the field must be. */
function within(problem: Problem, here: string[]): Problem {
  const name = `${here.join(".")}: `;
  const message = problem.message.startsWith(name) ? problem.message.slice(name.length) : problem.message;
  const inside = problem.path.slice(here.length + 1);
  return { ...problem, message: inside.length === 0 ? message : `${inside.join(".")}: ${message}` };
}

const KIND_WORDS = {
  expression: "Expression",
  template: "Text with {{ }}",
  data: "JSON with {{ }}",
} as const;

function KindMark({ field }: { field: FormField }) {
  if (!(field.kind in KIND_WORDS)) return null;
  return (
    <span className="shrink-0 rounded bg-sunken px-1.5 text-2xs text-muted">
      {KIND_WORDS[field.kind as keyof typeof KIND_WORDS]}
    </span>
  );
}

function ModeToggle({
  on,
  title,
  onChange,
}: {
  on: boolean;
  title: string;
  onChange: (on: boolean) => void;
}) {
  return (
    <Tooltip label={on ? "Use a fixed value" : "Use an expression"}>
      <button
        type="button"
        aria-pressed={on}
        aria-label={`${title} as an expression`}
        onClick={() => onChange(!on)}
        className={cx(
          "flex h-6 items-center gap-1 rounded-md px-1.5 text-2xs transition-colors",
          on ? "bg-accent-soft font-medium text-accent" : "text-faint hover:bg-hover hover:text-text",
        )}
      >
        <SquareFunction size={12} aria-hidden />
        Expression
      </button>
    </Tooltip>
  );
}

function Nested({ field, node, config, path, readOnly }: FieldRowProps) {
  const value = config[field.name];
  const inner = value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
  return (
    <fieldset className="flex min-w-0 flex-col gap-3 rounded-lg border p-3">
      <legend className="px-1 font-medium text-sm">{field.title}</legend>
      {field.description && <p className="text-muted text-xs">{field.description}</p>}
      {field.fields.map((item) => (
        <FieldRow
          key={item.name}
          field={item}
          node={node}
          config={inner}
          path={[...path, field.name]}
          readOnly={readOnly}
        />
      ))}
    </fieldset>
  );
}
