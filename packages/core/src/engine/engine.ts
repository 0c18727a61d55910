import type { ErrorRecord, EventData, NewEvent, OrchestratorError, StepKind } from "../domain/index.js";
import type { Hold } from "../limits/index.js";
import type { StepRecord, TaskRecord } from "../store/index.js";

/** Runs the steps of tasks that are in the store. */
export interface Engine {
  /**
   * Runs a task in this process that is queued or needed attention. Idempotent by id: a task that runs, here or
   * elsewhere, is left alone.
   */
  start(taskId: string): Promise<void>;
  /** Resolves when a task that runs here has ended; rejects when the store failed it. */
  wait(taskId: string): Promise<void>;
  /** Asks whoever runs the task to start nothing new; with `interrupt` also to stop what runs, until it is resumed. */
  pause(taskId: string, options: { interrupt: boolean; reason: string }): Promise<void>;
  /** Asks whoever runs the task to go on; one that nobody runs any more goes on here. */
  resume(taskId: string): Promise<void>;
  /** Leaves a task that runs here as it is, to be gone on with by whoever resumes it. */
  suspend(taskId: string): Promise<void>;
  /** Asks whoever runs the task to end every running step of it. */
  cancel(taskId: string, reason: string): Promise<void>;
  /** Begins to host steps in this process. */
  run(): Promise<void>;
  /** Cancels what runs here and resolves when nothing of it is left. */
  stop(): Promise<void>;
}

/** What the engine gives to whoever runs a step. */
export interface StepContext {
  task: TaskRecord;
  step: StepRecord;
  /** 1 for the first; counts across processes. */
  attempt: number;
  ownerId: string;
  /** Whether the step is to be left as it is, to be gone on with later: nothing of its end is recorded. */
  isSuspended(): boolean;
  /** Aborted when the step must end; `signal.reason` is an OrchestratorError. */
  signal: AbortSignal;
  /**
   * Records what cannot be taken back, while the step is still ours: this process may have been stopped, and another may
   * have taken the step over meanwhile. No events ask only whether it is.
   *
   * @throws OrchestratorError when it is not: then nothing is written, and everything of the task is left as it is
   */
  record(...events: NewEvent[]): Promise<void>;
  /** Records that an attempt failed and another begins. Throws as `record`. */
  attemptFailed(error: ErrorRecord): Promise<void>;
  /** Ends the whole task: its budget is spent, for example. */
  stopTask(reason: OrchestratorError): void;
}

export type StepOutcome =
  /** `extension`: the steps that the graph gains by it. */
  | { status: "succeeded"; handoff: Record<string, unknown>; extension?: EventData<"workflow.extended"> }
  | { status: "failed"; error: ErrorRecord }
  /** A person has to do something; the step is run again when the task is resumed. */
  | { status: "needs_attention"; reason: string; hint: string }
  /** The fleet waits for a limit or an outage; the step is gone on with when it is over. */
  | { status: "held"; hold: Hold }
  | { status: "cancelled"; reason: string };

/** Runs one kind of step. The engine knows executors by their kind and nothing of what they do. */
export interface StepExecutor {
  /** How it reaches the models, so that it is held when that is; absent where it calls none. */
  readonly scope?: string | undefined;
  /** Runs the step to its end; rejects only when the store does. */
  run(context: StepContext): Promise<StepOutcome>;
  /** The step will probably run next: whatever takes long may be made ready. */
  prepare(task: TaskRecord, step: StepRecord): void;
  /**
   * Lets go of everything that was held for a task.
   *
   * @param isSuspended - true when it is to be gone on with: agents and workspaces are kept for that
   */
  finish(task: TaskRecord, isSuspended: boolean): Promise<void>;
}

export type StepExecutors = Readonly<Record<StepKind, StepExecutor>>;
