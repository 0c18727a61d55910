/** Policy: how many and how much. The store does the atomic claiming. */
export { checkBudget, checkDailyBudget } from "./budget.js";
export { Semaphore } from "./semaphore.js";
export { checkSpending, hasBudget, type Purse } from "./spending.js";
