import Anser from "anser";

/** A stretch of a terminal's output in one look. */
export interface AnsiPart {
  text: string;
  className: string;
}

const ESCAPE = String.fromCharCode(27);
const BELL = String.fromCharCode(7);
/** Titles and links of a terminal, and whatever moves its cursor; colours alone end in `m`. */
const NOT_COLOURS = new RegExp(
  `${ESCAPE}\\][^${BELL}${ESCAPE}]*(?:${BELL}|${ESCAPE}\\\\)|${ESCAPE}\\[[0-9;?]*[A-Za-ln-z]|${ESCAPE}[()][A-Z0-9]`,
  "g",
);

/** The page's own colours stand for those of a terminal: each is legible in both themes. */
const COLOURS: Record<string, string> = {
  "ansi-red": "text-bad",
  "ansi-bright-red": "text-bad",
  "ansi-green": "text-good",
  "ansi-bright-green": "text-good",
  "ansi-yellow": "text-warn",
  "ansi-bright-yellow": "text-warn",
  "ansi-blue": "text-[var(--hue-3)]",
  "ansi-bright-blue": "text-[var(--hue-3)]",
  "ansi-magenta": "text-[var(--hue-4)]",
  "ansi-bright-magenta": "text-[var(--hue-4)]",
  "ansi-cyan": "text-accent",
  "ansi-bright-cyan": "text-accent",
  "ansi-bright-black": "text-muted",
};

const DECORATIONS: Partial<Record<string, string>> = {
  bold: "font-semibold",
  dim: "text-muted",
  italic: "italic",
  underline: "underline",
  strikethrough: "line-through",
};

/** What a carriage return overwrites is not shown, as on a terminal. */
function overwrite(text: string): string {
  if (!text.includes("\r")) return text;
  return text
    .split("\n")
    .map((line) => line.replace(/\r+$/, "").split("\r").at(-1) ?? "")
    .join("\n");
}

/**
 * Reads the colours in a terminal's output; every other escape sequence is left out. The text is text: nothing of it is
 * ever taken for HTML.
 *
 * @param output - as a program printed it
 */
export function parseAnsi(output: string): AnsiPart[] {
  const text = overwrite(output.replace(NOT_COLOURS, ""));
  if (!text.includes(ESCAPE)) return text === "" ? [] : [{ text, className: "" }];
  return Anser.ansiToJson(text, { json: true, use_classes: true, remove_empty: true }).map((entry) => ({
    text: entry.content,
    className: [COLOURS[entry.fg] ?? "", ...entry.decorations.map((each) => DECORATIONS[each] ?? "")]
      .filter(Boolean)
      .join(" "),
  }));
}
