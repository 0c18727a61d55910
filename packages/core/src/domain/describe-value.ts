const MAX_CHARACTERS = 120;

/**
 * A value as a message names it: short, and whatever it is.
 *
 * @param value - what a caller gave
 */
export function describeValue(value: unknown): string {
  const text = toText(value);
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
}

function toText(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "bigint") return `${value}n`;
  // JSON would make nothing of these.
  if (typeof value === "number" || typeof value === "symbol") return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return "an object that cannot be written down";
  }
}
