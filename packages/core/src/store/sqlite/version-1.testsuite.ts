import { openDatabase } from "./database.js";

/**
 * A database as version 1 of the program left it, word for word: a task and a rehearsal, each with a step that is done
 * and one to come, and a call of an agent of which nothing else is known. Never edit it.
 */
const VERSION_1 = `
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
  ) STRICT;
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
    ended_at TEXT,
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
  ) STRICT;
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
    ended_at TEXT,
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
  INSERT INTO events VALUES (1, '2026-06-01T09:00:01.000Z', 1, 'task.created', 'task_real', NULL, NULL, '{"prompt":"Do it","workingDirectory":"/work","taskType":"bug_fix","executionMode":"sequential","includeAnalyst":"auto","model":"sonnet","budgetUsd":null,"rehearsal":false}');
  INSERT INTO events VALUES (2, '2026-06-01T09:00:02.000Z', 1, 'workflow.planned', 'task_real', NULL, NULL, '{"planMode":"template","complexity":"simple","reasons":["short"],"steps":[{"key":"scout","kind":"agent","role":"scout","instructions":"","dependsOn":[],"writes":false},{"key":"builder","kind":"agent","role":"builder","instructions":"","dependsOn":["scout"],"writes":true}]}');
  INSERT INTO events VALUES (3, '2026-06-01T09:00:03.000Z', 1, 'task.started', 'task_real', NULL, NULL, '{"ownerId":"owner_1"}');
  INSERT INTO events VALUES (4, '2026-06-01T09:00:04.000Z', 1, 'step.waiting', 'task_real', 'scout', NULL, '{"reason":"1 step runs already"}');
  INSERT INTO events VALUES (5, '2026-06-01T09:00:05.000Z', 1, 'step.started', 'task_real', 'scout', NULL, '{"attempt":1,"ownerId":"owner_1"}');
  INSERT INTO events VALUES (6, '2026-06-01T09:00:06.000Z', 1, 'agent.created', 'task_real', 'scout', 'agent_real', '{"name":"scout","role":"scout","model":"sonnet","tools":["Read"],"systemPrompt":"Help.","workingDirectory":"/work","logDirectory":null}');
  INSERT INTO events VALUES (7, '2026-06-01T09:00:07.000Z', 1, 'agent.started', 'task_real', 'scout', 'agent_real', '{"sessionId":"session_1","pid":42,"guard":"namespace","startMs":12}');
  INSERT INTO events VALUES (8, '2026-06-01T09:00:08.000Z', 1, 'model_call.started', 'task_real', 'scout', 'agent_real', '{"callId":"call_real","processId":"process_1","ordinal":1,"model":"sonnet"}');
  INSERT INTO events VALUES (9, '2026-06-01T09:00:09.000Z', 1, 'model_call.ended', 'task_real', 'scout', 'agent_real', '{"callId":"call_real","state":"complete","model":"claude-sonnet-5-5","usage":{"inputTokens":100,"outputTokens":20,"cacheReadTokens":0,"cacheWriteTokens":0,"cacheWriteOneHourTokens":0,"webSearches":0},"costUsd":0.5}');
  INSERT INTO events VALUES (10, '2026-06-01T09:00:10.000Z', 1, 'agent.ended', 'task_real', 'scout', 'agent_real', '{"status":"completed","error":null}');
  INSERT INTO events VALUES (11, '2026-06-01T09:00:11.000Z', 1, 'step.ended', 'task_real', 'scout', NULL, '{"status":"succeeded","reason":"","error":null,"handoff":{"summary":"found"}}');
  INSERT INTO events VALUES (12, '2026-06-01T09:00:12.000Z', 1, 'task.created', 'task_play', NULL, NULL, '{"prompt":"Do it","workingDirectory":"/work","taskType":"testing","executionMode":"sequential","includeAnalyst":"auto","model":"sonnet","budgetUsd":null,"rehearsal":true}');
  INSERT INTO events VALUES (13, '2026-06-01T09:00:13.000Z', 1, 'workflow.planned', 'task_play', NULL, NULL, '{"planMode":"template","complexity":"simple","reasons":["short"],"steps":[{"key":"scout","kind":"agent","role":"scout","instructions":"","dependsOn":[],"writes":false},{"key":"builder","kind":"agent","role":"builder","instructions":"","dependsOn":["scout"],"writes":true}]}');
  INSERT INTO events VALUES (14, '2026-06-01T09:00:14.000Z', 1, 'task.started', 'task_play', NULL, NULL, '{"ownerId":"owner_1"}');
  INSERT INTO events VALUES (15, '2026-06-01T09:00:15.000Z', 1, 'step.waiting', 'task_play', 'scout', NULL, '{"reason":"1 step runs already"}');
  INSERT INTO events VALUES (16, '2026-06-01T09:00:16.000Z', 1, 'step.started', 'task_play', 'scout', NULL, '{"attempt":1,"ownerId":"owner_1"}');
  INSERT INTO events VALUES (17, '2026-06-01T09:00:17.000Z', 1, 'agent.created', 'task_play', 'scout', 'agent_play', '{"name":"scout","role":"scout","model":"sonnet","tools":["Read"],"systemPrompt":"Help.","workingDirectory":"/work","logDirectory":null}');
  INSERT INTO events VALUES (18, '2026-06-01T09:00:18.000Z', 1, 'agent.started', 'task_play', 'scout', 'agent_play', '{"sessionId":"session_1","pid":42,"guard":"namespace","startMs":12}');
  INSERT INTO events VALUES (19, '2026-06-01T09:00:19.000Z', 1, 'model_call.started', 'task_play', 'scout', 'agent_play', '{"callId":"call_play","processId":"process_1","ordinal":1,"model":"sonnet"}');
  INSERT INTO events VALUES (20, '2026-06-01T09:00:20.000Z', 1, 'model_call.ended', 'task_play', 'scout', 'agent_play', '{"callId":"call_play","state":"complete","model":"claude-sonnet-5-5","usage":{"inputTokens":100,"outputTokens":20,"cacheReadTokens":0,"cacheWriteTokens":0,"cacheWriteOneHourTokens":0,"webSearches":0},"costUsd":0.25}');
  INSERT INTO events VALUES (21, '2026-06-01T09:00:21.000Z', 1, 'agent.ended', 'task_play', 'scout', 'agent_play', '{"status":"completed","error":null}');
  INSERT INTO events VALUES (22, '2026-06-01T09:00:22.000Z', 1, 'step.ended', 'task_play', 'scout', NULL, '{"status":"succeeded","reason":"","error":null,"handoff":{"summary":"found"}}');
  INSERT INTO events VALUES (23, '2026-06-01T09:00:23.000Z', 1, 'model_call.started', NULL, NULL, 'agent_lost', '{"callId":"call_lost","processId":"process_1","ordinal":1,"model":"sonnet"}');
  INSERT INTO events VALUES (24, '2026-06-01T09:00:24.000Z', 1, 'model_call.ended', NULL, NULL, 'agent_lost', '{"callId":"call_lost","state":"complete","model":"claude-sonnet-5-5","usage":{"inputTokens":100,"outputTokens":20,"cacheReadTokens":0,"cacheWriteTokens":0,"cacheWriteOneHourTokens":0,"webSearches":0},"costUsd":0.125}');
  INSERT INTO tasks VALUES ('task_real', 'Do it', '/work', 'bug_fix', 'sequential', 'auto', 'sonnet', NULL, 0, 'running', 'simple', '["short"]', 'template', 'owner_1', '2026-06-01T09:00:01.000Z', '2026-06-01T09:00:03.000Z', NULL, NULL, '', NULL, '[]', 0);
  INSERT INTO tasks VALUES ('task_play', 'Do it', '/work', 'testing', 'sequential', 'auto', 'sonnet', NULL, 1, 'running', 'simple', '["short"]', 'template', 'owner_1', '2026-06-01T09:00:12.000Z', '2026-06-01T09:00:14.000Z', NULL, NULL, '', NULL, '[]', 0);
  INSERT INTO steps VALUES ('task_real', 'scout', 0, 'agent', 'scout', '', '[]', 0, '/work', 'succeeded', 1, 'owner_1', 'agent_real', '', NULL, '{"summary":"found"}', '2026-06-01T09:00:05.000Z', '2026-06-01T09:00:11.000Z');
  INSERT INTO steps VALUES ('task_real', 'builder', 1, 'agent', 'builder', '', '["scout"]', 1, '/work', 'pending', 0, NULL, NULL, '', NULL, NULL, NULL, NULL);
  INSERT INTO steps VALUES ('task_play', 'scout', 0, 'agent', 'scout', '', '[]', 0, '/work', 'succeeded', 1, 'owner_1', 'agent_play', '', NULL, '{"summary":"found"}', '2026-06-01T09:00:16.000Z', '2026-06-01T09:00:22.000Z');
  INSERT INTO steps VALUES ('task_play', 'builder', 1, 'agent', 'builder', '', '["scout"]', 1, '/work', 'pending', 0, NULL, NULL, '', NULL, NULL, NULL, NULL);
  INSERT INTO agents VALUES ('agent_real', 'task_real', 'scout', 'scout', 'scout', 'sonnet', '["Read"]', 'Help.', '/work', NULL, 'completed', 'session_1', 42, 'namespace', 12, 0, 0, 0, '', NULL, NULL, NULL, NULL, '2026-06-01T09:00:06.000Z', '2026-06-01T09:00:07.000Z', '2026-06-01T09:00:10.000Z');
  INSERT INTO agents VALUES ('agent_play', 'task_play', 'scout', 'scout', 'scout', 'sonnet', '["Read"]', 'Help.', '/work', NULL, 'completed', 'session_1', 42, 'namespace', 12, 0, 0, 0, '', NULL, NULL, NULL, NULL, '2026-06-01T09:00:17.000Z', '2026-06-01T09:00:18.000Z', '2026-06-01T09:00:21.000Z');
  INSERT INTO ledger VALUES ('call_real', 'task_real', 'scout', 'agent_real', 'process_1', 1, 'stream', 'complete', 'claude-sonnet-5-5', NULL, 100, 20, 0, 0, 0, 0, 0.5, '2026-06-01T09:00:08.000Z', '2026-06-01T09:00:09.000Z');
  INSERT INTO ledger VALUES ('call_play', 'task_play', 'scout', 'agent_play', 'process_1', 1, 'stream', 'complete', 'claude-sonnet-5-5', NULL, 100, 20, 0, 0, 0, 0, 0.25, '2026-06-01T09:00:19.000Z', '2026-06-01T09:00:20.000Z');
  INSERT INTO ledger VALUES ('call_lost', NULL, NULL, 'agent_lost', 'process_1', 1, 'stream', 'complete', 'claude-sonnet-5-5', NULL, 100, 20, 0, 0, 0, 0, 0.125, '2026-06-01T09:00:23.000Z', '2026-06-01T09:00:24.000Z');
  PRAGMA user_version = 1;
`;

/** Makes such a database. */
export function makeVersion1(path: string): void {
  const database = openDatabase(path);
  database.exec(VERSION_1);
  database.close();
}
