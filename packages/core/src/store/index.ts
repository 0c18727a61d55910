/** The event log and everything derived from it, behind one interface. `sqlite/` is the embedded one. */
export { compactDatabase, isWorthCompacting, measureSpace } from "./sqlite/compact.js";
export { mendDatabase } from "./sqlite/mend.js";
export { openSqliteStore } from "./sqlite/sqlite-store.js";
export {
  type Admission,
  type AgentRecord,
  type CallRequest,
  type CheckRecord,
  type Claimant,
  type ClaimResult,
  COST_GROUPS,
  type CostGroup,
  type CostRow,
  type EventQuery,
  type FileRecord,
  type HeldStep,
  type HoldRecord,
  type LedgerFilter,
  type LedgerRow,
  type MessageRecord,
  type NewHold,
  type OwnerRecord,
  type PastStep,
  type StepClaim,
  type StepRecord,
  type Store,
  type TaskRecord,
  type UsageTotals,
  type WorkspaceRecord,
} from "./store.js";
