import { type ErrorRecord, type FileChange, totalTokens } from "./domain/index.js";
import type {
  AgentRecord,
  CheckRecord,
  FileRecord,
  StepRecord,
  Store,
  TaskRecord,
  WorkspaceRecord,
} from "./store/index.js";

/** Whether somebody is at work on it. */
export interface Liveness {
  /** False when no living process runs it: beside a status such as running, its process is gone. */
  ownerAlive: boolean;
}

export type TaskSummary = TaskRecord & Liveness;
/** An agent: its Core Four (context, model, prompt, tools), what it does and what it has used. */
export type AgentDetails = AgentRecord & Liveness;

/** A task with everything that belongs to it: what the library returns and `task-details --json` prints. */
export interface TaskDetails extends TaskRecord, Liveness {
  steps: StepRecord[];
  agents: AgentRecord[];
  files: { consumed: string[]; produced: FileChange[] };
  /** Every run of a check, the evidence. */
  checks: CheckRecord[];
  /** Where its agents worked: the task's own first. */
  workspaces: WorkspaceRecord[];
  /** Why it failed, in short; `null` for a task that did not fail. */
  digest: TaskDigest | null;
}

/** Where to begin looking when a task has failed. */
export interface TaskDigest {
  /** The first step that failed; `null` when none did. */
  stepKey: string | null;
  cause: ErrorRecord;
  /** The agent that worked on that step last. */
  agentId: string | null;
  /** Its last tool call. */
  lastTool: { name: string; input: string } | null;
  /** The last line that it said. */
  logLine: string | null;
}

/** A finished task, as `execute` returns it. */
export interface TaskResult extends TaskDetails {
  /** True when every step succeeded, and no check that was run says otherwise. */
  success: boolean;
  /** True when checks that the orchestrator ran itself have proven it. */
  verified: boolean;
  metrics: {
    totalCostUsd: number | null;
    totalTokens: number;
    modelCalls: number;
    agents: number;
    durationMs: number;
  };
}

/**
 * Reads a task with its steps, agents, files and totals.
 *
 * @param store - the store
 * @param task - the task
 * @param ownerAlive - whether a process runs it
 */
export async function readTaskDetails(store: Store, task: TaskRecord, ownerAlive: boolean): Promise<TaskDetails> {
  const { taskId } = task;
  const [steps, agents, files, checks, workspaces] = await Promise.all([
    store.listSteps(taskId),
    store.listAgents({ taskId }),
    store.listFiles(taskId),
    store.listChecks(taskId),
    store.listWorkspaces({ taskId }),
  ]);
  const digest = await readDigest(store, task, steps, agents);
  return { ...task, ownerAlive, steps, agents, files: summarizeFiles(files), checks, workspaces, digest };
}

/** So many of an agent's last events are looked through. */
const DIGEST_EVENTS = 100;

async function readDigest(
  store: Store,
  { status, error }: TaskRecord,
  steps: readonly StepRecord[],
  agents: readonly AgentRecord[],
): Promise<TaskDigest | null> {
  if (status !== "failed" || !error) return null;
  const failed = steps
    .filter((step) => step.status === "failed")
    .sort((a, b) => (a.endedAt ?? "").localeCompare(b.endedAt ?? ""))[0];
  const agentId = agents.filter((agent) => failed && agent.stepKey === failed.stepKey).at(-1)?.agentId ?? null;
  const events = agentId ? await store.readEvents({ agentId, newestFirst: true, limit: DIGEST_EVENTS }) : [];
  const tool = events.find((event) => event.type === "tool.started");
  const said = events.find((event) => event.type === "agent.output");
  return {
    stepKey: failed?.stepKey ?? null,
    cause: failed?.error ?? error,
    agentId,
    lastTool: tool ? { name: tool.data.name, input: tool.data.input } : null,
    logLine: said?.data.text.trim().split("\n").at(-1) ?? null,
  };
}

/** Adds what only a finished task has. */
export function toTaskResult(details: TaskDetails): TaskResult {
  const started = Date.parse(details.startedAt ?? details.createdAt);
  return {
    ...details,
    success: details.status === "completed" || details.status === "unverified",
    verified: details.status === "completed",
    metrics: {
      totalCostUsd: details.costUsd,
      totalTokens: totalTokens(details),
      modelCalls: details.modelCalls,
      agents: details.agents.length,
      durationMs: (details.endedAt === null ? Date.now() : Date.parse(details.endedAt)) - started,
    },
  };
}

/** What the steps of a task read, and what it changed: as its end tells it, or, until then, its steps taken together. */
function summarizeFiles(files: readonly FileRecord[]): TaskDetails["files"] {
  const consumed = new Set(files.filter((file) => file.use === "consumed").map((file) => file.path));
  const produced = new Map<string, FileChange>();
  const whole = files.filter((file) => file.use === "produced" && file.stepKey === null);
  for (const file of whole.length > 0 ? whole : files) {
    if (file.use !== "produced" || !file.kind) continue;
    const { path, kind, previousPath, linesAdded, linesRemoved } = file;
    const earlier = produced.get(previousPath ?? path);
    const change: FileChange = { path, kind, previousPath, linesAdded, linesRemoved };
    if (previousPath) produced.delete(previousPath);
    const combined = earlier ? combine(earlier, change) : change;
    if (combined) produced.set(path, combined);
    else produced.delete(path);
  }
  return {
    consumed: [...consumed].sort(),
    produced: [...produced.values()].sort((a, b) => a.path.localeCompare(b.path)),
  };
}

/** Two changes of one file as one; `null` when nothing is left of them. */
function combine(first: FileChange, second: FileChange): FileChange | null {
  if (first.kind === "created" && second.kind === "deleted") return null;
  const sum = (a: number | null, b: number | null) => (a === null || b === null ? null : a + b);
  return {
    path: second.path,
    kind:
      first.kind === "created"
        ? "created"
        : first.kind === "deleted" && second.kind === "created"
          ? "modified"
          : second.kind,
    previousPath: first.kind === "created" ? null : (first.previousPath ?? second.previousPath),
    linesAdded: sum(first.linesAdded, second.linesAdded),
    linesRemoved: sum(first.linesRemoved, second.linesRemoved),
  };
}
