/** Pure policy: how many and how much. The store does the atomic claiming. */
export { checkBudget } from "./budget.js";
export { Semaphore } from "./semaphore.js";
