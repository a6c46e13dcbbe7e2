/** Measures the bundle against its budgets, from the manifest: fails when the first load grew too big. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const OUT = new URL("../../static/flowstudio/", import.meta.url);
const BUDGET = { script: 300, style: 20 };

const manifest = JSON.parse(readFileSync(new URL("manifest.json", OUT), "utf8"));
const kB = (file) => gzipSync(readFileSync(new URL(file, OUT)), { level: 9 }).length / 1000;

/** A page's script, what it imports at once, and what the page itself is made of. */
function closure(keys, seen = new Set()) {
  for (const key of keys) {
    if (seen.has(key)) continue;
    seen.add(key);
    closure(manifest[key].imports ?? [], seen);
  }
  return seen;
}

const PAGES = { editor: "src/editor/EditorPage.tsx", workflows: "src/workflows/WorkflowsPage.tsx" };
let failed = false;
for (const [page, entry] of Object.entries(PAGES)) {
  const chunks = [...closure(["src/main.tsx", entry])].map((key) => manifest[key]);
  const styles = new Set(chunks.flatMap((chunk) => chunk.css ?? []));
  const script = chunks.reduce((sum, chunk) => sum + kB(chunk.file), 0);
  const style = [...styles].reduce((sum, file) => sum + kB(file), 0);
  failed ||= script > BUDGET.script || style > BUDGET.style;
  console.log(
    `${page}: ${script.toFixed(0)} of ${BUDGET.script} kB script, ${style.toFixed(1)} of ${BUDGET.style} kB style (gzip), ${chunks.length + styles.size} files`,
  );
}
if (failed) {
  console.error("The first load is over its budget.");
  process.exit(1);
}
