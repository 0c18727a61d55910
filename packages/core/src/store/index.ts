/** The event log and everything derived from it, behind one interface. `sqlite/` is the embedded one. */
export { openSqliteStore } from "./sqlite/sqlite-store.js";
export {
  type AgentRecord,
  type CheckRecord,
  type Claimant,
  type ClaimResult,
  COST_GROUPS,
  type CostGroup,
  type CostRow,
  type EventQuery,
  type FileRecord,
  type LedgerFilter,
  type LedgerRow,
  type MessageRecord,
  type OwnerRecord,
  type PastStep,
  type StepClaim,
  type StepRecord,
  type Store,
  type TaskRecord,
  type UsageTotals,
  type WorkspaceRecord,
} from "./store.js";
