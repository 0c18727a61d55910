/** Policy: how many and how much. The store does the atomic claiming. */
export { Semaphore } from "./semaphore.js";
export { checkSpending, hasBudget, type Purse } from "./spending.js";
