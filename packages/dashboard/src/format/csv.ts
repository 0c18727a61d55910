type Value = string | number | null;

/**
 * A table as CSV (RFC 4180). What is not known is an empty field, as in the exports of the command line. A text that a
 * spreadsheet would take for a formula is led by an apostrophe.
 *
 * @example toCsv(["day", "costUsd"], [["2026-11-23", 0.5]]) // "day,costUsd\r\n2026-11-23,0.5\r\n"
 */
export function toCsv(columns: readonly string[], rows: readonly (readonly Value[])[]): string {
  return [columns, ...rows].map((row) => `${row.map(toField).join(",")}\r\n`).join("");
}

function toField(value: Value): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
