import type { CostGroup, DurationGroup } from "../../api/costs.ts";

export const PERIODS = [7, 30, 90, "all"] as const;
export type Period = (typeof PERIODS)[number];
const USUAL_PERIOD = 30;

export const COST_GROUPS = ["role", "model", "taskType", "task", "agent"] as const satisfies readonly CostGroup[];
export const DURATION_GROUPS = ["role", "taskType"] as const satisfies readonly DurationGroup[];

/** What the address of the costs says. What is missing is as usual: thirty days, by role, without rehearsals. */
export interface CostsSearch {
  days?: Period;
  by?: (typeof COST_GROUPS)[number];
  durations?: (typeof DURATION_GROUPS)[number];
  rehearsals?: "only";
}

/** Reads the address of the costs. Whatever in it cannot be used is as if it were not there. */
export function parseCostsSearch(search: Record<string, unknown>): CostsSearch {
  const found: CostsSearch = {};
  const days = PERIODS.find((each) => String(each) === String(search.days));
  if (days && days !== USUAL_PERIOD) found.days = days;
  const by = COST_GROUPS.find((each) => each === search.by);
  if (by && by !== "role") found.by = by;
  const durations = DURATION_GROUPS.find((each) => each === search.durations);
  if (durations && durations !== "role") found.durations = durations;
  if (search.rehearsals === "only") found.rehearsals = "only";
  return found;
}

/** The period of an address. */
export function periodOf(search: CostsSearch): Period {
  return search.days ?? USUAL_PERIOD;
}

/**
 * The first moment of a period whose last day is today, in the reader's time zone.
 *
 * @returns ISO 8601; `undefined` for everything
 */
export function startOf(period: Period, today: Date): string | undefined {
  if (period === "all") return undefined;
  return new Date(today.getFullYear(), today.getMonth(), today.getDate() - period + 1).toISOString();
}
