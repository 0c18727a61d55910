/** Running graphs of keyed steps. `local/` runs them over the embedded store. */
export type { Engine, StepContext, StepExecutor, StepOutcome } from "./engine.js";
export { createLocalEngine } from "./local/local-engine.js";
