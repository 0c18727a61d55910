import type { OwnerRecord, Store } from "../store/index.js";
import { hostId, isOwnerAlive, type KnownOwners, processStart, sortOwners } from "./liveness.js";

const LEASE_MS = 15_000;
/** A lease is renewed so many times within its length: a renewal that fails now and then loses nothing. */
const RENEWALS_PER_LEASE = 3;

export interface OwnershipOptions {
  store: Store;
  ownerId: string;
  now?: () => number;
  /** How long this process counts as alive without a word from it; 15 s unless told. */
  leaseMs?: number;
  /** Told when the lease could not be renewed. */
  onTrouble(message: string, error: unknown): void;
}

/** This process as one that runs tasks and agents, among others that share the database. */
export interface Ownership {
  readonly ownerId: string;
  /** Signs this process on, once, and keeps its lease from then on. Every claim comes after it. */
  signOn(): Promise<void>;
  /** Whether an owner is at work no more; one whose lease alone has run out on this host may have slept. */
  isGone(ownerId: string | null): Promise<boolean>;
  /** Owners of whom this host knows whether they are at work, and the time to compare the leases of all others with. */
  liveness(): Promise<KnownOwners & { nowMs: number }>;
  signOff(): Promise<void>;
}

/**
 * Prepares the ownership of this process; nothing is recorded before `signOn`, so that whoever only reads is no owner.
 *
 * @param options - the store, this process's id, and where trouble is told
 */
export function takeOwnership(options: OwnershipOptions): Ownership {
  const { store, ownerId, onTrouble } = options;
  const now = options.now ?? Date.now;
  const leaseMs = options.leaseMs ?? LEASE_MS;
  const host = hostId();
  /** Of this process; asked for once, as it never changes, and a wrong one would have everybody take it for dead. */
  let pidStarted: string | null = null;
  let renewal: NodeJS.Timeout | undefined;
  let signedOn: Promise<void> | null = null;

  async function renew(): Promise<void> {
    pidStarted ??= processStart(process.pid) ?? "";
    const record: OwnerRecord = { ownerId, host, pid: process.pid, pidStarted, leaseUntilMs: now() + leaseMs };
    await store.putOwner(record);
  }

  async function begin(): Promise<void> {
    await renew();
    renewal = setInterval(() => {
      renew().catch((error) => onTrouble("the lease could not be renewed", error));
    }, leaseMs / RENEWALS_PER_LEASE);
    renewal.unref();
  }

  return {
    ownerId,
    signOn() {
      signedOn ??= begin().catch((error: unknown) => {
        signedOn = null;
        throw error;
      });
      return signedOn;
    },
    async isGone(id) {
      const owner = (await store.listOwners()).find((each) => each.ownerId === id);
      return !isOwnerAlive(owner, host, now());
    },
    async liveness() {
      return { ...sortOwners(await store.listOwners(), host), nowMs: now() };
    },
    async signOff() {
      if (!signedOn) return;
      clearInterval(renewal);
      signedOn = null;
      await store.removeOwner(ownerId);
    },
  };
}
