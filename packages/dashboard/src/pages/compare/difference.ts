/**
 * How much the right one has more or less than the left one, with its sign.
 *
 * @param left - `null` where it is not known
 * @param right - `null` where it is not known
 * @param format - writes an amount that is not negative
 * @returns `unknown` where either is not known, `same` where they do not differ
 */
export function describeDifference(
  left: number | null,
  right: number | null,
  format: (value: number) => string,
): string {
  if (left === null || right === null) return "unknown";
  const difference = right - left;
  const amount = format(Math.abs(difference));
  if (amount === format(0)) return "same";
  return `${difference > 0 ? "+" : "−"}${amount}`;
}
