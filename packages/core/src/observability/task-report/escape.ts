/** Markup that is safe to write down as it is. Only `html` makes it, and it escapes whatever it is given. */
export class Html {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

export type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[];

/**
 * Composes markup. Every value that is not markup itself is taken for a text from somebody else and escaped, so that a
 * forgotten call cannot open a hole. Values stand between tags or inside double quotes, never in the place of a name.
 *
 * @example html`<p title="${name}">${text}</p>`
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let source = parts[0] ?? "";
  for (const [position, value] of values.entries()) source += toSource(value) + (parts[position + 1] ?? "");
  return new Html(source);
}

export const NOTHING = new Html("");

function toSource(value: HtmlValue): string {
  if (value instanceof Html) return value.source;
  if (Array.isArray(value)) return value.map(toSource).join("");
  if (value === null || value === undefined || value === false) return "";
  return escapeText(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * A text as it may stand in a document, between tags and in quoted attributes alike: escape sequences of terminals are
 * taken out, and what would not be seen, or would rearrange what is seen, is named.
 *
 * @param text - from anybody
 */
export function escapeText(text: string): string {
  return showHidden(stripTerminalSequences(text)).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

/**
 * Escape sequences of terminals: colours and cursor movements; titles, links and other strings; the short ones. No
 * alternative can go beyond the next escape, so that the time stays linear however hostile the text is.
 */
const TERMINAL_SEQUENCES = new RegExp(
  [
    String.raw`(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]`,
    String.raw`(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\|\u009c)`,
    String.raw`\u001b[ -/]*[0-Z\\\x60-~]`,
  ].join("|"),
  "g",
);

function stripTerminalSequences(text: string): string {
  return text.replace(TERMINAL_SEQUENCES, "");
}

/**
 * Halves of characters and characters that no document may have; control characters; what changes the direction of
 * text; and spaces without a width. Tab and line feed stay.
 */
const HIDDEN = new RegExp(
  [
    String.raw`\p{Surrogate}|\p{Noncharacter_Code_Point}`,
    String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f]`,
    String.raw`[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]`,
    String.raw`[\u00ad\u180e\u200b\u2028\u2029\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]`,
  ].join("|"),
  "gu",
);

function showHidden(text: string): string {
  return text.replace(/\r\n/g, "\n").replace(HIDDEN, nameHidden);
}

const CONTROL_PICTURES = 0x2400;
const PICTURE_OF_DELETE = "\u2421";

function nameHidden(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(CONTROL_PICTURES + code);
  if (code === 0x7f) return PICTURE_OF_DELETE;
  if (/[\p{Surrogate}\p{Noncharacter_Code_Point}]/u.test(character)) return "\ufffd";
  return `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]`;
}
