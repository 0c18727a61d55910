/** Ids, statuses, errors and the event union: the words that every other room speaks. Imports no other room. */
export * from "./describe-value.js";
export * from "./errors.js";
export * from "./events.js";
export * from "./ids.js";
export * from "./status.js";
export * from "./usage.js";
export * from "./workflow.js";
