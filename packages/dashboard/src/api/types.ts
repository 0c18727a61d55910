/** The shapes that the server's API answers with. */

export type Role = "viewer" | "operator" | "admin";
export type TaskStatus =
  | "queued"
  | "running"
  | "paused"
  | "held"
  | "needs_attention"
  | "completed"
  | "unverified"
  | "failed"
  | "cancelled";
export type StepStatus = "pending" | "waiting" | "running" | "succeeded" | "failed" | "skipped" | "cancelled";
export type AgentStatus = "created" | "running" | "waiting" | "completed" | "failed" | "deleted";
export type StepKind = "agent" | "plan" | "baseline" | "check" | "merge" | "conflict";
export type HoldCause = "usage_limit" | "overload" | "unreachable";

export interface ErrorRecord {
  code: string;
  message: string;
  hint: string;
}

export interface UsageTotals {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  cacheWriteOneHourTokens: number;
  webSearches: number;
  modelCalls: number;
  incompleteCalls: number;
  costUsd: number | null;
  unpricedCalls: number;
}

export interface Session {
  name: string;
  role: Role;
  version: string;
  databaseId: string;
  rehearsal: boolean;
  defaultModel: string;
  directories: string[];
  time: string;
}

export interface Census {
  planned: number;
  ran: number;
  succeeded: number;
  failed: number;
  skipped: number;
  cancelled: number;
  retried: number;
  rounds: number;
  reused: number;
}

export interface TaskItem extends UsageTotals {
  taskId: string;
  prompt: string;
  workingDirectory: string;
  taskType: string;
  executionMode: string;
  model: string;
  budgetUsd: number | null;
  rehearsal: boolean;
  status: TaskStatus;
  complexity: string | null;
  planMode: string | null;
  workflow: string | null;
  priority: number;
  afterTaskId: string | null;
  followUpOf: string | null;
  forkOf: { taskId: string; stepKey: string } | null;
  workspaceKind: "worktree" | "in_place";
  held: { cause: HoldCause; reason: string; until: string } | null;
  attention: { reason: string; hint: string } | null;
  applied: { mode: string; from: string | null; commit: string | null; time: string } | null;
  undoneAt: string | null;
  ownerAlive: boolean;
  createdAt: string;
  startedAt: string | null;
  endedAt: string | null;
  error: ErrorRecord | null;
  census: Census | null;
  cancelRequested: boolean;
}

export interface StepItem {
  stepKey: string;
  kind: StepKind;
  role: string;
  dependsOn: string[];
  status: StepStatus;
  attempt: number;
  round: number;
  agentId: string | null;
  reason: string;
  startedAt: string | null;
  endedAt: string | null;
}

export interface StepRecord extends StepItem {
  instructions: string;
  writes: boolean;
  lane: string | null;
  commit: string | null;
  reusedFrom: string | null;
  error: ErrorRecord | null;
  handoff: Record<string, unknown> | null;
}

export interface AgentItem extends UsageTotals {
  agentId: string;
  taskId: string | null;
  stepKey: string | null;
  name: string;
  role: string;
  model: string;
  workingDirectory: string;
  logDirectory: string | null;
  rehearsal: boolean;
  status: AgentStatus;
  messages: number;
  toolCalls: number;
  retries: number;
  activity: string;
  contextUsedTokens: number | null;
  contextWindowTokens: number | null;
  contextPercentage: number | null;
  finding: "silent" | "looping" | "no_progress" | null;
  error: ErrorRecord | null;
  createdAt: string;
  startedAt: string | null;
  endedAt: string | null;
  ownerAlive: boolean;
}

export interface AgentDetails extends AgentItem {
  systemPrompt: string;
  tools: string[];
}

export interface FileChange {
  path: string;
  kind: "created" | "modified" | "deleted" | "renamed";
  previousPath: string | null;
  linesAdded: number | null;
  linesRemoved: number | null;
}

export interface CheckRecord {
  stepKey: string;
  name: string;
  command: string;
  outcome: "passed" | "failed" | "timed_out" | "not_found";
  exitCode: number | null;
  durationMs: number;
  outputBytes: number;
  counts: { passed: number; failed: number; skipped: number } | null;
  failedTests: string[];
  passed: boolean;
  reason: string;
  endedAt: string;
}

export interface WorkspaceRecord {
  kind: "worktree" | "in_place";
  lane: string | null;
  directory: string;
  branch: string | null;
  tip: string | null;
}

export interface TaskDetails extends TaskItem {
  complexityReasons: string[];
  rationale: string;
  fallbackReason: string | null;
  output: string;
  warnings: string[];
  skippedRoles: { role: string; reason: string }[];
  steps: StepRecord[];
  agents: AgentItem[];
  files: { consumed: string[]; produced: FileChange[] };
  checks: CheckRecord[];
  workspaces: WorkspaceRecord[];
  digest: {
    stepKey: string | null;
    cause: ErrorRecord;
    agentId: string | null;
    lastTool: { name: string; input: string } | null;
    logLine: string | null;
  } | null;
}

export interface FleetHold {
  cause: HoldCause;
  reason: string;
  strikes: number;
  canary: string | null;
  since: string;
  until: string;
  isOurs: boolean;
}

export type RunningTask = TaskItem & { steps: StepItem[] };

export interface Fleet {
  seq: number;
  time: string;
  tasks: { total: number; byStatus: Partial<Record<TaskStatus, number>> };
  agents: { total: number; byStatus: Partial<Record<AgentStatus, number>>; byRole: Partial<Record<string, number>> };
  totals: UsageTotals;
  today: UsageTotals;
  files: { consumed: number; produced: number };
  holds: FleetHold[];
  maxParallelAgents: number;
  running: RunningTask[];
  living: AgentItem[];
}

export interface TimingSpan {
  kind: "step" | "waiting" | "attempt" | "tool" | "model_call" | "check";
  stepKey: string | null;
  agentId: string | null;
  name: string;
  startedAt: string;
  endedAt: string | null;
  detail: string | null;
}

/** One event of the log. `data` is narrowed by the readers in `api/events.ts`. */
export interface OrchestratorEvent {
  seq: number;
  time: string;
  version: number;
  type: string;
  taskId: string | null;
  stepKey: string | null;
  agentId: string | null;
  data: Record<string, unknown>;
}

export interface ToolCall {
  name: string;
  input: unknown;
  result: string;
  isError: boolean;
  durationMs: number | null;
  totalCharacters: number;
}

export interface ApplyResult {
  mode: string;
  from: string | null;
  commit: string | null;
  repository: string;
}
