import { Html, type HtmlValue, html, NOTHING } from "./escape.js";
import { formatNumber } from "./words.js";

/** How something stands; always said in words as well. */
export type Tone = "good" | "bad" | "warn" | "plain";

/** A part of the report with a heading of its own, to be found by its id. */
export function section(id: string, title: string, ...body: readonly HtmlValue[]): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}</section>
`;
}

/** A plain remark. */
export function note(text: HtmlValue): Html {
  return html`<p class="note">${text}</p>
`;
}

/** Names and what belongs to them; a name without anything is left out. */
export function facts(rows: readonly (readonly [name: string, value: HtmlValue])[]): Html {
  const shown = rows.filter(([, value]) => value !== null && value !== undefined && value !== false && value !== "");
  if (shown.length === 0) return NOTHING;
  return html`<dl class="facts">
${shown.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>
`;
}

export interface Column {
  label: string;
  isNumber?: boolean;
}

/**
 * A table whose first cells name their rows. On a narrow screen each row becomes a list, named by the columns.
 *
 * @param caption - what it holds
 * @param columns - the first one names the rows
 * @param rows - a value for each column
 */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly HtmlValue[])[]): Html {
  const classOf = (column: Column | undefined) => (column?.isNumber ? "number" : "plain");
  const cell = (value: HtmlValue, position: number) =>
    position === 0
      ? html`<th scope="row">${value}</th>`
      : html`<td class="${classOf(columns[position])}" data-label="${columns[position]?.label}">${value}</td>`;
  return html`<table>
<caption>${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col" class="${classOf(column)}">${column.label}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${row.map(cell)}</tr>\n`)}</tbody>
</table>
`;
}

/** A text that was cut so that the report can be opened. */
export interface Shortened {
  text: string;
  leftOut: number;
}

/** The beginning of a text, or its end; no character is cut in two. */
export function shorten(text: string, limit: number, keep: "beginning" | "end" = "beginning"): Shortened {
  if (text.length <= limit) return { text, leftOut: 0 };
  const kept = keep === "beginning" ? text.slice(0, limit) : text.slice(-limit);
  const whole = keep === "beginning" ? kept.replace(/[\ud800-\udbff]$/, "") : kept.replace(/^[\udc00-\udfff]/, "");
  return { text: whole, leftOut: text.length - whole.length };
}

function leftOutNote(leftOut: number, what: string): Html {
  return leftOut === 0 ? NOTHING : note(`${formatNumber(leftOut)} more characters ${what} were left out.`);
}

/** Several lines of what somebody wrote, as prose. */
export function prose(text: string, limit: number): Html {
  const { text: shown, leftOut } = shorten(text.trim(), limit);
  return shown === "" ? NOTHING : html`<p class="prose">${shown}</p>\n${leftOutNote(leftOut, "after this")}`;
}

/** Lines of a program: they keep their form and scroll sideways. */
export function code(text: string, limit: number, keep: "beginning" | "end" = "beginning"): Html {
  const { text: shown, leftOut } = shorten(text.trimEnd().replace(/^\n+/, ""), limit, keep);
  const remark = leftOutNote(leftOut, keep === "end" ? "before this" : "after this");
  const block = html`<pre tabindex="0"><code>${shown}</code></pre>\n`;
  return keep === "end" ? html`${remark}${block}` : html`${block}${remark}`;
}

/** A text within a line. */
export function brief(text: string, limit = 300): string {
  const { text: shown, leftOut } = shorten(
    text
      .slice(0, 4 * limit)
      .replace(/\s+/g, " ")
      .trim(),
    limit,
  );
  return leftOut === 0 && text.length <= 4 * limit ? shown : `${shown}\u2026`;
}

/** The first of many, and how many more there are. */
export function takeSome<T>(all: readonly T[], limit: number, noun: string): { shown: readonly T[]; remark: Html } {
  const more = all.length - limit;
  if (more <= 0) return { shown: all, remark: NOTHING };
  return { shown: all.slice(0, limit), remark: note(`${formatNumber(more)} more ${noun} were left out.`) };
}

/** Something to open, closed unless told. */
export function foldable(summary: HtmlValue, body: HtmlValue, isOpen = false): Html {
  const start = new Html(isOpen ? '<details class="item" open="open">' : '<details class="item">');
  return html`${start}<summary>${summary}</summary>
${body}</details>
`;
}

/** A word in the colour of its tone. */
export function toned(tone: Tone, text: HtmlValue): Html {
  return html`<span class="${tone}">${text}</span>`;
}
