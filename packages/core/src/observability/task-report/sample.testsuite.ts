import { NO_OVERRIDES, NO_USAGE, type StoredEvent } from "../../domain/index.js";
import type { AgentRecord, CheckRecord, CostRow, StepRecord, TaskRecord, WorkspaceRecord } from "../../store/index.js";
import type { TaskReportInput } from "./input.js";

const START = Date.parse("2026-11-22T08:00:00.000Z");
/** A moment, in seconds after the task was created. */
export const at = (seconds: number): string => new Date(START + seconds * 1_000).toISOString();

const NOTHING_USED = { ...NO_USAGE, modelCalls: 0, incompleteCalls: 0, costUsd: null, unpricedCalls: 0 };
const USED = { ...NOTHING_USED, inputTokens: 1_200, outputTokens: 340, modelCalls: 3, costUsd: 0.0123 };

export function sampleTask(own: Partial<TaskRecord> = {}): TaskRecord {
  return {
    ...USED,
    taskId: "task_sample0001",
    prompt: "Fix the sum of invoices",
    workingDirectory: "/home/ada/shop",
    taskType: "bug_fix",
    executionMode: "dependencies",
    includeAnalyst: "auto",
    model: "sonnet",
    budgetUsd: null,
    rehearsal: false,
    status: "completed",
    complexity: "simple",
    complexityReasons: ["5 words"],
    planMode: "template",
    workflow: null,
    rationale: "",
    fallbackReason: null,
    skippedRoles: [],
    priority: 0,
    afterTaskId: null,
    followUpOf: null,
    forkOf: null,
    workspaceKind: "worktree",
    uncommitted: "bring",
    requireChecks: false,
    checkCommands: [],
    attention: null,
    held: null,
    applied: null,
    undoneAt: null,
    ownerId: "owner_a",
    createdAt: at(0),
    startedAt: at(1),
    endedAt: at(61),
    error: null,
    output: "The sum is right now.",
    census: { planned: 3, ran: 3, succeeded: 3, failed: 0, skipped: 0, cancelled: 0, retried: 0, rounds: 1, reused: 0 },
    warnings: [],
    cancelRequested: false,
    ...own,
  };
}

export function sampleStep(stepKey: string, own: Partial<StepRecord> = {}): StepRecord {
  return {
    taskId: "task_sample0001",
    stepKey,
    kind: "agent",
    role: "builder",
    instructions: "",
    dependsOn: [],
    writes: true,
    overrides: NO_OVERRIDES,
    round: 0,
    lane: null,
    fromTree: null,
    toTree: null,
    commit: null,
    reusedFrom: null,
    status: "succeeded",
    attempt: 1,
    ownerId: null,
    agentId: null,
    reason: "",
    error: null,
    handoff: { summary: `${stepKey} is done.` },
    startedAt: at(2),
    endedAt: at(10),
    ...own,
  };
}

export function sampleAgent(stepKey: string, own: Partial<AgentRecord> = {}): AgentRecord {
  return {
    ...USED,
    agentId: `agent_${stepKey.replace(/\W/g, "")}`,
    taskId: "task_sample0001",
    stepKey,
    name: stepKey,
    role: "builder",
    model: "sonnet",
    tools: [],
    systemPrompt: "",
    workingDirectory: "/w",
    logDirectory: null,
    rehearsal: false,
    settings: {
      ...{ writes: true, effort: null, fallbackModel: null, maxTurns: 10, timeoutMinutes: 5 },
      ...{ sandbox: false, maxTokens: null },
    },
    ownerId: null,
    status: "completed",
    sessionId: null,
    pid: null,
    guard: null,
    startMs: null,
    messages: 1,
    toolCalls: 7,
    retries: 0,
    activity: "",
    contextUsedTokens: 20_000,
    contextWindowTokens: 200_000,
    contextPercentage: 10,
    finding: null,
    error: null,
    createdAt: at(2),
    startedAt: at(2),
    endedAt: at(10),
    ...own,
  };
}

export function sampleCheck(stepKey: string, own: Partial<CheckRecord> = {}): CheckRecord {
  return {
    ...{ taskId: "task_sample0001", stepKey, endedAt: at(12), name: "test", command: "npm test" },
    ...{ outcome: "passed", exitCode: 0, durationMs: 1_500, logPath: `/logs/${stepKey}/test.log` },
    ...{ logHash: "ab".repeat(32), outputBytes: 900, counts: { passed: 4, failed: 0, skipped: 1 } },
    ...{ failedTests: [], passed: true, reason: "", tree: null },
    ...own,
  } as CheckRecord;
}

export function sampleWorkspace(own: Partial<WorkspaceRecord> = {}): WorkspaceRecord {
  return {
    ...{ taskId: "task_sample0001", kind: "worktree", lane: null, root: "/w", directory: "/w" },
    ...{ repository: "/home/ada/shop", branch: "orchestrator/task_sample0001", userCommit: "c0ffee" },
    ...{ startCommit: "5d0e8cf0", startTree: null, uncommittedFiles: 0, portBase: 4_000, host: "h", tip: "7076cbd3" },
    ...{ prepared: null, rescued: [], createdAt: at(1), removedAt: null },
    ...own,
  } as WorkspaceRecord;
}

export function sampleCost(key: string, own: Partial<CostRow> = {}): CostRow {
  return { ...USED, key, ...own };
}

let seq = 0;
export function sampleEvent(type: StoredEvent["type"], stepKey: string, seconds: number, data: object): StoredEvent {
  seq += 1;
  return {
    seq,
    time: at(seconds),
    version: 3,
    taskId: "task_sample0001",
    stepKey,
    agentId: null,
    type,
    data,
  } as StoredEvent;
}

/** A patch of one file with so many added lines. */
export function samplePatch(path: string, lines: readonly string[]): string {
  const head = `diff --git a/${path} b/${path}\nindex 1..2 100644\n--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-old\n`;
  return head + lines.map((line) => `+${line}\n`).join("");
}

const PATCH = samplePatch("src/sum.js", ["export const sum = (a, b) => a + b;"]);
const CHANGES = [{ path: "src/sum.js", kind: "modified" as const, previousPath: null, linesAdded: 1, linesRemoved: 1 }];

/** A completed task whose check failed at first, so that there was a further round; a reviewer found something. */
export function sampleInput(own: Partial<TaskReportInput> = {}): TaskReportInput {
  const handoff = { summary: "test failed.", verdict: "failed" };
  const review = {
    ...{ summary: "Good, but for a name.", verdict: "approved" },
    findings: [{ file: "src/sum.js", line: 12, severity: "minor", message: "The name says too little." }],
  };
  const steps = [
    sampleStep("builder", { fromTree: "t1", toTree: "t2" }),
    sampleStep("check-builder", { kind: "check", role: "check", dependsOn: ["builder"], handoff }),
    sampleStep("builder#2", { round: 1, dependsOn: ["check-builder"], attempt: 2, startedAt: at(14), endedAt: at(40) }),
    sampleStep("check-builder#2", {
      ...{ kind: "check", role: "check", round: 1, dependsOn: ["builder#2"] },
      ...{ handoff: { summary: "test passed.", verdict: "passed" }, startedAt: at(40), endedAt: at(44) },
    }),
    sampleStep("reviewer", { role: "reviewer", dependsOn: ["check-builder#2"], writes: false, handoff: review }),
  ];
  const failure = {
    logHash: "cd".repeat(32),
    outcome: "failed" as const,
    exitCode: 1,
    passed: false,
    failedTests: ["adds two"],
  };
  const log = { text: "not ok 1 - adds two\n", leftOutBytes: 0, state: "intact" as const };
  return {
    task: sampleTask(),
    ownerAlive: false,
    steps,
    agents: [sampleAgent("builder"), sampleAgent("builder#2"), sampleAgent("reviewer", { role: "reviewer" })],
    files: { consumed: ["src/invoice.js"], produced: CHANGES },
    checks: [
      sampleCheck("check-builder", { ...failure, reason: "it ended with the exit code 1" }),
      sampleCheck("check-builder#2"),
    ],
    workspaces: [sampleWorkspace()],
    digest: null,
    diff: { changes: CHANGES, patch: PATCH, problem: null },
    stepDiffs: new Map([["builder", { changes: CHANGES, patch: samplePatch("src/sum.js", ["half"]), problem: null }]]),
    logs: new Map([["cd".repeat(32), log]]),
    events: {
      ...{ read: 4, leftOut: 0, isComplete: true },
      events: [
        sampleEvent("step.waiting", "builder#2", 12, { reason: "the limit", cause: "limit" }),
        sampleEvent("step.started", "builder#2", 14, { attempt: 1, ownerId: "o" }),
        sampleEvent("step.attempt_failed", "builder#2", 20, {
          ...{ attempt: 1, error: { code: "agent_failed", message: "The turn ended early.", hint: "Try again." } },
        }),
        sampleEvent("step.started", "builder#2", 22, { attempt: 2, ownerId: "o" }),
        sampleEvent("step.ended", "builder#2", 40, { status: "succeeded", reason: "", error: null, handoff: null }),
      ],
    },
    costs: { role: [sampleCost("builder"), sampleCost("reviewer")], model: [sampleCost("claude-sonnet-5-5")] },
    versions: [{ name: "Orchestrator", version: "0.1.0" }],
    writtenAt: at(100),
    ...own,
  };
}
