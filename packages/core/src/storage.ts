/**
 * The storage door: opens the database for reading and analysis, without agents, workflows or a runtime.
 *
 * @packageDocumentation
 */
import { existsSync } from "node:fs";
import { loadConfig } from "./config/index.js";
import { OrchestratorError, type StoredEvent } from "./domain/index.js";
import {
  type AgentRecord,
  type CostGroup,
  type CostRow,
  type EventQuery,
  type FileRecord,
  type LedgerFilter,
  type LedgerRow,
  openSqliteStore,
  type StepRecord,
  type Store,
  type TaskRecord,
  type UsageTotals,
} from "./store/index.js";

export type {
  AgentRecord,
  CostGroup,
  CostRow,
  EventQuery,
  FileRecord,
  LedgerFilter,
  LedgerRow,
  StepRecord,
  StoredEvent,
  TaskRecord,
  UsageTotals,
};
export { OrchestratorError };

/** Where the database is. Everything has a default. */
export interface StorageOptions {
  /** The file; by default the one that the configuration of the current directory names. */
  databasePath?: string | undefined;
  /** What stands for `process.env`. */
  environment?: Readonly<Record<string, string | undefined>> | undefined;
}

/** The database, to be read and summed. Saving goes through events, which only the orchestrator writes. */
export interface Storage {
  listTasks(filter?: Parameters<Store["listTasks"]>[0]): Promise<TaskRecord[]>;
  getTask(taskId: string): Promise<TaskRecord | null>;
  listSteps(taskId: string): Promise<StepRecord[]>;
  listFiles(taskId: string): Promise<FileRecord[]>;
  listAgents(filter?: Parameters<Store["listAgents"]>[0]): Promise<AgentRecord[]>;
  getAgent(agentId: string): Promise<AgentRecord | null>;
  listLedger(filter?: LedgerFilter): Promise<LedgerRow[]>;
  readEvents(query?: EventQuery): Promise<StoredEvent[]>;
  /** Everything that was used, rehearsals left out unless asked for. */
  totals(filter?: LedgerFilter): Promise<UsageTotals>;
  /** USD over the calls whose price is known. */
  totalCostUsd(filter?: LedgerFilter): Promise<number>;
  costByAgent(filter?: LedgerFilter): Promise<CostRow[]>;
  costByTask(filter?: LedgerFilter): Promise<CostRow[]>;
  costByRole(filter?: LedgerFilter): Promise<CostRow[]>;
  costByModel(filter?: LedgerFilter): Promise<CostRow[]>;
  costByTaskType(filter?: LedgerFilter): Promise<CostRow[]>;
  costByDay(filter?: LedgerFilter): Promise<CostRow[]>;
  close(): Promise<void>;
}

/**
 * Opens the database for reading.
 *
 * @param options - where it is
 * @returns the storage; close it when done
 * @throws OrchestratorError a `database_…` code when the file cannot be used
 * @example
 * const storage = await openStorage();
 * console.log(await storage.totalCostUsd(), await storage.costByRole());
 * await storage.close();
 */
export async function openStorage(options: StorageOptions = {}): Promise<Storage> {
  const environment = options.environment ?? process.env;
  const { databasePath } = loadConfig({
    flags: { databasePath: options.databasePath },
    environment,
    workingDirectory: process.cwd(),
  });
  // The door is for reading: a name that was mistyped must not make a new database.
  if (options.databasePath !== undefined && !existsSync(databasePath))
    throw new OrchestratorError("not_found", `There is no database ${databasePath}.`, "Name the file of one.");
  const store = await openSqliteStore({ path: databasePath });
  const costBy =
    (group: CostGroup) =>
    (filter: LedgerFilter = {}) =>
      store.costs(group, filter);
  return {
    listTasks: store.listTasks,
    getTask: store.getTask,
    listSteps: store.listSteps,
    listFiles: store.listFiles,
    listAgents: store.listAgents,
    getAgent: store.getAgent,
    listLedger: store.listLedger,
    readEvents: (query = {}) => store.readEvents(query),
    totals: store.totals,
    totalCostUsd: async (filter) => (await store.totals(filter)).costUsd ?? 0,
    costByAgent: costBy("agent"),
    costByTask: costBy("task"),
    costByRole: costBy("role"),
    costByModel: costBy("model"),
    costByTaskType: costBy("taskType"),
    costByDay: costBy("day"),
    close: store.close,
  };
}
