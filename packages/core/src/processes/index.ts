/** Child programs: how they start, what they get of the environment, and the certainty that they end with us. */
export { OWNER_MARKER, pickVariables, type Variables } from "./environment.js";
export { endMarked, findGuard, findMarked, type ProcessGuard, spawnGuarded, startWatchdog } from "./guard.js";
export { ProcessHandle } from "./process-handle.js";
export { reapOwner } from "./reap.js";
