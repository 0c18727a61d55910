/** The door of the server. */
export { ACCESS_ROLES, type Access, type AccessRole, openAccess } from "./access/index.js";
export { type Announcement, announce, readAnnouncement } from "./announcement.js";
export { isLoopback } from "./hosts.js";
export { type Server, type ServerOptions, startServer } from "./server.js";
