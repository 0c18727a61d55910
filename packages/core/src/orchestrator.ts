import { realpathSync } from "node:fs";
import { basename, resolve } from "node:path";
import { AgentHandle } from "./agent-handle.js";
import {
  type CreateAgentOptions,
  checkCreate,
  checkDelete,
  checkSend,
  requireByHand,
  requireLiving,
  requireProcess,
  roleOfAgent,
} from "./agent-request.js";
import type { AgentReply, SendOptions } from "./agents/index.js";
import { checkOptions } from "./check-options.js";
import { type CleanedData, cleanData } from "./clean-data.js";
import { type CleanedWorkspace, cleanWorkspaces, releaseWorkspaces } from "./clean-workspaces.js";
import { type Config, loadConfig } from "./config/index.js";
import { isTaskEnded, OrchestratorError, type StoredEvent } from "./domain/index.js";
import { type DataFinding, examineData } from "./examine-data.js";
import { findId } from "./find-id.js";
import { type FleetStatus, readFleetStatus } from "./fleet-status.js";
import { dropKeptWork, listKeptWork, restoreKeptWork } from "./kept-work.js";
import { type OrchestratorOptions, orchestratorSchema } from "./orchestrator-options.js";
import { type PlanSource, planSourceOf, toStepRequest } from "./plan-source.js";
import {
  type AgentFilter,
  checkAgentFilter,
  checkCostGroup,
  checkDurations,
  checkEventPage,
  checkEvents,
  checkLedgerFilter,
  checkTaskFilter,
  type EventPage,
  type EventsOptions,
  type TaskFilter,
} from "./query-options.js";
import { repairData } from "./repair-data.js";
import { requirePlaceOf } from "./resumable-place.js";
import { loadRoles, type Role } from "./roles/index.js";
import type {
  CostGroup,
  CostRow,
  Draft,
  DurationGroup,
  DurationRow,
  LedgerFilter,
  LedgerRow,
  TaskRecord,
} from "./store/index.js";
import { type ApplyOptions, type ApplyResult, applyTask, undoTask } from "./task-apply.js";
import { compareTasks, type TaskComparison } from "./task-compare.js";
import {
  type AgentDetails,
  readTaskDetails,
  type TaskDetails,
  type TaskResult,
  type TaskSummary,
  toTaskResult,
} from "./task-details.js";
import { type DiffOptions, readTaskDiff, type TaskDiff } from "./task-diff.js";
import { estimateTask } from "./task-estimate.js";
import { type ForkOptions, forkTask, toForkRequest } from "./task-fork.js";
import { launchTask, type ResumeOptions, resumeTask, waitForEnd } from "./task-launch.js";
import { writeTaskReport } from "./task-report.js";
import {
  type CustomWorkflowOptions,
  checkCall,
  type DependencyWorkflowOptions,
  type EstimateOptions,
  type ExecuteOptions,
  parseDirectory,
  parseModel,
  parsePrompt,
  parseTaskRequest,
  requirePrice,
  type TaskOptions,
  type TaskRequest,
} from "./task-request.js";
import { requireEnded, requirePausable, requireResumable, requireSameModel } from "./task-requirements.js";
import { reopen } from "./task-retry.js";
import { Wiring } from "./wiring.js";
import { type Estimate, loadWorkflows, type Workflow } from "./workflows/index.js";
import type { KeptWork } from "./workspaces/index.js";

/** How long a pause waits for what runs to stop; a process that hangs obeys nobody. */
const PAUSE_LIMIT_MS = 10_000;

/**
 * The one interface to the fleet: turns prompts into teams of agents, makes agents by hand, and answers what they do
 * and did.
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
  readonly #wiring: Wiring;
  readonly #workingDirectory: string;
  readonly #rehearsal: boolean;
  readonly #resumesInterrupted: boolean;
  readonly #suspendsOnStop: boolean;
  /** Tasks that are left as they are when this stops: those that `start` has gone on with, or all. */
  readonly #inBackground = new Set<string>();

  /**
   * @throws OrchestratorError `invalid_config` for a setting that is unknown or has a bad value, `invalid_input` for
   *   an option that there is not
   */
  constructor(options: OrchestratorOptions = {}) {
    checkOptions(orchestratorSchema, options, "new Orchestrator");
    const environment = options.environment ?? process.env;
    this.#workingDirectory = resolve(options.workingDirectory ?? currentDirectory());
    this.#resumesInterrupted = options.resumeInterrupted ?? true;
    this.#suspendsOnStop = options.onStop === "suspend";
    this.#rehearsal = options.endpoint?.rehearsal ?? false;
    this.config = loadConfig({
      flags: {
        home: options.home,
        databasePath: options.databasePath,
        defaultModel: options.defaultModel,
        maxParallelAgents: options.maxParallelAgents,
        dailyBudgetUsd: options.dailyBudgetUsd,
        observability: options.enableMonitoring,
      },
      environment,
      workingDirectory: this.#workingDirectory,
    });
    this.#wiring = new Wiring({
      config: this.config,
      environment,
      endpoint: options.endpoint ?? null,
      workingDirectory: realPathOf(this.#workingDirectory),
    });
  }

  /**
   * Opens the store, and goes on in the background with tasks that were interrupted, unless that was declined.
   *
   * @throws OrchestratorError a `database_…` code
   */
  async start(): Promise<void> {
    await this.#wiring.open();
    if (!this.#resumesInterrupted) return;
    for (const task of await this.listInterrupted()) {
      // Its model is not ours to choose.
      if (task.rehearsal !== this.#rehearsal) continue;
      try {
        await requirePlaceOf(this.#store, task);
      } catch (error) {
        // It is gone on with by whoever starts when its place is back.
        this.#wiring.trouble("an interrupted task could not be gone on with", error);
        continue;
      }
      this.#inBackground.add(task.taskId);
      await this.#wiring.engine.resume(task.taskId);
    }
  }

  /**
   * Ends everything that was begun here and closes the store. What was gone on with in the background is left as it is,
   * to be gone on with by whoever starts next; with `onStop: "suspend"` everything is. Finished steps and conversations
   * are kept.
   */
  async stop(): Promise<void> {
    for (const taskId of this.#inBackground) await this.#wiring.engine.suspend(taskId);
    this.#inBackground.clear();
    await this.#wiring.close();
  }

  /**
   * Runs a task to its end.
   *
   * @param options - the prompt, and whatever should differ from the defaults
   * @returns the result, also of a task that failed: see `success`, `status` and `error`
   * @throws OrchestratorError when the task could not be begun: bad input, no login, no database, no money left today
   */
  async execute(options: ExecuteOptions): Promise<TaskResult> {
    checkCall("execute", options);
    return this.#run(options, planSourceOf(options));
  }

  /**
   * Runs roles of the caller's choice on a prompt.
   *
   * @throws OrchestratorError as `execute`, and for an unknown role
   * @example await orchestrator.executeCustomWorkflow({ prompt, roles: ["scout", "builder", "tester"] })
   */
  async executeCustomWorkflow(options: CustomWorkflowOptions): Promise<TaskResult> {
    checkCall("executeCustomWorkflow", options);
    const { roles, parallel, ...common } = options;
    return this.#run(
      { ...common, taskType: "custom", executionMode: parallel ? "parallel" : "sequential" },
      { steps: roles.map(toStepRequest) },
    );
  }

  /**
   * Runs a graph of the caller's own.
   *
   * @throws OrchestratorError as `execute`, and `invalid_workflow` for a graph that cannot run
   * @example await orchestrator.executeWithDependencies({ prompt, steps: ["scout", "builder"], dependencies: { 1: [0] } })
   */
  async executeWithDependencies(options: DependencyWorkflowOptions): Promise<TaskResult> {
    checkCall("executeWithDependencies", options);
    const { steps, dependencies, ...common } = options;
    return this.#run(
      { ...common, taskType: "custom", executionMode: "dependencies" },
      { steps: steps.map(toStepRequest), dependencies },
    );
  }

  /**
   * Goes on from a task that has ended: in its directory, with what its steps handed over.
   *
   * @param taskId - the earlier task: its id, or the beginning of it
   * @throws OrchestratorError as `execute`, and `invalid_input` for a task that has not ended
   * @example await orchestrator.followUp(result.taskId, { prompt: "Now also update the documentation" })
   */
  async followUp(taskId: string, options: ExecuteOptions): Promise<TaskResult> {
    checkCall("execute", options);
    const earlier = await this.getTaskDetails(taskId);
    requireEnded(earlier);
    const workingDirectory = options.workingDirectory ?? earlier.workingDirectory;
    return this.#run({ ...options, workingDirectory }, planSourceOf(options), earlier.taskId);
  }

  /**
   * Starts a new task that goes another way than one that has ended, from some step on: that step and what comes after
   * it are run with another model, prompt or role. What came before is reused: results, evidence and commits.
   *
   * @param taskId - the earlier task: its id, or the beginning of it
   * @param options - the step, and what is to be different
   * @throws OrchestratorError as `execute`, `invalid_input` for a task that has not ended, a step or role that cannot be,
   *   or a task that changed files in place, `not_found` when a commit that it needs is gone
   * @example const other = await orchestrator.fork(result.taskId, { at: "builder", model: "haiku" });
   */
  async fork(taskId: string, options: ForkOptions): Promise<TaskResult> {
    const source = await this.getTaskDetails(taskId);
    const request = this.#parse(toForkRequest(source, options));
    requireSameModel(source, this.#rehearsal);
    const given = { ...options, onCreated: this.#onCreated(options.onCreated) };
    const launch = { source, request, options: given, dailyBudgetUsd: this.config.dailyBudgetUsd };
    return toTaskResult(await this.getTaskDetails(await forkTask(this.#wiring, launch)));
  }

  /**
   * Two tasks side by side: steps, checks, files, cost and time.
   *
   * @param left - one: its id, or the beginning of it
   * @param right - the other
   * @throws OrchestratorError `not_found` or `ambiguous_id`, `invalid_input` when both are the same
   * @example console.log((await orchestrator.compare(result.taskId, other.taskId)).steps);
   */
  async compare(left: string, right: string): Promise<TaskComparison> {
    return compareTasks(await this.getTaskDetails(left), await this.getTaskDetails(right));
  }

  /**
   * What a task would be, without running anything: type, complexity, steps, and what such steps have used in this
   * repository.
   *
   * @throws OrchestratorError as `execute` for bad input
   */
  async estimate(options: EstimateOptions): Promise<Estimate> {
    checkCall("estimate", options);
    return estimateTask(this.#wiring, this.#parse(options), options, this.#rehearsal);
  }

  /**
   * Goes on with a task that was interrupted, is paused, or needed attention, and waits for its end. Finished steps are
   * not run again; an agent that was interrupted goes on with its conversation.
   *
   * @param taskId - the id, or the beginning of it
   * @throws OrchestratorError `invalid_input` for a task that has ended, has not begun, or runs; `workspace_failed` where
   *   its directory or repository is not there: it stays as it is
   */
  async resume(taskId: string, options: ResumeOptions = {}): Promise<TaskResult> {
    const task = await this.getTaskDetails(taskId);
    // What `start` has gone on with belongs to whoever asks for it from here on.
    const isOurs = this.#inBackground.delete(task.taskId);
    requireResumable(task, isOurs);
    requireSameModel(task, this.#rehearsal);
    await requirePlaceOf(this.#store, task);
    this.#keepOnStop(task.taskId);
    await resumeTask(this.#wiring, task.taskId, options);
    return toTaskResult(await this.getTaskDetails(task.taskId));
  }

  /** Tasks that nobody runs any more although they have not ended: their process was killed, or the machine went down. */
  async listInterrupted(): Promise<TaskSummary[]> {
    const open = await this.#wiring.withLiveness(await this.#store.listTasks({ isEnded: false }));
    return open.filter((task) => !task.ownerAlive && task.status !== "needs_attention" && task.status !== "paused");
  }

  /**
   * Lets a task start nothing new until it is resumed, in whichever process it runs.
   *
   * @param options - `interrupt`: also stops what runs, and waits until it has stopped; its agents go on with their
   * conversations later
   */
  async pause(taskId: string, options: { interrupt?: boolean | undefined } = {}): Promise<void> {
    const task = await this.getTaskDetails(taskId);
    const { interrupt = false } = options;
    requirePausable(task, interrupt);
    const reason = interrupt ? "it was paused at once" : "it was paused";
    await this.#wiring.engine.pause(task.taskId, { interrupt, reason });
    // Whoever goes on with it next must find it stopped.
    if (interrupt) await waitForEnd(this.#wiring, task.taskId, undefined, PAUSE_LIMIT_MS);
  }

  /**
   * Runs a step of an ended task again that did not succeed, with what depends on it, and waits for the end.
   *
   * @param stepKey - the step
   * @throws OrchestratorError `invalid_input` for a task that has not ended, and for a step that succeeded or is not there
   */
  async retry(taskId: string, stepKey: string, options: ResumeOptions = {}): Promise<TaskResult> {
    const task = await this.getTaskDetails(taskId);
    requireSameModel(task, this.#rehearsal);
    await requirePlaceOf(this.#store, task);
    await this.#store.append(reopen(task, stepKey));
    this.#keepOnStop(task.taskId);
    await resumeTask(this.#wiring, task.taskId, options);
    return toTaskResult(await this.getTaskDetails(task.taskId));
  }

  /**
   * Waits for the end of a task, in whichever process it runs, or until it needs a person.
   *
   * @throws OrchestratorError `cancelled` when the signal is aborted first
   */
  async wait(taskId: string, options: { signal?: AbortSignal | undefined } = {}): Promise<TaskResult> {
    const id = await this.#findId("task", taskId);
    await waitForEnd(this.#wiring, id, options.signal);
    return toTaskResult(await this.getTaskDetails(id));
  }

  /**
   * What a task, or one step of it, has changed: a patch and the list of files.
   *
   * @throws OrchestratorError `invalid_input` for a step that there is not, `not_found` when the repository is gone
   * @example console.log((await orchestrator.getDiff(result.taskId)).patch);
   */
  async getDiff(taskId: string, options: DiffOptions = {}): Promise<TaskDiff> {
    return readTaskDiff(this.#store, this.config.home, await this.getTaskDetails(taskId), options);
  }

  /**
   * The report of a task as one HTML file: plan, evidence, findings, diff and costs. It loads nothing and runs nothing.
   *
   * @param taskId - the id, or the beginning of it; the task may still run
   * @throws OrchestratorError `not_found` or `ambiguous_id`
   * @example await writeFile("report.html", await orchestrator.renderReport(result.taskId));
   */
  async renderReport(taskId: string): Promise<string> {
    const task = await this.getTaskDetails(taskId);
    return writeTaskReport(this.#store, this.config.home, task, await this.#wiring.runtime.version());
  }

  /**
   * Brings the result of a task into your checkout: all of it, or nothing.
   *
   * @throws OrchestratorError `not_applied` when local changes or a contradiction are in the way
   * @example await orchestrator.apply(result.taskId, { mode: "squash" });
   */
  async apply(taskId: string, options: ApplyOptions = {}): Promise<ApplyResult> {
    return applyTask(this.#wiring, await this.getTaskDetails(taskId), options);
  }

  /** Puts back what a task has changed in place. @returns the paths. @throws OrchestratorError `not_applied` */
  async undo(taskId: string): Promise<string[]> {
    return undoTask(this.#wiring, await this.getTaskDetails(taskId));
  }

  /** Looks after the worktrees and branches that tasks have left; nothing that exists only there is deleted. */
  async cleanWorkspaces(options: { dryRun?: boolean | undefined } = {}): Promise<CleanedWorkspace[]> {
    return cleanWorkspaces({
      store: this.#store,
      config: this.config,
      dryRun: options.dryRun ?? false,
      isAtWork: async (task) => !isTaskEnded(task.status) && (await this.#details(task)).ownerAlive,
    });
  }

  /**
   * Looks after what has gathered in the data folder: old copies of the database, logs of what was removed, empty
   * folders, and room in the database file. With `dryRun` it only says so.
   */
  async cleanData(options: { dryRun?: boolean | undefined } = {}): Promise<CleanedData[]> {
    return cleanData({ store: this.#store, config: this.config, dryRun: options.dryRun ?? false });
  }

  /** What was kept of past tasks under refs in a repository, newest first. */
  async listRescued(directory = this.#workingDirectory): Promise<KeptWork[]> {
    return listKeptWork(directory);
  }

  /** Makes a branch of what was rescued. @throws OrchestratorError `not_found`, or `invalid_input` with git's words */
  async restoreRescued(ref: string, branch: string, directory = this.#workingDirectory): Promise<void> {
    await restoreKeptWork(directory, ref, branch);
  }

  /** Lets go of what was rescued. @throws OrchestratorError `not_found`: no other ref is ever deleted */
  async dropRescued(ref: string, directory = this.#workingDirectory): Promise<void> {
    await dropKeptWork(directory, ref);
  }

  /** Asks for the end of a task, in whichever process it runs. @throws OrchestratorError `not_found` or `ambiguous_id` */
  async cancel(taskId: string, reason = "it was cancelled on request"): Promise<void> {
    await this.#wiring.engine.cancel(await this.#findId("task", taskId), reason);
  }

  /**
   * Tasks, newest first unless told.
   *
   * @example await orchestrator.listTasks({ search: "login", status: ["failed", "cancelled"], sort: "costUsd", limit: 20 })
   */
  async listTasks(filter: TaskFilter = {}): Promise<TaskSummary[]> {
    checkTaskFilter(filter);
    return this.#wiring.withLiveness(await this.#store.listTasks(filter));
  }

  /** How many tasks a filter finds, without its limit and offset. */
  async countTasks(filter: TaskFilter = {}): Promise<number> {
    checkTaskFilter(filter);
    return this.#store.countTasks(filter);
  }

  /**
   * One task with its steps, agents and files.
   *
   * @param taskId - the id, or the beginning of it
   * @throws OrchestratorError `not_found` or `ambiguous_id`
   */
  async getTaskDetails(taskId: string): Promise<TaskDetails> {
    const task = await this.#store.getTask(await this.#findId("task", taskId));
    if (!task)
      throw new OrchestratorError("not_found", `No task has the id "${taskId}".`, "See: orchestrator list-tasks");
    return this.#details(task);
  }

  /**
   * Removes a task that has ended: its events, records, logs, conversations and branch. Its costs stay in the ledger,
   * without any text; work that nobody has merged or applied is kept under a ref.
   *
   * @returns the refs that hold what was kept
   * @throws OrchestratorError `invalid_input` for a task that has not ended
   */
  async deleteTask(taskId: string): Promise<string[]> {
    const id = await this.#findId("task", taskId);
    const task = await this.#store.getTask(id);
    let kept: string[] = [];
    // Files go first: whatever ends us in between, the next attempt finds the records and goes on.
    if (task?.endedAt) {
      kept = await releaseWorkspaces(this.#store, this.config, task);
      for (const agent of await this.#store.listAgents({ taskId: id }))
        await this.#wiring.runtime.deleteConversation(agent);
      await this.#wiring.removeLogs(id);
    }
    await this.#store.deleteTask(id);
    return kept;
  }

  /**
   * Makes an agent that lives until it is deleted. Its process starts with its first message.
   *
   * @param options - its role, and what it has other than that
   * @returns its id
   * @throws OrchestratorError `invalid_input` for an unknown role or a bad option, `not_supported` for a temperature
   * @example const id = await orchestrator.createAgent({ role: "scout", name: "My scout" });
   */
  async createAgent(options: CreateAgentOptions): Promise<string> {
    const { name } = checkCreate(options);
    const workingDirectory = parseDirectory(options.workingDirectory ?? this.#workingDirectory);
    const role = roleOfAgent(options, loadRoles(workingDirectory).roles);
    const model = this.#parseAgentModel(role.model ?? this.config.defaultModel);
    return this.#wiring.pool.create({ name: name ?? role.name, role, model, workingDirectory });
  }

  /**
   * Sends a message and waits for its own reply, also when another process runs the agent. An agent that no process
   * runs goes on with its conversation here.
   *
   * @param agentId - the id, or the beginning of it
   * @param text - the message
   * @param options - `whenBusy`: `queue` (the default) waits its turn, `steer` joins the turn that runs
   * @returns the reply, also of a turn that failed: see `status` and `error`
   * @throws OrchestratorError `not_found`, `agent_deleted`, `invalid_input`; `cancelled` when the signal is aborted
   * @example const reply = await orchestrator.sendToAgent(id, "Find all TypeScript files");
   */
  async sendToAgent(agentId: string, text: string, options: SendOptions = {}): Promise<AgentReply> {
    checkSend(options);
    const agent = await this.getAgentDetails(agentId);
    return this.#wiring.pool.send(
      agent,
      parsePrompt(text, `Say something: orchestrator send ${agent.agentId} "…"`),
      options,
    );
  }

  /** Ends the turn that an agent is at; it goes on with its next message. */
  async interruptAgent(agentId: string, reason = "on request"): Promise<void> {
    const agent = await this.#livingAgent(agentId);
    await this.#wiring.pool.interrupt(agent, reason);
  }

  /** Ends an agent's process at once. A hand-made agent lives on; a step's agent fails its step. */
  async killAgent(agentId: string, reason = "on request"): Promise<void> {
    const agent = await this.#livingAgent(agentId);
    requireProcess(agent);
    await this.#wiring.pool.kill(agent, reason);
  }

  /** From its next message on a hand-made agent has another model. */
  async setAgentModel(agentId: string, model: string): Promise<void> {
    const agent = await this.#agentByHand(agentId, "be given another model");
    await this.#wiring.pool.changeModel(agent, this.#parseAgentModel(model));
  }

  /**
   * Ends and deletes a hand-made agent; its record, log and costs stay.
   *
   * @param options - `deleteConversation`: also what the CLI has kept of the conversation
   * @throws OrchestratorError `agent_deleted` when it was deleted before, `invalid_input` for a workflow's agent
   */
  async deleteAgent(agentId: string, options: { deleteConversation?: boolean | undefined } = {}): Promise<void> {
    checkDelete(options);
    const agent = await this.#agentByHand(agentId, "be deleted by hand");
    await this.#wiring.pool.delete(agent);
    if (options.deleteConversation) await this.#wiring.runtime.deleteConversation(agent);
  }

  /** A handle on one agent. @param agentId - the id, or the beginning of it */
  agent(agentId: string): AgentHandle {
    return new AgentHandle(this, agentId);
  }

  /** Agents, oldest first, the deleted ones too. */
  async listAgents(filter: AgentFilter = {}): Promise<AgentDetails[]> {
    checkAgentFilter(filter);
    return this.#wiring.withLiveness(await this.#store.listAgents(filter));
  }

  /**
   * One agent: its Core Four (context, model, prompt, tools), what it does and what it has used.
   *
   * @param agentId - the id, or the beginning of it
   * @throws OrchestratorError `not_found` or `ambiguous_id`
   */
  async getAgentDetails(agentId: string): Promise<AgentDetails> {
    const record = await this.#store.getAgent(await this.#findId("agent", agentId));
    const [agent] = await this.#wiring.withLiveness(record ? [record] : []);
    if (agent) return agent;
    const hint = "See: orchestrator list-agents --all";
    throw new OrchestratorError("not_found", `No agent has the id "${agentId}".`, hint);
  }

  /** Removes the records and the log of a hand-made agent that was deleted. Its costs stay in the ledger. */
  async deleteAgentRecord(agentId: string): Promise<void> {
    const agent = await this.getAgentDetails(agentId);
    if (agent.status === "deleted" && agent.taskId === null) {
      await this.#wiring.runtime.deleteConversation(agent);
      if (agent.logDirectory) await this.#wiring.removeLogs("agents", basename(agent.logDirectory));
    }
    await this.#store.deleteAgentRecord(agent.agentId);
  }

  /** The model calls of everything, a task or an agent. */
  async listLedger(filter: LedgerFilter = {}): Promise<LedgerRow[]> {
    checkLedgerFilter(filter);
    return this.#store.listLedger(filter);
  }

  /** Costs and tokens summed by agent, task, role, model, task type or day. Rehearsals are left out unless asked for. */
  async costs(by: CostGroup, filter: LedgerFilter = {}): Promise<CostRow[]> {
    checkCostGroup(by);
    checkLedgerFilter(filter);
    return this.#store.costs(by, filter);
  }

  /** How long tasks have taken by day or task type, or steps by role. Rehearsals are left out unless asked for. */
  async durations(by: DurationGroup, filter: Pick<LedgerFilter, "since" | "rehearsal"> = {}): Promise<DurationRow[]> {
    checkDurations(by, filter);
    return this.#store.durations(by, filter);
  }

  /** The fleet: tasks, agents, files, costs. */
  async getStatus(): Promise<FleetStatus> {
    const isOurs = ({ scope }: { scope: string }) => scope === this.#wiring.runtime.account;
    return readFleetStatus(this.#store, (task) => this.#details(task), isOurs);
  }

  /**
   * Events from a cursor and then live, from every process that shares the database.
   *
   * @example for await (const event of orchestrator.events({ after: 0, signal })) console.log(event.seq, event.type);
   */
  events(query: EventsOptions = {}): AsyncIterable<StoredEvent> {
    checkEvents(query);
    return this.#store.subscribe(query);
  }

  /**
   * What agents are writing at this moment: blocks that are not finished, and then whatever changes of them, in every
   * process that shares the database. A finished block is an event.
   *
   * @example for await (const drafts of orchestrator.drafts(signal)) for (const { agentId, text } of drafts) show(agentId, text);
   */
  drafts(signal: AbortSignal): AsyncIterable<Draft[]> {
    return this.#store.followDrafts(signal);
  }

  /** Events as they stand, a page at a time: 1 000 from the cursor on unless told. */
  async listEvents(query: EventPage = {}): Promise<StoredEvent[]> {
    checkEventPage(query);
    return this.#store.readEvents(query);
  }

  /** The number of the newest event: the cursor for those to come. 0 when there is none. */
  async lastEvent(): Promise<number> {
    return this.#store.lastSeq();
  }

  /** What tells this database from any other: the number of an event means something in one only. */
  async databaseId(): Promise<string> {
    return this.#store.databaseId();
  }

  /** The roles that can be used in a directory, with what was odd about their files. */
  listRoles(workingDirectory = this.#workingDirectory): { roles: Role[]; warnings: string[] } {
    const { roles, warnings } = loadRoles(workingDirectory);
    return { roles: [...roles.values()], warnings };
  }

  /** The workflows that a directory brings. @throws OrchestratorError `invalid_workflow` with file and line */
  listWorkflows(workingDirectory = this.#workingDirectory): Workflow[] {
    return [...loadWorkflows(workingDirectory, loadRoles(workingDirectory).roles).values()];
  }

  /** How agents would reach a model, and whether they can. Costs no model call. */
  async checkRuntime(): Promise<{ login: { ok: boolean; method: string }; version: string | null; guard: string }> {
    const { runtime } = this.#wiring;
    const [login, version] = await Promise.all([runtime.checkLogin(), runtime.version()]);
    return { login, version, guard: runtime.guard };
  }

  /** Looks for damage in the database. Empty when it is sound. */
  async checkDatabase(): Promise<string[]> {
    return this.#store.check();
  }

  /** Looks through the database and the folders of the orchestrator. Empty when all is well; changes nothing. */
  async examineData(): Promise<DataFinding[]> {
    return examineData({ store: this.#store, home: this.config.home });
  }

  /**
   * Mends what can be mended without losing anything, before `start`: a damaged database, tables that contradict the
   * events, what processes that are gone have left. A copy from before lies beside the file.
   *
   * @returns what was done, in sentences
   * @throws OrchestratorError `invalid_input` while a process works with the database, this one included
   * @example for (const sentence of await new Orchestrator().repairData()) console.log(sentence);
   */
  async repairData(): Promise<string[]> {
    this.#wiring.requireClosed();
    return repairData(this.config);
  }

  get #store() {
    return this.#wiring.store;
  }

  /** An agent's model; where the day has a budget, one whose price is known. */
  #parseAgentModel(model: string): string {
    if (this.config.dailyBudgetUsd !== null && !this.#rehearsal) requirePrice(model, this.config);
    return parseModel(model);
  }

  #parse(options: Parameters<typeof parseTaskRequest>[0]): TaskRequest {
    const { config } = this;
    return parseTaskRequest(options, { workingDirectory: this.#workingDirectory, config, rehearsal: this.#rehearsal });
  }

  async #run(
    options: TaskOptions & Parameters<typeof parseTaskRequest>[0],
    source: PlanSource,
    followUpOf: string | null = null,
  ): Promise<TaskResult> {
    const request = this.#parse(options);
    const afterTaskId = options.after === undefined ? null : await this.#findId("task", options.after);
    const { signal } = options;
    const onCreated = this.#onCreated(options.onCreated);
    const launch = { request, source, rehearsal: this.#rehearsal, afterTaskId, followUpOf, signal, onCreated };
    return toTaskResult(await this.getTaskDetails(await launchTask(this.#wiring, launch, this.config.dailyBudgetUsd)));
  }

  #onCreated(tell: ((taskId: string) => void) | undefined): (taskId: string) => void {
    return (taskId) => {
      this.#keepOnStop(taskId);
      tell?.(taskId);
    };
  }

  #keepOnStop(taskId: string): void {
    if (this.#suspendsOnStop) this.#inBackground.add(taskId);
  }

  async #details(task: TaskRecord): Promise<TaskDetails> {
    const [alive] = await this.#wiring.withLiveness([task]);
    return readTaskDetails(this.#store, task, alive?.ownerAlive ?? false);
  }

  async #livingAgent(agentId: string): Promise<AgentDetails> {
    return requireLiving(await this.getAgentDetails(agentId));
  }

  async #agentByHand(agentId: string, what: string): Promise<AgentDetails> {
    return requireByHand(await this.getAgentDetails(agentId), what);
  }

  #findId(kind: "task" | "agent", given: string): Promise<string> {
    return findId(this.#store, kind, given);
  }
}

/** The directory as tasks know it; one that does not exist is refused when a task names it. */
function realPathOf(directory: string): string {
  try {
    return realpathSync(directory);
  } catch {
    return directory;
  }
}

function currentDirectory(): string {
  try {
    return process.cwd();
  } catch (error) {
    throw new OrchestratorError(
      "invalid_input",
      "The current directory does not exist any more.",
      "Change to a directory that does.",
      { cause: error },
    );
  }
}
