import type { OrchestratorError } from "../domain/index.js";
import type { Store } from "../store/index.js";
import { checkBudget, checkDailyBudget } from "./budget.js";

/** What a model call is paid from. */
export interface Purse {
  /** The task, or `null` for an agent made by hand. */
  taskId: string | null;
  /** The task's own budget in USD. */
  budgetUsd: number | null;
  /** The budget of the day in USD, over everything that is not a rehearsal. */
  dailyBudgetUsd: number | null;
  /** Nothing is charged in a rehearsal, so the day's budget is not touched by it. */
  rehearsal: boolean;
}

/** The beginning of the day on the clock on the wall, ISO 8601. */
export function startOfDay(now: Date): string {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate()).toISOString();
}

/**
 * Looks whether there is money left, by what the ledger says at this moment: what is left is shared by all who ask.
 *
 * @param store - holds the ledger
 * @param purse - what is paid from
 * @param now - the clock
 * @returns the error to end the work with, or `null`
 */
export async function checkSpending(store: Store, purse: Purse, now = new Date()): Promise<OrchestratorError | null> {
  if (purse.taskId !== null && purse.budgetUsd !== null) {
    const reached = checkBudget(await store.totals({ taskId: purse.taskId }), purse.budgetUsd);
    if (reached) return reached;
  }
  if (purse.dailyBudgetUsd === null || purse.rehearsal) return null;
  return checkDailyBudget(await store.totals({ since: startOfDay(now), rehearsal: false }), purse.dailyBudgetUsd);
}

/** Whether there is any budget to keep, so that nobody asks in vain. */
export function hasBudget(purse: Purse): boolean {
  return purse.budgetUsd !== null || (purse.dailyBudgetUsd !== null && !purse.rehearsal);
}
