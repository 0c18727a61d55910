import { type ErrorRecord, type EventData, type NewEvent, toErrorRecord } from "../../domain/index.js";
import type { Hold } from "../../limits/index.js";
import type { Ownership } from "../../ownership/index.js";
import type { StepRecord, Store, TaskRecord } from "../../store/index.js";
import type { StepContext, StepExecutor, StepExecutors, StepOutcome } from "../engine.js";
import type { GraphStepEnd } from "../graph-runner.js";
import { type StepEnding, toEndData } from "../task-verdict.js";
import { endWithoutRunning } from "./end-task.js";
import { toDiskFull } from "./full-disk.js";
import { reasonOf, TaskTakenOver } from "./reasons.js";
import type { TaskControl } from "./task-control.js";
import { tellHold } from "./tell-hold.js";
import type { WaitingRoom } from "./waiting-room.js";

export interface StepRunOptions {
  store: Store;
  executors: StepExecutors;
  ownership: Ownership;
  waitingRoom: WaitingRoom;
}

type StepEnd = GraphStepEnd<StepRecord>;

const WAITS: StepEnd = { status: "waiting", added: [], continuedBy: null };

/**
 * Takes one step from its claim to its recorded end. One that the fleet's hold interrupts is claimed again when that is
 * over, and goes on.
 *
 * @param step - as it stood when the graph came to it
 * @throws OrchestratorError when the store fails; TaskTakenOver when another process runs the task by now
 */
export async function runStep(
  options: StepRunOptions,
  task: TaskRecord,
  step: StepRecord,
  control: TaskControl,
): Promise<StepEnd> {
  const { store, executors, waitingRoom } = options;
  const executor = executors[step.kind];
  for (let record = step; ; record = (await readStep(store, step)) ?? record) {
    const attempt = await waitingRoom.claim(record, executor.scope, control);
    if (attempt === null && control.isSuspended) return WAITS;
    if (attempt === null) {
      await endWithoutRunning(options, step, "cancelled", reasonOf(control.signal).message);
      return { ...WAITS, status: "cancelled" };
    }
    try {
      const end = await new StepRun(options, task, record, control, attempt).toEnd(executor);
      if (end) return end;
    } finally {
      waitingRoom.wake();
    }
  }
}

async function readStep(store: Store, { taskId, stepKey }: StepRecord): Promise<StepRecord | undefined> {
  return (await store.listSteps(taskId)).find((each) => each.stepKey === stepKey);
}

/** One claim of a step, and what is made of it. */
class StepRun {
  readonly #options: StepRunOptions;
  readonly #task: TaskRecord;
  readonly #step: StepRecord;
  readonly #control: TaskControl;
  readonly #subject: { taskId: string; stepKey: string; agentId: null };
  #attempt: number;

  constructor(options: StepRunOptions, task: TaskRecord, step: StepRecord, control: TaskControl, attempt: number) {
    this.#options = options;
    this.#task = task;
    this.#step = step;
    this.#control = control;
    this.#attempt = attempt;
    this.#subject = { taskId: task.taskId, stepKey: step.stepKey, agentId: null };
  }

  /** @returns `null` when it is to be claimed again */
  async toEnd(executor: StepExecutor): Promise<StepEnd | null> {
    let failure: { error: unknown } | null = null;
    const outcome = await executor.run(await this.#context()).catch((error: unknown): StepOutcome => {
      failure = { error };
      return { status: "failed", error: toErrorRecord(error, "database_failed") };
    });
    const full = toDiskFull(outcome);
    if (full) throw full;
    // What had ended all the same is kept; everything else is begun again where it was.
    if (this.#control.isSuspended && outcome.status !== "succeeded") return WAITS;
    if (outcome.status === "held") return this.#hold(outcome.hold);
    if (outcome.status === "needs_attention") return this.#waitForPerson(outcome);
    const end = await this.#record(outcome);
    if (failure) throw (failure as { error: unknown }).error;
    return end;
  }

  async #context(): Promise<StepContext> {
    const { store, ownership } = this.#options;
    // A round may have taken the place of what it depended on when the run began.
    const now = await readStep(store, this.#step);
    return {
      task: this.#task,
      step: { ...this.#step, dependsOn: now?.dependsOn ?? this.#step.dependsOn },
      attempt: this.#attempt,
      ownerId: ownership.ownerId,
      signal: this.#control.signal,
      isSuspended: () => this.#control.isSuspended,
      attemptFailed: (error) => this.#failAttempt(error),
      record: (...events) => this.#append(events),
      stopTask: (reason) => this.#control.abort(reason),
    };
  }

  async #failAttempt(error: ErrorRecord): Promise<void> {
    const data = { attempt: this.#attempt, error };
    await this.#append([{ ...this.#subject, type: "step.attempt_failed", data }]);
    this.#attempt += 1;
  }

  /** Appends what is ours to tell; when the step is somebody else's by now, everything of it ends here. */
  async #append(events: readonly NewEvent[]): Promise<void> {
    const { taskId, stepKey } = this.#subject;
    const { ownerId } = this.#options.ownership;
    if (await this.#options.store.appendToStep(events, { taskId, stepKey, ownerId, attempt: this.#attempt })) return;
    throw this.#lose();
  }

  /** Everything of the task is left to whoever has it by now. */
  #lose(): TaskTakenOver {
    const reason = new TaskTakenOver(this.#task.taskId);
    this.#control.lose(reason);
    return reason;
  }

  /** The fleet is held: it waits with it. */
  async #hold(hold: Hold): Promise<null> {
    const data = { reason: hold.reason, cause: "held" as const };
    await this.#append([{ ...this.#subject, type: "step.waiting", data }]);
    await tellHold(this.#options, this.#task.taskId, this.#control, hold);
    return null;
  }

  async #waitForPerson({ reason, hint }: StepOutcome & { status: "needs_attention" }): Promise<StepEnd> {
    await this.#append([{ ...this.#subject, type: "step.waiting", data: { reason, cause: "attention" } }]);
    this.#control.attention = { reason, hint };
    return WAITS;
  }

  async #record(outcome: StepEnding): Promise<StepEnd> {
    const { store, ownership } = this.#options;
    const event = { ...this.#subject, type: "step.ended" as const, data: toEndData(outcome) };
    const extension = outcome.status === "succeeded" ? outcome.extension : undefined;
    const extended = extension && { ...this.#subject, type: "workflow.extended" as const, data: extension };
    if (!(await store.endStep(event, ownership.ownerId, this.#attempt, extended))) {
      this.#lose();
      return WAITS;
    }
    return { status: outcome.status, added: await this.#added(extension), continuedBy: extension?.continuedBy ?? null };
  }

  async #added(extension: EventData<"workflow.extended"> | undefined): Promise<StepRecord[]> {
    if (!extension) return [];
    const keys = extension.steps.map((step) => step.key);
    const steps = await this.#options.store.listSteps(this.#task.taskId);
    return steps.filter((step) => keys.includes(step.stepKey));
  }
}
