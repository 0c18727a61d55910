import { OrchestratorError } from "../domain/index.js";

/**
 * Checks what a task has spent against its budget.
 *
 * @param spentUsd - the ledger's total for the task
 * @param budgetUsd - the budget, or `null` for none
 * @returns the error to end the task with, or `null` while there is money left
 */
export function checkBudget(spentUsd: number | null, budgetUsd: number | null): OrchestratorError | null {
  if (budgetUsd === null || spentUsd === null || spentUsd < budgetUsd) return null;
  return new OrchestratorError(
    "budget_reached",
    `The task has spent $${spentUsd.toFixed(4)} of its budget of $${budgetUsd.toFixed(4)}.`,
    "Everything done so far is kept. Run it again with a greater --budget, or with a smaller task.",
  );
}
