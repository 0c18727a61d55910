/** What somebody may do with the fleet. Each role may do what the one before it may. */
export const ACCESS_ROLES = ["viewer", "operator", "admin"] as const;
export type AccessRole = (typeof ACCESS_ROLES)[number];

/** `view`: read anything. `operate`: create, steer, message and delete. `administer`: tokens and the audit log. */
export type Permission = "view" | "operate" | "administer";

const LEAST_ROLE: Readonly<Record<Permission, AccessRole>> = {
  view: "viewer",
  operate: "operator",
  administer: "admin",
};

/** Whether a role may do something. */
export function mayDo(role: AccessRole, permission: Permission): boolean {
  return ACCESS_ROLES.indexOf(role) >= ACCESS_ROLES.indexOf(LEAST_ROLE[permission]);
}
