import { openDatabase } from "./database.js";

/**
 * A database as version 3 of the program left it, word for word: a task in a worktree that has ended and was checked,
 * and one that runs, with a step that is done and one to come. Never edit it.
 */
const VERSION_3 = `
  CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    time TEXT NOT NULL,
    version INTEGER NOT NULL,
    type TEXT NOT NULL,
    task_id TEXT,
    step_key TEXT,
    agent_id TEXT,
    data TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_by_task ON events (task_id, seq);
  CREATE INDEX events_by_agent ON events (agent_id, seq);
  CREATE TABLE owners (
    owner_id TEXT PRIMARY KEY,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    pid_started TEXT NOT NULL,
    lease_until_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE tasks (
    task_id TEXT PRIMARY KEY,
    prompt TEXT NOT NULL,
    working_directory TEXT NOT NULL,
    task_type TEXT NOT NULL,
    execution_mode TEXT NOT NULL,
    include_analyst TEXT NOT NULL,
    model TEXT NOT NULL,
    budget_usd REAL,
    rehearsal INTEGER NOT NULL,
    status TEXT NOT NULL,
    complexity TEXT,
    complexity_reasons TEXT NOT NULL DEFAULT '[]',
    plan_mode TEXT,
    owner_id TEXT,
    created_at TEXT NOT NULL,
    started_at TEXT,
    ended_at TEXT,
    error TEXT,
    output TEXT NOT NULL DEFAULT '',
    census TEXT,
    warnings TEXT NOT NULL DEFAULT '[]',
    cancel_requested INTEGER NOT NULL DEFAULT 0
  , workflow TEXT, rationale TEXT NOT NULL DEFAULT '', fallback_reason TEXT, skipped_roles TEXT NOT NULL DEFAULT '[]', priority INTEGER NOT NULL DEFAULT 0, after_task_id TEXT, follow_up_of TEXT, workspace_kind TEXT NOT NULL DEFAULT 'in_place', uncommitted TEXT NOT NULL DEFAULT 'leave', require_checks INTEGER NOT NULL DEFAULT 0, checks TEXT NOT NULL DEFAULT '[]', attention TEXT, applied TEXT, undone_at TEXT) STRICT;
  CREATE INDEX tasks_by_time ON tasks (created_at);
  CREATE INDEX tasks_open ON tasks (created_at) WHERE ended_at IS NULL;
  CREATE TABLE steps (
    task_id TEXT NOT NULL,
    key TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    instructions TEXT NOT NULL,
    depends_on TEXT NOT NULL,
    writes INTEGER NOT NULL,
    workspace TEXT NOT NULL,
    status TEXT NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    owner_id TEXT,
    agent_id TEXT,
    reason TEXT NOT NULL DEFAULT '',
    error TEXT,
    handoff TEXT,
    started_at TEXT,
    ended_at TEXT, overrides TEXT, waiting_cause TEXT, round INTEGER NOT NULL DEFAULT 0, lane TEXT, from_tree TEXT, to_tree TEXT, commit_id TEXT,
    PRIMARY KEY (task_id, key)
  ) STRICT;
  CREATE INDEX steps_running ON steps (status) WHERE status = 'running';
  CREATE TABLE agents (
    agent_id TEXT PRIMARY KEY,
    task_id TEXT,
    step_key TEXT,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    model TEXT NOT NULL,
    tools TEXT NOT NULL,
    system_prompt TEXT NOT NULL,
    working_directory TEXT NOT NULL,
    log_directory TEXT,
    status TEXT NOT NULL,
    session_id TEXT,
    pid INTEGER,
    guard TEXT,
    start_ms REAL,
    messages INTEGER NOT NULL DEFAULT 0,
    tool_calls INTEGER NOT NULL DEFAULT 0,
    retries INTEGER NOT NULL DEFAULT 0,
    activity TEXT NOT NULL DEFAULT '',
    context_used_tokens INTEGER,
    context_window_tokens INTEGER,
    context_percentage REAL,
    error TEXT,
    created_at TEXT NOT NULL,
    started_at TEXT,
    ended_at TEXT
  , owner_id TEXT, rehearsal INTEGER NOT NULL DEFAULT 0, settings TEXT, finding TEXT) STRICT;
  CREATE INDEX agents_by_task ON agents (task_id);
  CREATE TABLE ledger (
    call_id TEXT PRIMARY KEY,
    task_id TEXT,
    step_key TEXT,
    agent_id TEXT NOT NULL,
    process_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    source TEXT NOT NULL,
    state TEXT NOT NULL,
    model TEXT NOT NULL,
    api_message_id TEXT,
    input_tokens INTEGER NOT NULL DEFAULT 0,
    output_tokens INTEGER NOT NULL DEFAULT 0,
    cache_read_tokens INTEGER NOT NULL DEFAULT 0,
    cache_write_tokens INTEGER NOT NULL DEFAULT 0,
    cache_write_one_hour_tokens INTEGER NOT NULL DEFAULT 0,
    web_searches INTEGER NOT NULL DEFAULT 0,
    cost_usd REAL,
    started_at TEXT NOT NULL,
    ended_at TEXT, role TEXT NOT NULL DEFAULT '', task_type TEXT, rehearsal INTEGER NOT NULL DEFAULT 0,
    UNIQUE (agent_id, process_id, ordinal)
  ) STRICT;
  CREATE INDEX ledger_by_task ON ledger (task_id);
  CREATE INDEX ledger_by_agent ON ledger (agent_id);
  CREATE TABLE files (
    task_id TEXT NOT NULL,
    step_key TEXT NOT NULL,
    agent_id TEXT,
    use TEXT NOT NULL,
    path TEXT NOT NULL,
    kind TEXT,
    previous_path TEXT,
    lines_added INTEGER,
    lines_removed INTEGER,
    PRIMARY KEY (task_id, step_key, use, path)
  ) STRICT;
  CREATE INDEX steps_waiting ON steps (status) WHERE status = 'waiting';
  CREATE INDEX ledger_by_time ON ledger (started_at);
  CREATE TABLE messages (
    message_id TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    agent_id TEXT NOT NULL,
    text TEXT NOT NULL,
    when_busy TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX messages_open ON messages (agent_id, seq) WHERE status IN ('queued', 'delivered');
  CREATE TABLE tombstones (
    id TEXT PRIMARY KEY,
    deleted_at TEXT NOT NULL
  ) STRICT;
  CREATE TABLE workspaces (
    task_id TEXT NOT NULL,
    lane TEXT NOT NULL,
    kind TEXT NOT NULL,
    root TEXT NOT NULL,
    directory TEXT NOT NULL,
    repository TEXT,
    branch TEXT,
    user_commit TEXT,
    start_commit TEXT,
    start_tree TEXT,
    tip TEXT,
    uncommitted_files INTEGER NOT NULL,
    port_base INTEGER NOT NULL,
    host TEXT NOT NULL,
    prepared TEXT,
    rescued TEXT NOT NULL DEFAULT '[]',
    created_at TEXT NOT NULL,
    removed_at TEXT,
    PRIMARY KEY (task_id, lane)
  ) STRICT;
  CREATE INDEX workspaces_present ON workspaces (created_at) WHERE removed_at IS NULL;
  CREATE TABLE checks (
    seq INTEGER PRIMARY KEY,
    task_id TEXT NOT NULL,
    step_key TEXT NOT NULL,
    name TEXT NOT NULL,
    command TEXT NOT NULL,
    outcome TEXT NOT NULL,
    exit_code INTEGER,
    duration_ms REAL NOT NULL,
    log_path TEXT NOT NULL,
    log_hash TEXT NOT NULL,
    output_bytes INTEGER NOT NULL,
    counts TEXT,
    failed_tests TEXT NOT NULL,
    passed INTEGER NOT NULL,
    reason TEXT NOT NULL,
    tree TEXT,
    ended_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX checks_by_task ON checks (task_id, seq);
  INSERT INTO events VALUES (1, '2026-11-01T09:00:01.000Z', 3, 'task.created', 'task_done', NULL, NULL, '{"prompt":"Do it","workingDirectory":"/work","taskType":"bug_fix","executionMode":"sequential","includeAnalyst":"auto","model":"sonnet","budgetUsd":null,"rehearsal":false,"priority":0,"afterTaskId":null,"followUpOf":null,"ownerId":"owner_1","workspaceKind":"worktree","uncommitted":"bring","requireChecks":false}');
  INSERT INTO events VALUES (2, '2026-11-01T09:00:02.000Z', 3, 'workflow.planned', 'task_done', NULL, NULL, '{"planMode":"template","workflow":null,"complexity":"simple","reasons":["short"],"steps":[{"key":"builder","kind":"agent","role":"builder","instructions":"","dependsOn":[],"writes":true,"overrides":{"systemPrompt":null,"model":null,"tools":null,"maxTokens":null,"maxTurns":null,"timeoutMinutes":null},"round":0,"lane":null},{"key":"check-builder","kind":"check","role":"check","instructions":"","dependsOn":["builder"],"writes":true,"overrides":{"systemPrompt":null,"model":null,"tools":null,"maxTokens":null,"maxTurns":null,"timeoutMinutes":null},"round":0,"lane":null}],"checks":[{"name":"test","command":"npm test","directory":"","timeoutMinutes":15,"source":"package.json","definition":"node --test"}]}');
  INSERT INTO events VALUES (3, '2026-11-01T09:00:03.000Z', 3, 'task.started', 'task_done', NULL, NULL, '{"ownerId":"owner_1"}');
  INSERT INTO events VALUES (4, '2026-11-01T09:00:04.000Z', 3, 'workspace.created', 'task_done', NULL, NULL, '{"kind":"worktree","lane":null,"root":"/data/task_done/work","directory":"/data/task_done/work","repository":"/work","branch":"orchestrator/task_done","userCommit":"c0","startCommit":"c1","startTree":"t1","uncommittedFiles":2,"portBase":20010,"host":"host"}');
  INSERT INTO events VALUES (5, '2026-11-01T09:00:05.000Z', 3, 'step.started', 'task_done', 'builder', NULL, '{"attempt":1,"ownerId":"owner_1"}');
  INSERT INTO events VALUES (6, '2026-11-01T09:00:06.000Z', 3, 'agent.created', 'task_done', 'builder', 'agent_done', '{"name":"builder","role":"builder","model":"sonnet","tools":["Read"],"systemPrompt":"Build.","workingDirectory":"/work","logDirectory":null,"rehearsal":false,"settings":{"writes":true,"effort":null,"fallbackModel":null,"maxTurns":60,"timeoutMinutes":30,"sandbox":false,"maxTokens":null}}');
  INSERT INTO events VALUES (7, '2026-11-01T09:00:07.000Z', 3, 'model_call.started', 'task_done', 'builder', 'agent_done', '{"callId":"call_done","processId":"process_1","ordinal":1,"model":"sonnet"}');
  INSERT INTO events VALUES (8, '2026-11-01T09:00:08.000Z', 3, 'model_call.ended', 'task_done', 'builder', 'agent_done', '{"callId":"call_done","state":"complete","model":"claude-sonnet-5-5","usage":{"inputTokens":100,"outputTokens":20,"cacheReadTokens":0,"cacheWriteTokens":0,"cacheWriteOneHourTokens":0,"webSearches":0},"costUsd":0.5}');
  INSERT INTO events VALUES (9, '2026-11-01T09:00:09.000Z', 3, 'workspace.committed', 'task_done', 'builder', 'agent_done', '{"lane":null,"fromTree":"t1","toTree":"t2","commit":"c2","parents":["c1"]}');
  INSERT INTO events VALUES (10, '2026-11-01T09:00:10.000Z', 3, 'files.changed', 'task_done', 'builder', 'agent_done', '{"changes":[{"path":"a.ts","kind":"created","previousPath":null,"linesAdded":1,"linesRemoved":0}]}');
  INSERT INTO events VALUES (11, '2026-11-01T09:00:11.000Z', 3, 'agent.ended', 'task_done', 'builder', 'agent_done', '{"status":"completed","error":null}');
  INSERT INTO events VALUES (12, '2026-11-01T09:00:12.000Z', 3, 'step.ended', 'task_done', 'builder', NULL, '{"status":"succeeded","reason":"","error":null,"handoff":{"summary":"built"}}');
  INSERT INTO events VALUES (13, '2026-11-01T09:00:13.000Z', 3, 'step.started', 'task_done', 'check-builder', NULL, '{"attempt":1,"ownerId":"owner_1"}');
  INSERT INTO events VALUES (14, '2026-11-01T09:00:14.000Z', 3, 'check.ended', 'task_done', 'check-builder', NULL, '{"name":"test","command":"npm test","outcome":"passed","exitCode":0,"durationMs":12.5,"logPath":"/data/logs/test.log","logHash":"abc","outputBytes":300,"counts":{"passed":3,"failed":0,"skipped":0},"failedTests":[],"passed":true,"reason":"","tree":"t2"}');
  INSERT INTO events VALUES (15, '2026-11-01T09:00:15.000Z', 3, 'step.ended', 'task_done', 'check-builder', NULL, '{"status":"succeeded","reason":"","error":null,"handoff":{"summary":"test passed.","verdict":"passed"}}');
  INSERT INTO events VALUES (16, '2026-11-01T09:00:16.000Z', 3, 'workspace.removed', 'task_done', NULL, NULL, '{"lane":null,"root":"/data/task_done/work"}');
  INSERT INTO events VALUES (17, '2026-11-01T09:00:17.000Z', 3, 'task.ended', 'task_done', NULL, NULL, '{"status":"completed","census":{"planned":2,"ran":2,"succeeded":2,"failed":0,"skipped":0,"cancelled":0,"retried":0,"rounds":0},"error":null,"output":"built"}');
  INSERT INTO events VALUES (18, '2026-11-01T09:00:18.000Z', 3, 'task.created', 'task_open', NULL, NULL, '{"prompt":"Do it","workingDirectory":"/work","taskType":"bug_fix","executionMode":"sequential","includeAnalyst":"auto","model":"sonnet","budgetUsd":null,"rehearsal":false,"priority":0,"afterTaskId":null,"followUpOf":null,"ownerId":"owner_1","workspaceKind":"worktree","uncommitted":"bring","requireChecks":false}');
  INSERT INTO events VALUES (19, '2026-11-01T09:00:19.000Z', 3, 'workflow.planned', 'task_open', NULL, NULL, '{"planMode":"template","workflow":null,"complexity":"simple","reasons":["short"],"steps":[{"key":"scout","kind":"agent","role":"scout","instructions":"","dependsOn":[],"writes":false,"overrides":{"systemPrompt":null,"model":null,"tools":null,"maxTokens":null,"maxTurns":null,"timeoutMinutes":null},"round":0,"lane":null},{"key":"builder","kind":"agent","role":"builder","instructions":"","dependsOn":["scout"],"writes":true,"overrides":{"systemPrompt":null,"model":null,"tools":null,"maxTokens":null,"maxTurns":null,"timeoutMinutes":null},"round":0,"lane":null}],"checks":[{"name":"test","command":"npm test","directory":"","timeoutMinutes":15,"source":"package.json","definition":"node --test"}]}');
  INSERT INTO events VALUES (20, '2026-11-01T09:00:20.000Z', 3, 'task.started', 'task_open', NULL, NULL, '{"ownerId":"owner_1"}');
  INSERT INTO events VALUES (21, '2026-11-01T09:00:21.000Z', 3, 'workspace.created', 'task_open', NULL, NULL, '{"kind":"worktree","lane":null,"root":"/data/task_open/work","directory":"/data/task_open/work","repository":"/work","branch":"orchestrator/task_open","userCommit":"c0","startCommit":"c1","startTree":"t1","uncommittedFiles":2,"portBase":20010,"host":"host"}');
  INSERT INTO events VALUES (22, '2026-11-01T09:00:22.000Z', 3, 'step.started', 'task_open', 'scout', NULL, '{"attempt":1,"ownerId":"owner_1"}');
  INSERT INTO events VALUES (23, '2026-11-01T09:00:23.000Z', 3, 'step.ended', 'task_open', 'scout', NULL, '{"status":"succeeded","reason":"","error":null,"handoff":{"summary":"found"}}');
  INSERT INTO owners VALUES ('owner_1', 'host', 42, '1', 10);
  INSERT INTO tasks VALUES ('task_done', 'Do it', '/work', 'bug_fix', 'sequential', 'auto', 'sonnet', NULL, 0, 'completed', 'simple', '["short"]', 'template', 'owner_1', '2026-11-01T09:00:01.000Z', '2026-11-01T09:00:03.000Z', '2026-11-01T09:00:17.000Z', NULL, 'built', '{"planned":2,"ran":2,"succeeded":2,"failed":0,"skipped":0,"cancelled":0,"retried":0,"rounds":0}', '[]', 0, NULL, '', NULL, '[]', 0, NULL, NULL, 'worktree', 'bring', 0, '[{"name":"test","command":"npm test","directory":"","timeoutMinutes":15,"source":"package.json","definition":"node --test"}]', NULL, NULL, NULL);
  INSERT INTO tasks VALUES ('task_open', 'Do it', '/work', 'bug_fix', 'sequential', 'auto', 'sonnet', NULL, 0, 'running', 'simple', '["short"]', 'template', 'owner_1', '2026-11-01T09:00:18.000Z', '2026-11-01T09:00:20.000Z', NULL, NULL, '', NULL, '[]', 0, NULL, '', NULL, '[]', 0, NULL, NULL, 'worktree', 'bring', 0, '[{"name":"test","command":"npm test","directory":"","timeoutMinutes":15,"source":"package.json","definition":"node --test"}]', NULL, NULL, NULL);
  INSERT INTO steps VALUES ('task_done', 'builder', 0, 'agent', 'builder', '', '[]', 1, 'task_done:', 'succeeded', 1, 'owner_1', 'agent_done', '', NULL, '{"summary":"built"}', '2026-11-01T09:00:05.000Z', '2026-11-01T09:00:12.000Z', '{"systemPrompt":null,"model":null,"tools":null,"maxTokens":null,"maxTurns":null,"timeoutMinutes":null}', NULL, 0, NULL, 't1', 't2', 'c2');
  INSERT INTO steps VALUES ('task_done', 'check-builder', 1, 'check', 'check', '', '["builder"]', 1, 'task_done:', 'succeeded', 1, 'owner_1', NULL, '', NULL, '{"summary":"test passed.","verdict":"passed"}', '2026-11-01T09:00:13.000Z', '2026-11-01T09:00:15.000Z', '{"systemPrompt":null,"model":null,"tools":null,"maxTokens":null,"maxTurns":null,"timeoutMinutes":null}', NULL, 0, NULL, NULL, NULL, NULL);
  INSERT INTO steps VALUES ('task_open', 'scout', 0, 'agent', 'scout', '', '[]', 0, 'task_open:', 'succeeded', 1, 'owner_1', NULL, '', NULL, '{"summary":"found"}', '2026-11-01T09:00:22.000Z', '2026-11-01T09:00:23.000Z', '{"systemPrompt":null,"model":null,"tools":null,"maxTokens":null,"maxTurns":null,"timeoutMinutes":null}', NULL, 0, NULL, NULL, NULL, NULL);
  INSERT INTO steps VALUES ('task_open', 'builder', 1, 'agent', 'builder', '', '["scout"]', 1, 'task_open:', 'pending', 0, NULL, NULL, '', NULL, NULL, NULL, NULL, '{"systemPrompt":null,"model":null,"tools":null,"maxTokens":null,"maxTurns":null,"timeoutMinutes":null}', NULL, 0, NULL, NULL, NULL, NULL);
  INSERT INTO agents VALUES ('agent_done', 'task_done', 'builder', 'builder', 'builder', 'sonnet', '["Read"]', 'Build.', '/work', NULL, 'completed', NULL, NULL, NULL, NULL, 0, 0, 0, '', NULL, NULL, NULL, NULL, '2026-11-01T09:00:06.000Z', NULL, '2026-11-01T09:00:11.000Z', NULL, 0, '{"writes":true,"effort":null,"fallbackModel":null,"maxTurns":60,"timeoutMinutes":30,"sandbox":false,"maxTokens":null}', NULL);
  INSERT INTO ledger VALUES ('call_done', 'task_done', 'builder', 'agent_done', 'process_1', 1, 'stream', 'complete', 'claude-sonnet-5-5', NULL, 100, 20, 0, 0, 0, 0, 0.5, '2026-11-01T09:00:07.000Z', '2026-11-01T09:00:08.000Z', 'builder', 'bug_fix', 0);
  INSERT INTO files VALUES ('task_done', 'builder', 'agent_done', 'produced', 'a.ts', 'created', NULL, 1, 0);
  INSERT INTO workspaces VALUES ('task_done', '', 'worktree', '/data/task_done/work', '/data/task_done/work', '/work', 'orchestrator/task_done', 'c0', 'c1', 't1', 'c2', 2, 20010, 'host', NULL, '[]', '2026-11-01T09:00:04.000Z', '2026-11-01T09:00:16.000Z');
  INSERT INTO workspaces VALUES ('task_open', '', 'worktree', '/data/task_open/work', '/data/task_open/work', '/work', 'orchestrator/task_open', 'c0', 'c1', 't1', 'c1', 2, 20010, 'host', NULL, '[]', '2026-11-01T09:00:21.000Z', NULL);
  INSERT INTO checks VALUES (14, 'task_done', 'check-builder', 'test', 'npm test', 'passed', 0, 12.5, '/data/logs/test.log', 'abc', 300, '{"passed":3,"failed":0,"skipped":0}', '[]', 1, '', 't2', '2026-11-01T09:00:14.000Z');
  PRAGMA user_version = 3;
`;

/** Makes such a database. */
export function makeVersion3(path: string): void {
  const database = openDatabase(path);
  database.exec(VERSION_3);
  database.close();
}
