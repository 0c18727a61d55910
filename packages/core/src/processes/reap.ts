import { hostId } from "../ownership/index.js";
import type { Store } from "../store/index.js";
import { OWNER_MARKER } from "./environment.js";
import { endMarked } from "./guard.js";

/**
 * Ends whatever an owner that is at work no more has left running on this host, and signs it off. What it started is
 * known by the mark in its environment, never by a pid: a pid may be another program's by now.
 *
 * @param store - where owners are registered
 * @param ownerId - the owner; one of another host, or one that has signed off, is left alone
 */
export async function reapOwner(store: Store, ownerId: string): Promise<void> {
  const owner = (await store.listOwners()).find((each) => each.ownerId === ownerId);
  if (!owner || owner.host !== hostId()) return;
  await endMarked(`${OWNER_MARKER}=${ownerId}`);
  await store.removeOwner(ownerId);
}
