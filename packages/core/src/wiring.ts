import { rm } from "node:fs/promises";
import { join } from "node:path";
import { AgentPool, createSupervisor, hearCommands } from "./agents/index.js";
import { type Config, loadConfig, pickProjectSettings } from "./config/index.js";
import { newId, OrchestratorError } from "./domain/index.js";
import { createLocalEngine, type Engine } from "./engine/index.js";
import { createHolds, Semaphore } from "./limits/index.js";
import { createAgentLogFiles, type Logger, noAgentLog, openProgramLog } from "./observability/index.js";
import { hostId, isOwnerAlive, type Ownership, takeOwnership } from "./ownership/index.js";
import { reapOwner } from "./processes/index.js";
import { loadRoles } from "./roles/index.js";
import { type ClaudeRuntime, createClaudeRuntime, type ModelEndpoint } from "./runtime/index.js";
import {
  createAgentStepExecutor,
  createCheckStepExecutor,
  createCommands,
  createConflictStepExecutor,
  createMergeStepExecutor,
  createPlanStepExecutor,
  createResourcePool,
} from "./steps/index.js";
import { openSqliteStore, type Store, type TaskRecord } from "./store/index.js";
import type { Liveness } from "./task-details.js";

export interface WiringOptions {
  config: Config;
  /** What stands for `process.env`. */
  environment: Readonly<Record<string, string | undefined>>;
  endpoint: ModelEndpoint | null;
  /** The directory whose settings `config` holds. */
  workingDirectory: string;
}

/** The parts that work, beyond the store: made when they are first needed, so that whoever only reads starts quickly. */
interface WorkingParts {
  engine: Engine;
  pool: AgentPool;
  ownership: Ownership;
  close(): Promise<void>;
}

/** Every part of one orchestrator, put together. */
export class Wiring {
  readonly #options: WiringOptions;
  readonly #ownerId = newId("owner");
  #store: Store | null = null;
  #runtime: ClaudeRuntime | null = null;
  #working: WorkingParts | null = null;
  #logger: Logger | null = null;

  constructor(options: WiringOptions) {
    this.#options = options;
  }

  get config(): Config {
    return this.#options.config;
  }

  /** What stands for `process.env`. */
  get environment(): Readonly<Record<string, string | undefined>> {
    return this.#options.environment;
  }

  /**
   * The settings of a directory: how its files are made ready and checked is for its own `config.yaml` to say, all else
   * is this orchestrator's.
   */
  configOf({ workingDirectory }: { workingDirectory: string }): Config {
    const { config, environment } = this.#options;
    if (workingDirectory === this.#options.workingDirectory) return config;
    const own = loadConfig({ environment, workingDirectory });
    return { ...config, ...pickProjectSettings(own) };
  }

  async open(): Promise<void> {
    this.#store ??= await openSqliteStore({ path: this.#options.config.databasePath });
  }

  async close(): Promise<void> {
    const parts = [this.#working, this.#runtime, this.#store];
    this.#working = null;
    this.#runtime = null;
    let failure: { error: unknown } | null = null;
    // One after another, and each whatever became of the one before: a process must not outlive us.
    for (const part of parts) {
      try {
        await part?.close();
      } catch (error) {
        failure ??= { error };
      }
    }
    this.#store = null;
    if (failure) throw failure.error;
  }

  /** @throws OrchestratorError between `open` and `close` */
  requireClosed(): void {
    if (!this.#store) return;
    const message = "The orchestrator is started, and a database that is in use cannot be repaired.";
    throw new OrchestratorError("invalid_input", message, "Call stop() first, or do not call start() before.");
  }

  /** @throws OrchestratorError before `open` */
  get store(): Store {
    if (this.#store) return this.#store;
    throw new OrchestratorError(
      "invalid_input",
      "The orchestrator is not started.",
      "Call start() first, and stop() when done.",
    );
  }

  get runtime(): ClaudeRuntime {
    const { config, environment, endpoint } = this.#options;
    this.#runtime ??= createClaudeRuntime({ config, variables: environment, ownerId: this.#ownerId, endpoint });
    return this.#runtime;
  }

  get engine(): Engine {
    return this.#parts.engine;
  }

  get pool(): AgentPool {
    return this.#parts.pool;
  }

  get ownership(): Ownership {
    return this.#parts.ownership;
  }

  /** Adds to each record whether its owner can be taken to be at work. */
  async withLiveness<T extends { ownerId: string | null }>(records: readonly T[]): Promise<(T & Liveness)[]> {
    const owners = records.some((record) => record.ownerId !== null) ? await this.store.listOwners() : [];
    const isAlive = new Map(owners.map((owner) => [owner.ownerId, isOwnerAlive(owner, hostId(), Date.now())]));
    return records.map((record) => ({ ...record, ownerAlive: isAlive.get(record.ownerId ?? "") ?? false }));
  }

  /**
   * Removes one folder of logs. Names come from a database that a repository may have brought: none may lead elsewhere.
   *
   * @param names - the folders below `<data>/logs`, from the outside in
   */
  async removeLogs(...names: string[]): Promise<void> {
    if (!names.every((name) => /^[\w.-]+$/.test(name) && !/^\.+$/.test(name))) return;
    await rm(join(this.#options.config.home, "logs", ...names), { recursive: true, force: true });
  }

  /** Writes a failure of our own upkeep to the program's log; it ends nothing. */
  trouble(message: string, error: unknown): void {
    const { config } = this.#options;
    this.#logger ??= openProgramLog(config.home, config.logLevel);
    // A cause that is understood needs no stack.
    const cause = OrchestratorError.is(error) ? { code: error.code, reason: error.message } : { err: error };
    this.#logger.error(cause, message);
  }

  get #parts(): WorkingParts {
    this.#working ??= this.#putTogether();
    return this.#working;
  }

  #putTogether(): WorkingParts {
    const { store, runtime } = this;
    const { config, endpoint } = this.#options;
    const onTrouble = (message: string, error: unknown) => this.trouble(message, error);
    const ownership = takeOwnership({ store, ownerId: this.#ownerId, onTrouble });
    const commands = hearCommands(store, onTrouble);
    const supervisor = createSupervisor({
      intervalMs: config.monitorIntervalSeconds * 1_000,
      policy: config.supervision,
    });
    const openLog = config.observability ? createAgentLogFiles(config.home, onTrouble) : noAgentLog;
    const rolesOf = remember(({ workingDirectory }) => loadRoles(workingDirectory).roles);
    const holds = createHolds({
      store,
      scope: runtime.account,
      patienceMs: config.endpointPatienceSeconds * 1_000,
      rehearsal: endpoint?.rehearsal ?? false,
      ownership,
      follow: (obey) => commands.onFleet(obey),
      onTrouble,
    });
    const common = { store, runtime, config, holds, openLog, commands, supervisor, onTrouble };
    const ownCommands = createCommands({
      home: config.home,
      variables: this.environment,
      passEnvironment: config.passEnvironment,
      ownerId: this.#ownerId,
      guard: () => {
        runtime.keepWatch();
        return runtime.guard;
      },
    });
    const configOf = remember((task) => this.configOf(task));
    const resources = createResourcePool({
      store,
      commands: ownCommands,
      configOf,
      variables: this.environment,
    });
    const rounds = { store, resources, rolesOf };
    const agents = createAgentStepExecutor({ ...common, rolesOf, resources });
    const checks = createCheckStepExecutor({ ...rounds, commands: ownCommands });
    const engine = createLocalEngine({
      store,
      executors: {
        agent: agents,
        plan: createPlanStepExecutor({ ...rounds, agents }),
        baseline: checks,
        check: checks,
        merge: createMergeStepExecutor(rounds),
        conflict: createConflictStepExecutor({ ...rounds, agents }),
      },
      ownership,
      maxParallelAgents: config.maxParallelAgents,
      reap: (ownerId) => reapOwner(store, ownerId),
      onTrouble,
    });
    const turns = new Semaphore(config.maxParallelAgents);
    const pool = new AgentPool({ ...common, ownership, turns, rehearsal: endpoint?.rehearsal ?? false });
    return {
      engine,
      pool,
      ownership,
      async close() {
        const ended = await Promise.allSettled([engine.stop(), pool.close()]);
        supervisor.close();
        await commands.close();
        await ownership.signOff();
        for (const each of ended) if (each.status === "rejected") throw each.reason;
      },
    };
  }
}

/** So many tasks' roles and settings are remembered; of an older one they are read again. */
const MAX_REMEMBERED = 100;

/** A task keeps what its directory had when its first step began: roles and settings. */
function remember<T>(read: (task: TaskRecord) => T): (task: TaskRecord) => T {
  const byTask = new Map<string, T>();
  return (task) => {
    const known = byTask.get(task.taskId);
    if (known !== undefined) return known;
    const value = read(task);
    byTask.set(task.taskId, value);
    for (const oldest of byTask.keys()) if (byTask.size > MAX_REMEMBERED) byTask.delete(oldest);
    return value;
  };
}
