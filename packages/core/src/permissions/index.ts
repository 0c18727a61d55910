/** The one deterministic policy that answers every tool request, by role and workspace. */
export { isInside, realPathOf } from "./path-inside.js";
export { decidePermission, HANDOFF_TOOL, type PermissionDecision } from "./policy.js";
export { type Redirection, redirectInput } from "./redirect.js";
