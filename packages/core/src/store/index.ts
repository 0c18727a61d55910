/** The event log and everything derived from it, behind one interface. `sqlite/` is the embedded one. */
export { openSqliteStore } from "./sqlite/sqlite-store.js";
export type {
  AgentRecord,
  ClaimResult,
  EventQuery,
  FileRecord,
  LedgerRow,
  OwnerRecord,
  StepClaim,
  StepRecord,
  Store,
  TaskRecord,
  UsageTotals,
} from "./store.js";
