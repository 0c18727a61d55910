import { useMemo } from "react";
import { parseAnsi } from "../format/ansi.ts";

/** A program's output, with its colours, as text and nothing else. */
export function AnsiText({ text }: { text: string }) {
  const parts = useMemo(() => parseAnsi(text), [text]);
  return parts.map((part, index) =>
    part.className === "" ? (
      part.text
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text have no other name, and never move.
      <span key={index} className={part.className}>
        {part.text}
      </span>
    ),
  );
}
