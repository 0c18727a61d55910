import { lazy, Suspense, useDeferredValue } from "react";

const MarkdownBody = lazy(async () => ({ default: (await import("./markdown-body.tsx")).MarkdownBody }));

/** Whatever may be formatting: most of what agents say has none of it and need not be read twice. */
const MARKS = /[*_`#|>[\]~\\]|^\s*[-+\d]|https?:|www\.|&/m;

/** Formatting more would hold up the page. */
const MAX_CHARACTERS = 20_000;

/**
 * A text that an agent has written, formatted: as soon as there is time for it, so that a list of many texts scrolls
 * without waiting. Until then, and where it is very long, it stands as it is.
 */
export function Markdown({ text }: { text: string }) {
  const formatted = useDeferredValue<string | null>(text, null);
  const plain = <p className="whitespace-pre-wrap break-words">{text}</p>;
  if (formatted === null || text.length > MAX_CHARACTERS || !MARKS.test(text)) return plain;
  return (
    <Suspense fallback={plain}>
      <MarkdownBody text={formatted} />
    </Suspense>
  );
}
