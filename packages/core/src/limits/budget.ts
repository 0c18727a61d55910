import { OrchestratorError } from "../domain/index.js";

/**
 * Checks what a task has spent against its budget.
 *
 * @param totals - the ledger's totals for the task
 * @param budgetUsd - the budget, or `null` for none
 * @returns the error to end the task with, or `null` while there is money left
 */
export function checkBudget(
  { costUsd, unpricedCalls }: { costUsd: number | null; unpricedCalls: number },
  budgetUsd: number | null,
): OrchestratorError | null {
  if (budgetUsd === null) return null;
  if (unpricedCalls > 0) {
    return new OrchestratorError(
      "budget_reached",
      "The endpoint answered as a model whose price is not known, so the budget cannot be kept.",
      "Give its price under prices: in .orchestrator/config.yaml, or leave the budget out.",
    );
  }
  const spentUsd = costUsd ?? 0;
  if (spentUsd < budgetUsd) return null;
  return new OrchestratorError(
    "budget_reached",
    `The task has spent $${spentUsd.toFixed(4)} of its budget of $${budgetUsd.toFixed(4)}.`,
    "Everything done so far is kept. Run it again with a greater --budget, or with a smaller task.",
  );
}
