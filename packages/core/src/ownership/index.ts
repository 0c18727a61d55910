/** Who runs what: this process as an owner with a lease, and whether another owner is still alive. */
export { hostId, isOwnerAlive, isOwnerGone, processStart } from "./liveness.js";
export { type Ownership, takeOwnership } from "./ownership.js";
