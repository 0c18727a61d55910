import { OrchestratorError } from "../domain/index.js";

interface Spent {
  costUsd: number | null;
  unpricedCalls: number;
}

/**
 * Checks what a task has spent against its budget.
 *
 * @param totals - the ledger's totals for the task
 * @param budgetUsd - the budget, or `null` for none
 * @returns the error to end the task with, or `null` while there is money left
 */
export function checkBudget(totals: Spent, budgetUsd: number | null): OrchestratorError | null {
  if (budgetUsd === null) return null;
  return check(
    totals,
    budgetUsd,
    "The task has spent",
    "Everything done so far is kept. Run it again with a greater --budget, or with a smaller task.",
    "Give its price under prices: in .orchestrator/config.yaml, or leave the budget out.",
  );
}

/**
 * Checks what everything has spent today against the budget of the day.
 *
 * @param totals - the ledger's totals since midnight
 * @param budgetUsd - the budget of the day
 */
export function checkDailyBudget(totals: Spent, budgetUsd: number): OrchestratorError | null {
  return check(
    totals,
    budgetUsd,
    "Today's work has spent",
    "Everything done so far is kept. Go on tomorrow, or raise ORCHESTRATOR_DAILY_BUDGET_USD.",
    "For calls to come give its price under prices: in .orchestrator/config.yaml; today ORCHESTRATOR_DAILY_BUDGET_USD must be unset.",
  );
}

function check(
  { costUsd, unpricedCalls }: Spent,
  budgetUsd: number,
  who: string,
  remedy: string,
  remedyWithoutPrice: string,
): OrchestratorError | null {
  if (unpricedCalls > 0) {
    return new OrchestratorError(
      "budget_reached",
      "The endpoint answered as a model whose price is not known, so the budget cannot be kept.",
      remedyWithoutPrice,
    );
  }
  const spentUsd = costUsd ?? 0;
  if (spentUsd < budgetUsd) return null;
  const message = `${who} $${spentUsd.toFixed(4)} of its budget of $${budgetUsd.toFixed(4)}.`;
  return new OrchestratorError("budget_reached", message, remedy);
}
