/** A field whose values the installation offers: a searchable list, and still a text for what is not in it. */
import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { api } from "@/api/client";
import { Button } from "@/ui/Button";
import { TextInput } from "@/ui/Field";
import type { ControlProps } from "./controls";

interface Offered {
  results: { value: string; label: string }[];
}

export function OptionsControl({ field, value, onChange, readOnly, id, invalid, describedBy }: ControlProps) {
  const list = useId();
  const name = field.hints.options ?? "";
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["options", name],
    queryFn: () => api.get<Offered>(`options/${encodeURIComponent(name)}/`),
    staleTime: 30_000,
    retry: 1,
  });
  const offered = data?.results ?? [];
  const text = typeof value === "string" ? value : "";
  const known = offered.find((option) => option.value === text);
  return (
    <div className="flex flex-col gap-1">
      <TextInput
        id={id}
        list={list}
        value={text}
        readOnly={readOnly}
        invalid={invalid}
        aria-describedby={[describedBy, `${list}-state`].filter(Boolean).join(" ")}
        autoComplete="off"
        placeholder={isPending ? "Loading…" : "Type to search…"}
        onChange={(event) =>
          onChange(event.target.value === "" && field.nullable ? null : meant(event.target.value, offered))
        }
      />
      <datalist id={list}>
        {offered.map((option) => (
          <option key={option.value} value={option.value} label={option.label} />
        ))}
      </datalist>
      <div id={`${list}-state`} className="flex items-center gap-2 text-xs" aria-live="polite">
        {error ? (
          <>
            <span className="text-fail">The list could not be loaded: {error.message}</span>
            <Button size="sm" variant="ghost" onClick={() => void refetch()}>
              Try again
            </Button>
          </>
        ) : isPending ? (
          <span className="text-muted">Loading what is offered…</span>
        ) : offered.length === 0 ? (
          <span className="text-muted">Nothing is offered to you here.</span>
        ) : known ? (
          <span className="text-muted">{known.label}</span>
        ) : (
          text !== "" && <span className="text-warn">Not offered (any more): {text}</span>
        )}
      </div>
    </div>
  );
}

/** Who writes a label in full means its value. */
function meant(text: string, offered: Offered["results"]): string {
  const byLabel = offered.filter((option) => option.label === text);
  return byLabel.length === 1 && byLabel[0] ? byLabel[0].value : text;
}
