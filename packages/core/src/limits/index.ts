/** Policy: how many, how much and when. The store does the atomic claiming. */
export { createHolds, type Hold, type Holds, type Obstacle } from "./holds.js";
export { Semaphore } from "./semaphore.js";
export { checkSpending, hasBudget, type Purse } from "./spending.js";
