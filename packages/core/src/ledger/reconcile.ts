import { addUsage, isNoUsage, NO_USAGE, subtractUsage, type Usage } from "../domain/index.js";

/** Usage by model. */
export type UsageByModel = ReadonlyMap<string, Usage>;

/**
 * Finds what the runtime counted and we did not see: calls that never streamed.
 *
 * @param reported - the runtime's own totals for one process, by model
 * @param observed - the rows we wrote for the same process
 * @returns the missing usage by model; empty when both agree
 */
export function findUnseenUsage(
  reported: UsageByModel,
  observed: Iterable<{ model: string; usage: Usage }>,
): Map<string, Usage> {
  const seen = new Map<string, Usage>();
  for (const { model, usage } of observed) seen.set(model, addUsage(seen.get(model) ?? NO_USAGE, usage));
  const unseen = new Map<string, Usage>();
  for (const [model, usage] of reported) {
    const rest = subtractUsage(usage, seen.get(model) ?? NO_USAGE);
    if (!isNoUsage(rest)) unseen.set(model, rest);
  }
  return unseen;
}
