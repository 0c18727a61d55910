/** The one deterministic policy that answers every tool request, by role and workspace. */
export { isInside, realPathOf } from "./path-inside.js";
export { decidePermission, type PermissionDecision } from "./policy.js";
