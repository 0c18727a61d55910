import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadConfig } from "../config/index.js";
import { type EventData, type NewEvent, NO_OVERRIDES, type PlannedStep } from "../domain/index.js";
import type { StepContext, StepExecutor, StepOutcome } from "../engine/index.js";
import { findGuard } from "../processes/index.js";
import { loadRoles } from "../roles/index.js";
import { openSqliteStore, type StepRecord, type Store, type TaskRecord } from "../store/index.js";
import { arrangeSteps } from "../workflows/index.js";
import { createCheckStepExecutor } from "./check-step.js";
import { createCommands } from "./commands.js";
import { createMergeStepExecutor } from "./merge-step.js";
import { createResourcePool, type ResourcePool } from "./resource-pool.js";
import type { RoundOptions } from "./rounds.js";
import type { StepWorkspace } from "./step-workspace.js";

const IDENTITY = ["-c", "user.name=Me", "-c", "user.email=me@example.com", "-c", "commit.gpgSign=false"];
const OWNER = "owner_1";

export interface StageOptions {
  /** Builders by what each depends on; merges and checks are added as for any task. */
  builders: Readonly<Record<string, readonly string[]>>;
  /** Commands that prove the work. */
  checks?: readonly string[];
  maxRounds?: number;
}

/**
 * A task in a real repository, with a real store, real worktrees and real checks. No model is asked: what an agent does
 * is a function of the test.
 */
export class StepStage {
  readonly base: string;
  readonly repository: string;
  readonly taskId = "task_a";
  readonly store: Store;
  readonly #pool: ResourcePool;
  readonly #executors: { check: StepExecutor; merge: StepExecutor };

  static async open(options: StageOptions): Promise<StepStage> {
    const base = realpathSync(mkdtempSync(join(tmpdir(), "orchestrator-steps-")));
    const store = await openSqliteStore({ path: join(base, "o.db") });
    const stage = new StepStage(base, store, options);
    await stage.#record(options);
    return stage;
  }

  private constructor(base: string, store: Store, { maxRounds = 2 }: StageOptions) {
    this.base = base;
    this.store = store;
    this.repository = join(base, "repository");
    const environment = { HOME: base, ORCHESTRATOR_HOME: join(base, "data"), PATH: process.env.PATH };
    const config = loadConfig({ flags: { maxRounds }, environment, workingDirectory: base });
    const { home, passEnvironment } = config;
    const guard = () => findGuard("auto");
    const commands = createCommands({ home, variables: environment, passEnvironment, ownerId: OWNER, guard });
    this.#pool = createResourcePool({ store, commands, configOf: () => config, variables: environment });
    const { roles } = loadRoles(base);
    const options: RoundOptions = { store, resources: this.#pool, rolesOf: () => roles };
    this.#executors = {
      check: createCheckStepExecutor({ ...options, commands }),
      merge: createMergeStepExecutor(options),
    };
  }

  async #record({ builders, checks = [] }: StageOptions): Promise<void> {
    this.write(this.repository, "shared.txt", "one\ntwo\nthree\n");
    this.write(this.repository, "script.sh", "#!/bin/sh\n");
    this.git(this.repository, "init", "--quiet", "--initial-branch=main");
    this.git(this.repository, "add", "--all");
    this.git(this.repository, "commit", "--quiet", "--message", "first");
    const agents = Object.entries(builders).map(
      ([key, dependsOn]): PlannedStep => ({
        key,
        kind: "agent",
        role: "builder",
        instructions: "",
        dependsOn: [...dependsOn],
        writes: true,
        overrides: NO_OVERRIDES,
        round: 0,
        lane: null,
      }),
    );
    const subject = { taskId: this.taskId, stepKey: null, agentId: null };
    const task: EventData<"task.created"> = {
      prompt: "Do it",
      workingDirectory: this.repository,
      taskType: "custom",
      executionMode: "parallel",
      includeAnalyst: "no",
      model: "sonnet",
      budgetUsd: null,
      rehearsal: false,
      priority: 0,
      afterTaskId: null,
      followUpOf: null,
      forkOf: null,
      ownerId: OWNER,
      workspaceKind: "worktree",
      uncommitted: "bring",
      requireChecks: false,
    };
    const plan: EventData<"workflow.planned"> = {
      planMode: "custom",
      workflow: null,
      complexity: "simple",
      reasons: [],
      steps: arrangeSteps(agents, { isolated: true, hasChecks: checks.length > 0, baseline: null }),
      checks: checks.map((command, position) => ({
        name: `check-${position}`,
        command,
        directory: "",
        timeoutMinutes: 1,
        source: "config",
        definition: null,
      })),
    };
    await this.store.append([
      { ...subject, type: "task.created", data: task },
      { ...subject, type: "workflow.planned", data: plan },
    ]);
  }

  git(cwd: string, ...args: string[]): string {
    return execFileSync("git", [...IDENTITY, ...args], { cwd, encoding: "utf8", stdio: "pipe" }).trim();
  }

  write(root: string, path: string, content: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }

  async task(): Promise<TaskRecord> {
    const task = await this.store.getTask(this.taskId);
    if (!task) throw new Error("The task is gone.");
    return task;
  }

  async step(stepKey: string): Promise<StepRecord> {
    const step = (await this.store.listSteps(this.taskId)).find((each) => each.stepKey === stepKey);
    if (!step) throw new Error(`There is no step ${stepKey}.`);
    return step;
  }

  async workspaceOf(stepKey: string): Promise<StepWorkspace> {
    const [task, step] = [await this.task(), await this.step(stepKey)];
    return this.#pool.of(task).workspaceOf(step, new AbortController().signal);
  }

  /** Plays the agent of a builder: its files are recorded as those of any agent. @returns its workspace */
  async build(stepKey: string, act: (root: string) => void): Promise<StepWorkspace> {
    const workspace = await this.workspaceOf(stepKey);
    await workspace.makeReady();
    const before = await workspace.trees.take();
    act(workspace.root);
    const context = { step: await this.step(stepKey), record: this.#append };
    await workspace.commit({ context, agentId: null, before, message: stepKey });
    await this.#start(stepKey);
    await this.#end(stepKey, { status: "succeeded", handoff: { summary: `${stepKey} is done.` } });
    return workspace;
  }

  /**
   * Runs a check or a merge.
   *
   * @param isRecorded - false: the process ends before anybody has recorded how the step ended
   */
  async run(stepKey: string, { isRecorded = true } = {}): Promise<StepOutcome> {
    const [task, step] = [await this.task(), await this.step(stepKey)];
    const executor = step.kind === "merge" ? this.#executors.merge : this.#executors.check;
    const context: StepContext = {
      task,
      step,
      attempt: 1,
      ownerId: OWNER,
      signal: new AbortController().signal,
      isSuspended: () => false,
      record: this.#append,
      attemptFailed: async () => {},
      stopTask: () => {},
    };
    const outcome = await executor.run(context);
    if (step.status === "pending") await this.#start(stepKey);
    if (isRecorded) await this.#end(stepKey, outcome);
    return outcome;
  }

  readonly #append = async (...events: NewEvent[]): Promise<void> => {
    await this.store.append(events);
  };

  async #start(stepKey: string): Promise<void> {
    const subject = { taskId: this.taskId, stepKey, agentId: null };
    await this.store.append([{ ...subject, type: "step.started", data: { attempt: 1, ownerId: OWNER } }]);
  }

  async #end(stepKey: string, outcome: StepOutcome): Promise<void> {
    if (outcome.status !== "succeeded" && outcome.status !== "failed") throw new Error(`It is ${outcome.status}.`);
    const subject = { taskId: this.taskId, stepKey, agentId: null };
    const error = outcome.status === "failed" ? outcome.error : null;
    const handoff = outcome.status === "succeeded" ? outcome.handoff : null;
    const data = { status: outcome.status, reason: "", error, handoff };
    await this.store.append([{ ...subject, type: "step.ended", data }]);
  }

  /** A file of a workspace; `null` when it is not there. */
  read({ root }: StepWorkspace, path: string): string | null {
    return existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : null;
  }

  async close(): Promise<void> {
    await this.#pool.letGo(await this.task(), true);
    await this.store.close();
    rmSync(this.base, { recursive: true, force: true });
  }
}
