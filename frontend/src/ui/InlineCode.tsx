/** A sentence in which `code` between backticks looks like code. */
export function InlineCode({ children }: { children: string }) {
  return children.split("`").map((part, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one fixed sentence.
      <code key={index} className="rounded bg-sunken px-1 font-mono text-[0.92em] text-text">
        {part}
      </code>
    ) : (
      part
    ),
  );
}
