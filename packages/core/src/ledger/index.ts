/** Usage to money: dated prices, and the comparison of our rows with the runtime's own total. */
export { costOf, findPrice, PRICES_DATE } from "./prices.js";
export { findUnseenUsage, type UsageByModel } from "./reconcile.js";
