import { resolve } from "node:path";
import { type Config, loadConfig } from "./config/index.js";
import { type AgentStatus, newId, OrchestratorError, type StoredEvent, type TaskStatus } from "./domain/index.js";
import { createLocalEngine, type Engine, hostId, isOwnerAlive } from "./engine/index.js";
import { type FleetStatus, readFleetStatus } from "./fleet-status.js";
import { createAgentLogFiles, type Logger, noAgentLog, openProgramLog } from "./observability/index.js";
import {
  type CustomWorkflowOptions,
  type DependencyWorkflowOptions,
  type OrchestratorOptions,
  toStepRequest,
} from "./orchestrator-options.js";
import { loadRoles, type Role } from "./roles/index.js";
import { type ClaudeRuntime, createClaudeRuntime, notLoggedIn } from "./runtime/index.js";
import { createAgentStepExecutor } from "./steps/index.js";
import {
  type AgentRecord,
  type EventQuery,
  type LedgerRow,
  openSqliteStore,
  type Store,
  type TaskRecord,
} from "./store/index.js";
import { readTaskDetails, type TaskDetails, type TaskResult, toTaskResult } from "./task-details.js";
import { type ExecuteOptions, parseTaskRequest } from "./task-request.js";
import { type PlanRequest, planWorkflow } from "./workflows/index.js";

/**
 * The one interface to the fleet: turns prompts into teams of agents, and answers what they do and did.
 *
 * @example
 * const orchestrator = new Orchestrator({ workingDirectory: "." });
 * await orchestrator.start();
 * const result = await orchestrator.execute({ prompt: "Fix the failing test" });
 * console.log(result.success, result.output, result.metrics.totalCostUsd);
 * await orchestrator.stop();
 */
export class Orchestrator {
  readonly config: Config;
  readonly #options: OrchestratorOptions;
  readonly #workingDirectory: string;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #ownerId = newId("owner");
  #store: Store | null = null;
  #runtime: ClaudeRuntime | null = null;
  #engine: Engine | null = null;
  #logger: Logger | null = null;

  /** @throws OrchestratorError `invalid_config` for a setting that is unknown or has a bad value */
  constructor(options: OrchestratorOptions = {}) {
    this.#options = options;
    this.#environment = options.environment ?? process.env;
    this.#workingDirectory = resolve(options.workingDirectory ?? process.cwd());
    this.config = loadConfig({
      flags: {
        home: options.home,
        databasePath: options.databasePath,
        defaultModel: options.defaultModel,
        maxParallelAgents: options.maxParallelAgents,
        observability: options.enableMonitoring,
      },
      environment: this.#environment,
      workingDirectory: this.#workingDirectory,
    });
  }

  /** Opens the store. @throws OrchestratorError a `database_…` code */
  async start(): Promise<void> {
    this.#store ??= await openSqliteStore({ path: this.config.databasePath });
  }

  /** Ends everything that runs here and closes the store. Finished steps are kept. */
  async stop(): Promise<void> {
    await this.#engine?.stop();
    await this.#runtime?.close();
    await this.#store?.close();
    this.#engine = null;
    this.#runtime = null;
    this.#store = null;
  }

  /**
   * Runs a task to its end.
   *
   * @param options - the prompt, and whatever should differ from the defaults
   * @returns the result, also of a task that failed: see `success`, `status` and `error`
   * @throws OrchestratorError when the task could not be begun: bad input, no login, no database
   */
  async execute(options: ExecuteOptions): Promise<TaskResult> {
    return this.#run(options, {});
  }

  /**
   * Runs roles of the caller's choice on a prompt.
   *
   * @throws OrchestratorError as `execute`, and for an unknown role
   * @example await orchestrator.executeCustomWorkflow({ prompt, roles: ["scout", "builder", "tester"] })
   */
  async executeCustomWorkflow({ roles, parallel, ...options }: CustomWorkflowOptions): Promise<TaskResult> {
    return this.#run(
      { ...options, taskType: "custom", executionMode: parallel ? "parallel" : "sequential" },
      { steps: roles.map(toStepRequest) },
    );
  }

  /**
   * Runs a graph of the caller's own.
   *
   * @throws OrchestratorError as `execute`, and `invalid_workflow` for a graph that cannot run
   * @example await orchestrator.executeWithDependencies({ prompt, steps: ["scout", "builder"], dependencies: { 1: [0] } })
   */
  async executeWithDependencies({ steps, dependencies, ...options }: DependencyWorkflowOptions): Promise<TaskResult> {
    return this.#run(
      { ...options, taskType: "custom", executionMode: "dependencies" },
      { steps: steps.map(toStepRequest), dependencies },
    );
  }

  /** Asks for the end of a task, in whichever process it runs. */
  async cancel(taskId: string, reason = "it was cancelled on request"): Promise<void> {
    await this.#requireEngine().cancel(taskId, reason);
  }

  /** Tasks, newest first. */
  async listTasks(filter: { status?: TaskStatus; limit?: number } = {}): Promise<TaskRecord[]> {
    return this.#requireStore().listTasks(filter);
  }

  /**
   * One task with its steps, agents and files.
   *
   * @param taskId - the id, or the beginning of it
   * @throws OrchestratorError `not_found` or `ambiguous_id`
   */
  async getTaskDetails(taskId: string): Promise<TaskDetails> {
    const store = this.#requireStore();
    const task = await store.getTask(await this.#findId("task", taskId));
    if (!task)
      throw new OrchestratorError("not_found", `No task has the id "${taskId}".`, "See: orchestrator list-tasks");
    return this.#details(task);
  }

  /** Agents, oldest first. */
  async listAgents(
    filter: { taskId?: string; role?: string; status?: AgentStatus; limit?: number } = {},
  ): Promise<AgentRecord[]> {
    return this.#requireStore().listAgents(filter);
  }

  /**
   * One agent.
   *
   * @param agentId - the id, or the beginning of it
   * @throws OrchestratorError `not_found` or `ambiguous_id`
   */
  async getAgentDetails(agentId: string): Promise<AgentRecord> {
    const agent = await this.#requireStore().getAgent(await this.#findId("agent", agentId));
    if (!agent)
      throw new OrchestratorError(
        "not_found",
        `No agent has the id "${agentId}".`,
        "See: orchestrator list-agents --all",
      );
    return agent;
  }

  /** The model calls of everything, a task or an agent. */
  async listLedger(filter: { taskId?: string; agentId?: string } = {}): Promise<LedgerRow[]> {
    return this.#requireStore().listLedger(filter);
  }

  /** The fleet: tasks, agents, costs. */
  async getStatus(): Promise<FleetStatus> {
    return readFleetStatus(this.#requireStore(), (task) => this.#details(task));
  }

  /**
   * Events from a cursor and then live, from every process that shares the database.
   *
   * @example for await (const event of orchestrator.events({ after: 0, signal })) console.log(event.seq, event.type);
   */
  events(query: EventQuery & { signal?: AbortSignal } = {}): AsyncIterable<StoredEvent> {
    return this.#requireStore().subscribe(query);
  }

  /** The roles that can be used in a directory, with what was odd about their files. */
  listRoles(workingDirectory = this.#workingDirectory): { roles: Role[]; warnings: string[] } {
    const { roles, warnings } = loadRoles(workingDirectory);
    return { roles: [...roles.values()], warnings };
  }

  /** How agents would reach a model, and whether they can. Costs no model call. */
  async checkRuntime(): Promise<{ login: { ok: boolean; method: string }; version: string | null; guard: string }> {
    const runtime = this.#requireRuntime();
    const [login, version] = await Promise.all([runtime.checkLogin(), runtime.version()]);
    return { login, version, guard: runtime.guard };
  }

  /** Looks for damage in the database. Empty when it is sound. */
  async checkDatabase(): Promise<string[]> {
    return this.#requireStore().check();
  }

  async #run(
    options: Omit<ExecuteOptions, "executionMode"> & { executionMode?: PlanRequest["executionMode"] | undefined },
    workflow: Pick<PlanRequest, "steps" | "dependencies">,
  ): Promise<TaskResult> {
    const store = this.#requireStore();
    const rehearsal = this.#options.endpoint?.rehearsal ?? false;
    const request = parseTaskRequest(options, { workingDirectory: this.#workingDirectory, config: this.config });
    const { roles, warnings } = loadRoles(request.workingDirectory);
    const plan = planWorkflow({ ...request, ...workflow }, roles);
    options.signal?.throwIfAborted();
    if (!(await this.#requireRuntime().checkLogin()).ok) {
      const { code, message, hint } = notLoggedIn();
      throw new OrchestratorError(code, message, hint);
    }

    const taskId = newId("task");
    const subject = { taskId, stepKey: null, agentId: null };
    const { planMode, complexity, reasons, steps } = plan;
    await store.append([
      { ...subject, type: "task.created", data: { ...request, taskType: plan.taskType, rehearsal } },
      { ...subject, type: "workflow.planned", data: { planMode, complexity, reasons, steps } },
      ...warnings.map((message) => ({ ...subject, type: "task.warned" as const, data: { message } })),
    ]);
    options.onCreated?.(taskId);

    const engine = this.#requireEngine();
    const onAbort = () =>
      void engine
        .cancel(taskId, "it was interrupted")
        .catch((error) => this.#trouble("a task could not be cancelled", error));
    options.signal?.addEventListener("abort", onAbort);
    try {
      await engine.start(taskId);
      if (options.signal?.aborted) onAbort();
      await engine.wait(taskId);
    } finally {
      options.signal?.removeEventListener("abort", onAbort);
    }
    return toTaskResult(await this.getTaskDetails(taskId));
  }

  async #details(task: TaskRecord): Promise<TaskDetails> {
    const store = this.#requireStore();
    const owners = await store.listOwners();
    const owner = owners.find((each) => each.ownerId === task.ownerId);
    return readTaskDetails(store, task, isOwnerAlive(owner, hostId(), Date.now()));
  }

  async #findId(kind: "task" | "agent", given: string): Promise<string> {
    const ids = given.trim() === "" ? [] : await this.#requireStore().findIds(kind, given);
    const [only] = ids;
    if (ids.length === 1 && only) return only;
    if (ids.length === 0)
      throw new OrchestratorError(
        "not_found",
        `No ${kind} has an id that begins with "${given}".`,
        `See: orchestrator list-${kind}s`,
      );
    throw new OrchestratorError(
      "ambiguous_id",
      `"${given}" fits ${ids.length} ${kind}s: ${ids.slice(0, 5).join(", ")}.`,
      "Give more of the id.",
    );
  }

  #requireStore(): Store {
    if (this.#store) return this.#store;
    throw new OrchestratorError(
      "invalid_input",
      "The orchestrator is not started.",
      "Call start() first, and stop() when done.",
    );
  }

  #requireRuntime(): ClaudeRuntime {
    this.#runtime ??= createClaudeRuntime({
      config: this.config,
      variables: this.#environment,
      ownerId: this.#ownerId,
      endpoint: this.#options.endpoint ?? null,
    });
    return this.#runtime;
  }

  #requireEngine(): Engine {
    if (this.#engine) return this.#engine;
    const store = this.#requireStore();
    const trouble = (message: string, error: unknown) => this.#trouble(message, error);
    const rolesByDirectory = new Map<string, ReadonlyMap<string, Role>>();
    const agent = createAgentStepExecutor({
      store,
      runtime: this.#requireRuntime(),
      config: this.config,
      openLog: this.config.observability ? createAgentLogFiles(this.config.home, trouble) : noAgentLog,
      rolesOf: ({ workingDirectory }) => {
        const known = rolesByDirectory.get(workingDirectory) ?? loadRoles(workingDirectory).roles;
        rolesByDirectory.set(workingDirectory, known);
        return known;
      },
    });
    this.#engine = createLocalEngine({
      store,
      executors: { agent },
      ownerId: this.#ownerId,
      maxParallelAgents: this.config.maxParallelAgents,
      onTrouble: trouble,
    });
    return this.#engine;
  }

  #trouble(message: string, error: unknown): void {
    this.#logger ??= openProgramLog(this.config.home, this.config.logLevel);
    // A cause that is understood needs no stack.
    const cause = OrchestratorError.is(error) ? { code: error.code, reason: error.message } : { err: error };
    this.#logger.error(cause, message);
  }
}
