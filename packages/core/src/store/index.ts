/** The event log and everything derived from it, behind one interface. `sqlite/` is the embedded one. */
export type {
  Admission,
  CallRequest,
  Claimant,
  ClaimResult,
  HeldStep,
  HoldRecord,
  NewHold,
  OwnerRecord,
  StepClaim,
} from "./claims.js";
export type {
  AgentRecord,
  CheckRecord,
  CostRow,
  Draft,
  DurationRow,
  FileRecord,
  LedgerRow,
  MessageRecord,
  PastStep,
  StepRecord,
  TaskRecord,
  UsageTotals,
  WorkspaceRecord,
} from "./derived-records.js";
export {
  COST_GROUPS,
  type CostGroup,
  DURATION_GROUPS,
  type DurationGroup,
  type EventQuery,
  type LedgerFilter,
  TASK_ORDERS,
  type TaskOrder,
  type TaskQuery,
} from "./queries.js";
export { compactDatabase, isWorthCompacting, measureSpace } from "./sqlite/compact.js";
export { mendDatabase } from "./sqlite/mend.js";
export { openSqliteStore } from "./sqlite/sqlite-store.js";
export type { Store } from "./store.js";
