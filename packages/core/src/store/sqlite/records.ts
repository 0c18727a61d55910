import { NO_OVERRIDES, type StoredEvent } from "../../domain/index.js";
import type { OwnerRecord } from "../claims.js";
import type {
  AgentRecord,
  CheckRecord,
  FileRecord,
  LedgerRow,
  MessageRecord,
  StepRecord,
  TaskRecord,
  UsageTotals,
  WorkspaceRecord,
} from "../derived-records.js";
import type { SqlRow } from "./database.js";
import { SETTINGS_OF_VERSION_1, upcast } from "./upcast.js";

/** Rows of the database as the records of the Store interface. What is read here was checked when it was written. */

function parsed<T>(value: unknown): T {
  return (typeof value === "string" ? JSON.parse(value) : null) as T;
}

export function toEvent(row: SqlRow): StoredEvent {
  return upcast({
    seq: row.seq,
    time: row.time,
    version: row.version,
    type: row.type,
    taskId: row.task_id,
    stepKey: row.step_key,
    agentId: row.agent_id,
    data: parsed(row.data),
  } as unknown as StoredEvent);
}

export function toTask(row: SqlRow): TaskRecord {
  return {
    taskId: row.task_id,
    prompt: row.prompt,
    workingDirectory: row.working_directory,
    taskType: row.task_type,
    executionMode: row.execution_mode,
    includeAnalyst: row.include_analyst,
    model: row.model,
    budgetUsd: row.budget_usd,
    rehearsal: row.rehearsal === 1,
    status: row.status,
    complexity: row.complexity,
    complexityReasons: parsed(row.complexity_reasons),
    planMode: row.plan_mode,
    workflow: row.workflow,
    rationale: row.rationale,
    fallbackReason: row.fallback_reason,
    skippedRoles: parsed(row.skipped_roles),
    priority: row.priority,
    afterTaskId: row.after_task_id,
    followUpOf: row.follow_up_of,
    forkOf: parsed(row.fork_of),
    workspaceKind: row.workspace_kind,
    uncommitted: row.uncommitted,
    requireChecks: row.require_checks === 1,
    checkCommands: parsed(row.checks),
    attention: parsed(row.attention),
    held: parsed(row.held),
    applied: parsed(row.applied),
    undoneAt: row.undone_at,
    ownerId: row.owner_id,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    error: parsed(row.error),
    output: row.output,
    census: parsed(row.census),
    warnings: parsed(row.warnings),
    cancelRequested: row.cancel_requested === 1,
    ...toTotals(row),
  } as TaskRecord;
}

export function toStep(row: SqlRow): StepRecord {
  return {
    taskId: row.task_id,
    stepKey: row.key,
    kind: row.kind,
    role: row.role,
    instructions: row.instructions,
    dependsOn: parsed(row.depends_on),
    writes: row.writes === 1,
    overrides: parsed(row.overrides) ?? NO_OVERRIDES,
    round: row.round,
    lane: row.lane,
    fromTree: row.from_tree,
    toTree: row.to_tree,
    commit: row.commit_id,
    reusedFrom: row.reused_from,
    status: row.status,
    attempt: row.attempt,
    ownerId: row.owner_id,
    agentId: row.agent_id,
    reason: row.reason,
    error: parsed(row.error),
    handoff: parsed(row.handoff),
    startedAt: row.started_at,
    endedAt: row.ended_at,
  } as StepRecord;
}

/** The sums that `toTotals` reads, for a query over the ledger. */
export const TOTALS_SQL = `
  count(l.call_id) AS calls,
  coalesce(sum(l.state = 'incomplete'), 0) AS incomplete_calls,
  coalesce(sum(l.cost_usd IS NULL AND l.input_tokens + l.output_tokens + l.cache_read_tokens + l.cache_write_tokens > 0), 0) AS unpriced_calls,
  sum(l.cost_usd) AS cost_usd,
  coalesce(sum(l.input_tokens), 0) AS input_tokens,
  coalesce(sum(l.output_tokens), 0) AS output_tokens,
  coalesce(sum(l.cache_read_tokens), 0) AS cache_read_tokens,
  coalesce(sum(l.cache_write_tokens), 0) AS cache_write_tokens,
  coalesce(sum(l.cache_write_one_hour_tokens), 0) AS cache_write_one_hour_tokens,
  coalesce(sum(l.web_searches), 0) AS web_searches`;

export function toTotals(row: SqlRow): UsageTotals {
  const calls = Number(row.calls);
  return {
    modelCalls: calls,
    incompleteCalls: Number(row.incomplete_calls),
    unpricedCalls: Number(row.unpriced_calls),
    costUsd: row.cost_usd === null ? (Number(row.unpriced_calls) > 0 ? null : 0) : Number(row.cost_usd),
    inputTokens: Number(row.input_tokens),
    outputTokens: Number(row.output_tokens),
    cacheReadTokens: Number(row.cache_read_tokens),
    cacheWriteTokens: Number(row.cache_write_tokens),
    cacheWriteOneHourTokens: Number(row.cache_write_one_hour_tokens),
    webSearches: Number(row.web_searches),
  };
}

export function toAgent(row: SqlRow): AgentRecord {
  return {
    agentId: row.agent_id,
    taskId: row.task_id,
    stepKey: row.step_key,
    name: row.name,
    role: row.role,
    model: row.model,
    tools: parsed(row.tools),
    systemPrompt: row.system_prompt,
    workingDirectory: row.working_directory,
    logDirectory: row.log_directory,
    rehearsal: row.rehearsal === 1,
    settings: parsed(row.settings) ?? SETTINGS_OF_VERSION_1,
    ownerId: row.runner,
    status: row.status,
    sessionId: row.session_id,
    pid: row.pid,
    guard: row.guard,
    startMs: row.start_ms,
    messages: row.messages,
    toolCalls: row.tool_calls,
    retries: row.retries,
    activity: row.activity,
    contextUsedTokens: row.context_used_tokens,
    contextWindowTokens: row.context_window_tokens,
    contextPercentage: row.context_percentage,
    finding: row.finding,
    error: parsed(row.error),
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    ...toTotals(row),
  } as AgentRecord;
}

export function toLedgerRow(row: SqlRow): LedgerRow {
  return {
    callId: row.call_id,
    taskId: row.task_id,
    stepKey: row.step_key,
    agentId: row.agent_id,
    role: row.role,
    taskType: row.task_type,
    rehearsal: row.rehearsal === 1,
    processId: row.process_id,
    ordinal: row.ordinal,
    source: row.source,
    state: row.state,
    model: row.model,
    apiMessageId: row.api_message_id,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    cacheReadTokens: row.cache_read_tokens,
    cacheWriteTokens: row.cache_write_tokens,
    cacheWriteOneHourTokens: row.cache_write_one_hour_tokens,
    webSearches: row.web_searches,
    costUsd: row.cost_usd,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  } as LedgerRow;
}

export function toFile(row: SqlRow): FileRecord {
  return {
    taskId: row.task_id,
    stepKey: row.step_key || null,
    agentId: row.agent_id,
    use: row.use,
    path: row.path,
    kind: row.kind,
    previousPath: row.previous_path,
    linesAdded: row.lines_added,
    linesRemoved: row.lines_removed,
  } as FileRecord;
}

export function toMessage(row: SqlRow): MessageRecord {
  return {
    messageId: row.message_id,
    agentId: row.agent_id,
    text: row.text,
    whenBusy: row.when_busy,
    status: row.status,
    createdAt: row.created_at,
  } as MessageRecord;
}

export function toWorkspace(row: SqlRow): WorkspaceRecord {
  return {
    taskId: row.task_id,
    lane: row.lane === "" ? null : row.lane,
    kind: row.kind,
    root: row.root,
    directory: row.directory,
    repository: row.repository,
    branch: row.branch,
    userCommit: row.user_commit,
    startCommit: row.start_commit,
    startTree: row.start_tree,
    tip: row.tip,
    uncommittedFiles: row.uncommitted_files,
    portBase: row.port_base,
    host: row.host,
    prepared: parsed(row.prepared),
    rescued: parsed(row.rescued),
    createdAt: row.created_at,
    removedAt: row.removed_at,
  } as WorkspaceRecord;
}

export function toCheck(row: SqlRow): CheckRecord {
  return {
    taskId: row.task_id,
    stepKey: row.step_key,
    name: row.name,
    command: row.command,
    outcome: row.outcome,
    exitCode: row.exit_code,
    durationMs: row.duration_ms,
    logPath: row.log_path,
    logHash: row.log_hash,
    outputBytes: row.output_bytes,
    counts: parsed(row.counts),
    failedTests: parsed(row.failed_tests),
    passed: row.passed === 1,
    reason: row.reason,
    tree: row.tree,
    endedAt: row.ended_at,
  } as CheckRecord;
}

export function toOwner(row: SqlRow): OwnerRecord {
  return {
    ownerId: String(row.owner_id),
    host: String(row.host),
    pid: Number(row.pid),
    pidStarted: String(row.pid_started),
    leaseUntilMs: Number(row.lease_until_ms),
  };
}
