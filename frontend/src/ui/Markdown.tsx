/** The little Markdown that help texts use: paragraphs, lists, headings, code blocks; bold, italics, code, links. */
import { Fragment, type ReactNode } from "react";

type Block =
  | { kind: "paragraph" | "heading" | "code"; text: string }
  | { kind: "list"; items: string[]; ordered: boolean };

export function Markdown({ children }: { children: string }) {
  return (
    <div className="flex flex-col gap-2 break-words text-sm leading-5">
      {blocksOf(children).map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of one fixed text.
        <BlockView key={index} block={block} />
      ))}
    </div>
  );
}

export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  for (const part of splitFences(text)) {
    if (part.code) blocks.push({ kind: "code", text: part.text });
    else for (const chunk of part.text.split(/\n\s*\n/)) if (chunk.trim()) blocks.push(blockOf(chunk.trim()));
  }
  return blocks;
}

function splitFences(text: string): { code: boolean; text: string }[] {
  return text
    .split(/^```.*$/m)
    .map((part, index) => ({ code: index % 2 === 1, text: index % 2 === 1 ? part.trim() : part }));
}

const BULLET = /^\s*(?:[-*]|(\d+)\.)\s+/;

function blockOf(chunk: string): Block {
  const heading = /^#{1,6}\s+(.*)$/.exec(chunk);
  if (heading?.[1]) return { kind: "heading", text: heading[1] };
  if (!BULLET.test(chunk)) return { kind: "paragraph", text: chunk };
  const items: string[] = [];
  for (const line of chunk.split("\n")) {
    if (BULLET.test(line) || items.length === 0) items.push(line.replace(BULLET, ""));
    else items[items.length - 1] += ` ${line.trim()}`;
  }
  return { kind: "list", items, ordered: /^\s*\d/.test(chunk) };
}

function BlockView({ block }: { block: Block }) {
  if (block.kind === "list") {
    const List = block.ordered ? "ol" : "ul";
    return (
      <List
        className={`flex flex-col gap-1.5 pl-4 ${block.ordered ? "list-decimal" : "list-disc"} marker:text-faint`}
      >
        {block.items.map((item) => (
          <li key={item}>
            <Inline text={item} />
          </li>
        ))}
      </List>
    );
  }
  if (block.kind === "code")
    return <pre className="overflow-auto rounded-md bg-sunken p-2 font-mono text-xs">{block.text}</pre>;
  if (block.kind === "heading") return <p className="font-semibold">{block.text}</p>;
  return (
    <p>
      <Inline text={block.text.replaceAll("\n", " ")} />
    </p>
  );
}

const INLINE = /(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*|\[[^\]]+\]\(https?:[^)]+\))/;

export function Inline({ text }: { text: string }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one fixed text.
  return text.split(INLINE).map((part, index) => <Fragment key={index}>{inline(part)}</Fragment>);
}

function inline(part: string): ReactNode {
  if (/^`.+`$/.test(part))
    return <code className="rounded bg-sunken px-1 font-mono text-[0.92em]">{part.slice(1, -1)}</code>;
  if (/^\*\*.+\*\*$/.test(part)) return <strong className="font-semibold">{part.slice(2, -2)}</strong>;
  if (/^\*.+\*$/.test(part)) return <em>{part.slice(1, -1)}</em>;
  const link = /^\[([^\]]+)\]\((https?:[^)]+)\)$/.exec(part);
  if (!link) return part;
  return (
    <a href={link[2]} target="_blank" rel="noreferrer" className="text-accent underline">
      {link[1]}
    </a>
  );
}
