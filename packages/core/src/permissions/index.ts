/** The one deterministic policy that answers every tool request, by role and workspace. */
export { decidePermission, HANDOFF_TOOL, type PermissionDecision } from "./policy.js";
export { realPathOf } from "./real-path.js";
export { type Redirection, redirectInput } from "./redirect.js";
