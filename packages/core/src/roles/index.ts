/** Roles: the built-in ones and the loader for users' own. The prompts themselves are in `packages/core/roles/`. */
export { loadRoles, requireRole } from "./load-roles.js";
export { CUSTOM_ROLE, parseOverrides, type RoleOptions, resolveRole } from "./overrides.js";
export { MODEL_NAME, type Role, type RoleKind } from "./role.js";
