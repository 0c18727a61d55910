import Table from "cli-table3";
import { DEFAULT_WIDTH, oneLine, paint, plain } from "./format.js";

/**
 * Rows under a heading, aligned, without lines: the one look of all our tables.
 *
 * @param heading - the columns; one that begins with `>` is aligned to the right
 * @param rows - their cells
 */
export function renderTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const none = Object.fromEntries(
    [
      "top",
      "top-mid",
      "top-left",
      "top-right",
      "bottom",
      "bottom-mid",
      "bottom-left",
      "bottom-right",
      "left",
      "left-mid",
    ]
      .concat(["mid", "mid-mid", "right", "right-mid"])
      .map((part) => [part, ""]),
  );
  const table = new Table({
    head: heading.map((name) => paint("bold", name.replace(/^>/, ""))),
    colAligns: heading.map((name) => (name.startsWith(">") ? "right" : "left")),
    chars: { ...none, middle: "  " },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  table.push(...fit(heading, rows));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

const LEAST_LAST_COLUMN = 12;
const GAP = 2;

/** The last column, where it is text, takes what the others leave of the terminal, of 80 columns at least. */
function fit(heading: readonly string[], rows: readonly (readonly string[])[]): string[][] {
  const last = heading.length - 1;
  if (heading[last]?.startsWith(">")) return rows.map((row) => [...row]);
  const widthOf = (column: number) =>
    Math.max(heading[column]?.replace(/^>/, "").length ?? 0, ...rows.map((row) => plain(row[column] ?? "").length));
  const used = heading.slice(0, last).reduce((sum, _, column) => sum + widthOf(column) + GAP, 0);
  const room = Math.max(LEAST_LAST_COLUMN, Math.max(DEFAULT_WIDTH, process.stdout.columns || 0) - used - 1);
  return rows.map((row) => row.map((cell, column) => (column === last ? oneLine(cell, room) : cell)));
}
