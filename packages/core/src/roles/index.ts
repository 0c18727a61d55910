/** Roles: the built-in ones and the loader for users' own. The prompts themselves are in `packages/core/roles/`. */
export { loadRoles, requireRole } from "./load-roles.js";
export type { Role, RoleKind } from "./role.js";
