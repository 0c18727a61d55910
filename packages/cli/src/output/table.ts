import Table from "cli-table3";
import { paint } from "./format.js";

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
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
