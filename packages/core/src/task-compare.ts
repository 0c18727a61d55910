import {
  type FileChange,
  type Fork,
  OrchestratorError,
  type StepKind,
  type StepStatus,
  totalTokens,
} from "./domain/index.js";
import type { AgentRecord, CheckRecord, StepRecord, TaskRecord } from "./store/index.js";
import { type TaskDetails, toTaskResult } from "./task-details.js";

/** Something of two tasks; `null` where one of them has nothing of the kind. */
export interface Pair<T> {
  left: T | null;
  right: T | null;
}

/** One of the two tasks, as a whole. */
export interface ComparedTask
  extends Pick<
    TaskRecord,
    "taskId" | "status" | "prompt" | "taskType" | "model" | "rehearsal" | "error" | "census" | "costUsd" | "modelCalls"
  > {
  verified: boolean;
  forkOf: Fork | null;
  tokens: number;
  /** Agents that have worked for it. */
  agents: number;
  durationMs: number;
  /** What its branch stands at; `null` where it has none. */
  commit: string | null;
}

/** What a step came to in one of the tasks. */
export interface ComparedStep {
  kind: StepKind;
  role: string;
  status: StepStatus;
  /** What a check or a review found; `null` for any other step. */
  verdict: string | null;
  /** The task in which it ran, where its result was reused; its figures are counted there. */
  reusedFrom: string | null;
  attempts: number;
  /** Of its last agent; `null` where no agent has worked on it. */
  model: string | null;
  tokens: number;
  modelCalls: number;
  costUsd: number | null;
  /** `null` where it has not begun. */
  durationMs: number | null;
}

/** The last run of a check after a step. */
export type ComparedCheck = Pick<CheckRecord, "command" | "passed" | "outcome" | "exitCode" | "counts" | "durationMs">;

/** Two tasks side by side. */
export interface TaskComparison {
  left: ComparedTask;
  right: ComparedTask;
  /** By key, in the order of the left one; those of the right alone come last. */
  steps: (Pair<ComparedStep> & { stepKey: string })[];
  checks: (Pair<ComparedCheck> & { stepKey: string; name: string })[];
  /** What each changed, from its beginning to its end, by path. */
  files: (Pair<FileChange> & { path: string })[];
}

/**
 * Sets two tasks side by side: steps, checks, files, cost and time.
 *
 * @throws OrchestratorError `invalid_input` when both are the same
 */
export function compareTasks(left: TaskDetails, right: TaskDetails): TaskComparison {
  if (left.taskId === right.taskId) {
    throw new OrchestratorError(
      "invalid_input",
      `The task ${left.taskId} was given twice, and there is nothing to compare it with.`,
      "Name two tasks: orchestrator list-tasks",
    );
  }
  const [leftSteps, rightSteps] = [stepsOf(left), stepsOf(right)];
  const [leftChecks, rightChecks] = [checksOf(left), checksOf(right)];
  const byPath = (task: TaskDetails) => new Map(task.files.produced.map((file) => [file.path, file]));
  const [leftFiles, rightFiles] = [byPath(left), byPath(right)];
  return {
    left: describeTask(left),
    right: describeTask(right),
    steps: join(leftSteps, rightSteps).map(([stepKey, pair]) => ({ stepKey, ...pair })),
    checks: join(leftChecks, rightChecks).map(([key, pair]) => ({ ...nameOf(key), ...pair })),
    files: join(leftFiles, rightFiles)
      .map(([path, pair]) => ({ path, ...pair }))
      .sort((one, other) => one.path.localeCompare(other.path)),
  };
}

function join<T>(left: ReadonlyMap<string, T>, right: ReadonlyMap<string, T>): [string, Pair<T>][] {
  const keys = new Set([...left.keys(), ...right.keys()]);
  return [...keys].map((key) => [key, { left: left.get(key) ?? null, right: right.get(key) ?? null }]);
}

function describeTask(task: TaskDetails): ComparedTask {
  const { taskId, status, prompt, taskType, model, rehearsal, error, census, costUsd, modelCalls, forkOf } = task;
  const { verified, metrics } = toTaskResult(task);
  return {
    ...{ taskId, status, verified, prompt, taskType, model, rehearsal, forkOf, error, census },
    ...{ costUsd, tokens: metrics.totalTokens, modelCalls, agents: metrics.agents, durationMs: metrics.durationMs },
    commit: task.workspaces.find((each) => each.lane === null)?.tip ?? null,
  };
}

function stepsOf({ steps, agents }: TaskDetails): Map<string, ComparedStep> {
  return new Map(
    steps.map((step) => [
      step.stepKey,
      describeStep(
        step,
        agents.filter((agent) => agent.stepKey === step.stepKey),
      ),
    ]),
  );
}

function describeStep(step: StepRecord, agents: readonly AgentRecord[]): ComparedStep {
  const { kind, role, status, reusedFrom, attempt, startedAt, endedAt, handoff } = step;
  const priced = agents.flatMap((agent) => agent.costUsd ?? []);
  return {
    ...{ kind, role, status },
    verdict: typeof handoff?.verdict === "string" ? handoff.verdict : null,
    reusedFrom,
    attempts: attempt,
    model: agents.at(-1)?.model ?? null,
    tokens: agents.reduce((sum, agent) => sum + totalTokens(agent), 0),
    modelCalls: agents.reduce((sum, agent) => sum + agent.modelCalls, 0),
    costUsd: agents.length > 0 && priced.length === 0 ? null : priced.reduce((sum, cost) => sum + cost, 0),
    durationMs:
      startedAt === null ? null : (endedAt === null ? Date.now() : Date.parse(endedAt)) - Date.parse(startedAt),
  };
}

/** No key of a step holds a space. */
const keyOf = ({ stepKey, name }: CheckRecord) => `${stepKey} ${name}`;

function nameOf(key: string): { stepKey: string; name: string } {
  const at = key.indexOf(" ");
  return { stepKey: key.slice(0, at), name: key.slice(at + 1) };
}

/** Those after the work; how it stood before is the same for both, as a rule, and proves nothing. */
function checksOf({ checks, steps }: TaskDetails): Map<string, ComparedCheck> {
  const isAfter = ({ stepKey }: CheckRecord) => steps.some((step) => step.stepKey === stepKey && step.kind === "check");
  return new Map(
    checks.filter(isAfter).map((check) => {
      const { command, passed, outcome, exitCode, counts, durationMs } = check;
      return [keyOf(check), { command, passed, outcome, exitCode, counts, durationMs }];
    }),
  );
}
