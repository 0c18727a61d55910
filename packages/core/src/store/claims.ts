import type { HoldCause } from "../domain/index.js";

/** A process that runs tasks. Its lease says how long it counts as alive without a word from it. */
export interface OwnerRecord {
  ownerId: string;
  /** Boot id and process namespace: a pid means something only on the same host. */
  host: string;
  pid: number;
  pidStarted: string;
  leaseUntilMs: number;
}

/** The owner that asks, and what it knows of the others. */
export interface Claimant {
  ownerId: string;
  aliveOwnerIds: readonly string[];
  deadOwnerIds: readonly string[];
  nowMs: number;
}

export interface StepClaim {
  taskId: string;
  stepKey: string;
  ownerId: string;
  /** How it would reach the models; absent for a step that calls none. */
  scope?: string | undefined;
  /** Steps that may run at once over all processes. */
  maxRunning: number;
  /** Owners known to be at work although their lease may have run out: their steps count. */
  aliveOwnerIds: readonly string[];
  /** Owners known to be dead although their lease still runs: their steps do not count. */
  deadOwnerIds: readonly string[];
  nowMs: number;
  /** Whether the step was begun before and interrupted. */
  isInterrupted: boolean;
}

/** An attempt at a step, and who makes it. */
export interface HeldStep {
  taskId: string;
  stepKey: string;
  ownerId: string;
  attempt: number;
}

export type ClaimResult =
  | { claimed: true; attempt: number }
  | { claimed: false; reason: "limit" | "priority" | "writer" | "ended" | "taken_over"; holders: string[] }
  | { claimed: false; reason: "held"; hold: HoldRecord; retryAtMs: number };

/** What the fleet waits for: until somebody has tried and was answered, nobody begins a model call. */
export interface HoldRecord {
  /** How the models are reached: a digest of endpoint and credentials. Others are not held. */
  scope: string;
  cause: HoldCause;
  reason: string;
  /** When the first of an unbroken row of holds began. */
  sinceMs: number;
  /** When one may try. */
  untilMs: number;
  /** So many holds in that row. */
  strikes: number;
  /** The step (`<task id>/<key>`) or the agent that tries; `null` while none does. */
  canary: string | null;
  canaryOwnerId: string | null;
  canaryUntilMs: number;
  /** When it was answered; for a while the others follow one after another. */
  releasedMs: number | null;
  nextMs: number;
}

/** A limit or an outage that a model call has met. */
export interface NewHold {
  scope: string;
  cause: HoldCause;
  reason: string;
  /** When one may try; `null` where nobody has said it: then it is tried ever less often. */
  untilMs: number | null;
  /** Who has met it. */
  caller: string;
  /** How long a row of holds may last before everybody fails by themselves; `null` for ever. */
  patienceMs: number | null;
  nowMs: number;
}

/** A step or an agent that is about to begin with model calls. */
export interface CallRequest extends Claimant {
  scope: string;
  caller: string;
}

export type Admission = { admitted: true } | { admitted: false; hold: HoldRecord; retryAtMs: number };
