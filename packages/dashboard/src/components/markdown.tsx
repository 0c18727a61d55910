import { lazy, Suspense } from "react";

const MarkdownBody = lazy(async () => ({ default: (await import("./markdown-body.tsx")).MarkdownBody }));

/** Whatever may be formatting: most of what agents say has none of it and need not be read twice. */
const MARKS = /[*_`#|>[\]~\\]|^\s*[-+\d]|https?:|www\.|&/m;

/** Formatting more would hold up the page. */
const MAX_CHARACTERS = 20_000;

/** A text that an agent has written, formatted; until the formatter is loaded, and where it is very long, as it stands. */
export function Markdown({ text }: { text: string }) {
  const plain = <p className="whitespace-pre-wrap break-words">{text}</p>;
  if (text.length > MAX_CHARACTERS || !MARKS.test(text)) return plain;
  return (
    <Suspense fallback={plain}>
      <MarkdownBody text={text} />
    </Suspense>
  );
}
