/** Problems by the place where they are shown. */
import type { Problem } from "@/api/types";

const cache = new WeakMap<readonly Problem[], Map<string, Problem[]>>();

/** Grouped once per answer of the server, since every node asks. */
export function problemsByNode(problems: readonly Problem[]): ReadonlyMap<string, Problem[]> {
  const known = cache.get(problems);
  if (known) return known;
  const grouped = new Map<string, Problem[]>();
  for (const problem of problems) {
    if (problem.node === null) continue;
    const list = grouped.get(problem.node) ?? [];
    list.push(problem);
    grouped.set(problem.node, list);
  }
  cache.set(problems, grouped);
  return grouped;
}

/** The problems of one field of a node, those of values inside it included. */
export function problemsOfField(
  problems: readonly Problem[],
  node: string,
  path: readonly (string | number)[],
): Problem[] {
  return (problemsByNode(problems).get(node) ?? []).filter(
    (problem) =>
      problem.path.length >= path.length &&
      path.every((step, index) => String(problem.path[index]) === String(step)),
  );
}
