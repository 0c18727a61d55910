import type { CheckRecord, StepRecord, TaskDetails, WorkspaceRecord } from "@claude-orchestrator/core";

const USAGE = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  cacheWriteOneHourTokens: 0,
  webSearches: 0,
  modelCalls: 0,
  incompleteCalls: 0,
  costUsd: 0,
  unpricedCalls: 0,
};
const TIME = "2026-11-22T10:00:00.000Z";

/** A step that has succeeded, with whatever differs. */
export function sampleStep(more: Partial<StepRecord> & Pick<StepRecord, "stepKey">): StepRecord {
  return {
    taskId: "task_a",
    kind: "agent",
    role: "builder",
    instructions: "",
    dependsOn: [],
    writes: true,
    overrides: {
      systemPrompt: null,
      model: null,
      tools: null,
      maxTokens: null,
      maxTurns: null,
      timeoutMinutes: null,
    },
    round: 0,
    lane: null,
    fromTree: null,
    toTree: null,
    commit: null,
    status: "succeeded",
    attempt: 1,
    ownerId: null,
    agentId: null,
    reason: "",
    error: null,
    handoff: null,
    startedAt: TIME,
    endedAt: TIME,
    ...more,
  };
}

/** A check that has passed, with whatever differs. */
export function sampleCheck(more: Partial<CheckRecord> & Pick<CheckRecord, "stepKey">): CheckRecord {
  return {
    taskId: "task_a",
    name: "test",
    command: "npm test",
    outcome: "passed",
    exitCode: 0,
    durationMs: 1_500,
    logPath: "/logs/test.log",
    logHash: "0".repeat(64),
    outputBytes: 10,
    counts: { passed: 5, failed: 0, skipped: 0 },
    failedTests: [],
    passed: true,
    reason: "",
    tree: null,
    endedAt: TIME,
    ...more,
  };
}

/** The worktree of a task that has made a commit, with whatever differs. */
export function sampleWorkspace(more: Partial<WorkspaceRecord> = {}): WorkspaceRecord {
  return {
    taskId: "task_a",
    kind: "worktree",
    lane: null,
    root: "/data/workspaces/task_a/app",
    directory: "/data/workspaces/task_a/app",
    repository: "/app",
    branch: "orchestrator/task_a",
    userCommit: "a".repeat(40),
    startCommit: "a".repeat(40),
    startTree: null,
    uncommittedFiles: 0,
    portBase: 20_000,
    host: "here",
    tip: "b".repeat(40),
    prepared: null,
    rescued: [],
    createdAt: TIME,
    removedAt: TIME,
    ...more,
  };
}

/** A task that has ended, with whatever differs. */
export function sampleTask(more: Partial<TaskDetails> = {}): TaskDetails {
  return {
    ...USAGE,
    taskId: "task_a",
    prompt: "Mend it",
    workingDirectory: "/app",
    taskType: "bug_fix",
    executionMode: "sequential",
    includeAnalyst: "auto",
    model: "sonnet",
    budgetUsd: null,
    rehearsal: false,
    status: "completed",
    complexity: "simple",
    complexityReasons: [],
    planMode: "template",
    workflow: null,
    rationale: "",
    fallbackReason: null,
    skippedRoles: [],
    priority: 0,
    afterTaskId: null,
    followUpOf: null,
    workspaceKind: "worktree",
    uncommitted: "bring",
    requireChecks: false,
    checkCommands: [],
    attention: null,
    held: null,
    applied: null,
    undoneAt: null,
    ownerId: null,
    ownerAlive: false,
    createdAt: TIME,
    startedAt: TIME,
    endedAt: TIME,
    error: null,
    output: "",
    census: {
      planned: 2,
      ran: 2,
      succeeded: 2,
      failed: 0,
      skipped: 0,
      cancelled: 0,
      retried: 0,
      rounds: 0,
    },
    warnings: [],
    cancelRequested: false,
    steps: [],
    agents: [],
    files: { consumed: [], produced: [] },
    checks: [],
    workspaces: [sampleWorkspace()],
    digest: null,
    ...more,
  };
}
