import type { Claimant } from "../claims.js";

/** Whether an owner is at work: the claimant's own look at its process says more than the lease. */
export function isLiving(ownerId: string | null, leaseUntilMs: unknown, claimant: Claimant): boolean {
  // Whoever has signed off is at work no more, wherever its process is.
  if (ownerId === null || leaseUntilMs === null || leaseUntilMs === undefined) return false;
  if (claimant.deadOwnerIds.includes(ownerId)) return false;
  return claimant.aliveOwnerIds.includes(ownerId) || Number(leaseUntilMs) > claimant.nowMs;
}
