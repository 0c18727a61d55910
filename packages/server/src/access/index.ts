/** Who may come in and what they may do: tokens, sessions, one-time links, roles, and the log of who did what. */
export { type Access, type Credentials, type Identity, openAccess } from "./access.js";
export { type AuditLog, openAuditLog } from "./audit.js";
export { countFailures, type Failures } from "./failures.js";
export { ACCESS_ROLES, type AccessRole, mayDo, type Permission } from "./roles.js";
