/** Usage to money: dated prices, and the comparison of our rows with the runtime's own total. */
export { costOf, findPrice, PRICES_DATE } from "./prices.js";
export { findUnseenUsage } from "./reconcile.js";
