import type { Config } from "../config/index.js";
import { OrchestratorError } from "../domain/index.js";
import type { StepRecord, Store, TaskRecord } from "../store/index.js";
import type { Commands } from "./commands.js";
import { openWorkspace } from "./open-workspace.js";
import type { StepAgent } from "./step-agent.js";
import type { StepWorkspace } from "./step-workspace.js";

/** What is held for a task while its steps run. */
export interface TaskResources {
  /** The workspace of a step, made when it is first needed. @throws OrchestratorError `workspace_failed`, `setup_failed` */
  workspaceOf(step: StepRecord, signal: AbortSignal): Promise<StepWorkspace>;
  /** The same, when it is there already. */
  openWorkspaceOf(step: StepRecord): StepWorkspace | null;
  /** Every workspace that has been opened. */
  workspaces(): StepWorkspace[];
  /** Agents whose process was started ahead of their step, by step key. */
  prepared: Map<string, StepAgent>;
  /** Steps that have begun: no agent need be made ready for them any more. */
  begun: Set<string>;
  /** Resolves when the agent of a step has its first answer, or the step has ended: starting has cost what it costs. */
  settledIn(stepKey: string): Promise<void>;
  /** Says so. */
  settle(stepKey: string): void;
  /** Agents that are being ended in the background. */
  ending: Set<Promise<void>>;
  /** Tells the user of something odd, once. */
  warn(message: string): void;
}

export interface ResourceOptions {
  store: Store;
  /** The settings of the task's own directory. */
  config: Config;
  commands: Commands;
}

/**
 * Sets up what the steps of a task share.
 *
 * @param task - the task
 * @param options - the store, where warnings go too, the task's settings, and how commands are run
 */
export function createTaskResources(task: TaskRecord, options: ResourceOptions): TaskResources {
  const { store, config, commands } = options;
  const warned = new Set<string>();
  const warn = (message: string) => {
    if (warned.has(message)) return;
    warned.add(message);
    const subject = { taskId: task.taskId, stepKey: null, agentId: null };
    // A store that fails here fails the step's own next write, which reports it.
    store.append([{ ...subject, type: "task.warned", data: { message } }]).catch(() => {});
  };
  const { sharedFolders, setup, copyFiles, linkFiles, commitAuthor: author, home } = config;
  const opening = { store, home, author, commands, setup, copyFiles, linkFiles, sharedFolders, warn };
  const opened = new Map<string | null, StepWorkspace>();
  const workspaces = new Map<string | null, Promise<StepWorkspace>>();
  let last: Promise<unknown> = Promise.resolve();

  /** One after another, the task's own first: the others begin with what it holds. */
  const open = (lane: string | null, signal: AbortSignal): Promise<StepWorkspace> => {
    const known = workspaces.get(lane);
    if (known) return known;
    const made = last
      .then(() => openWorkspace(task, lane, { ...opening, signal }))
      .catch((error: unknown) => {
        throw OrchestratorError.is(error) || signal.aborted ? error : cannotOpen(task, error);
      });
    last = made.catch(() => {});
    workspaces.set(lane, made);
    made.then(
      (workspace) => opened.set(lane, workspace),
      // Whoever waits for it gets the error.
      () => {},
    );
    return made;
  };
  const laneOf = (step: StepRecord) => (task.workspaceKind === "in_place" ? null : step.lane);

  const settled = new Map<string, { promise: Promise<void>; resolve: () => void }>();
  const settlementOf = (stepKey: string) => {
    const known = settled.get(stepKey);
    if (known) return known;
    let resolve = () => {};
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    const settlement = { promise, resolve };
    settled.set(stepKey, settlement);
    return settlement;
  };
  return {
    async workspaceOf(step, signal) {
      const main = await open(null, signal);
      const lane = laneOf(step);
      return lane === null ? main : open(lane, signal);
    },
    openWorkspaceOf: (step) => opened.get(laneOf(step)) ?? null,
    workspaces: () => [...opened.values()],
    prepared: new Map(),
    begun: new Set(),
    settledIn: (stepKey) => settlementOf(stepKey).promise,
    settle: (stepKey) => settlementOf(stepKey).resolve(),
    ending: new Set(),
    warn,
  };
}

function cannotOpen({ workingDirectory }: TaskRecord, error: unknown): OrchestratorError {
  return new OrchestratorError(
    "workspace_failed",
    `No workspace could be made for ${workingDirectory}: ${(error as Error).message}.`,
    "Mend what it says, or work in the directory itself: --in-place.",
    { cause: error },
  );
}
