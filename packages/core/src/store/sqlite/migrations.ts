import { OrchestratorError } from "../../domain/index.js";
import { copyDatabase } from "./copy.js";
import { type Database, rollBack } from "./database.js";

/** Numbered and forward-only: entry N brings a database from version N to N + 1. Never edit one that was released. */
const MIGRATIONS: readonly string[] = [
  `
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
  `,
  `
  ALTER TABLE tasks ADD COLUMN workflow TEXT;
  ALTER TABLE tasks ADD COLUMN rationale TEXT NOT NULL DEFAULT '';
  ALTER TABLE tasks ADD COLUMN fallback_reason TEXT;
  ALTER TABLE tasks ADD COLUMN skipped_roles TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE tasks ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE tasks ADD COLUMN after_task_id TEXT;
  ALTER TABLE tasks ADD COLUMN follow_up_of TEXT;

  ALTER TABLE steps ADD COLUMN overrides TEXT;
  ALTER TABLE steps ADD COLUMN waiting_cause TEXT;
  CREATE INDEX steps_waiting ON steps (status) WHERE status = 'waiting';

  ALTER TABLE agents ADD COLUMN owner_id TEXT;
  ALTER TABLE agents ADD COLUMN rehearsal INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE agents ADD COLUMN settings TEXT;
  ALTER TABLE agents ADD COLUMN finding TEXT;
  UPDATE agents SET rehearsal = coalesce((SELECT t.rehearsal FROM tasks t WHERE t.task_id = agents.task_id), 0);

  ALTER TABLE ledger ADD COLUMN role TEXT NOT NULL DEFAULT '';
  ALTER TABLE ledger ADD COLUMN task_type TEXT;
  ALTER TABLE ledger ADD COLUMN rehearsal INTEGER NOT NULL DEFAULT 0;
  UPDATE ledger SET
    role = coalesce((SELECT a.role FROM agents a WHERE a.agent_id = ledger.agent_id), ''),
    task_type = (SELECT t.task_type FROM tasks t WHERE t.task_id = ledger.task_id),
    rehearsal = coalesce((SELECT a.rehearsal FROM agents a WHERE a.agent_id = ledger.agent_id), 0);
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
  `,
  `
  ALTER TABLE tasks ADD COLUMN workspace_kind TEXT NOT NULL DEFAULT 'in_place';
  ALTER TABLE tasks ADD COLUMN uncommitted TEXT NOT NULL DEFAULT 'leave';
  ALTER TABLE tasks ADD COLUMN require_checks INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE tasks ADD COLUMN checks TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE tasks ADD COLUMN attention TEXT;
  ALTER TABLE tasks ADD COLUMN applied TEXT;
  ALTER TABLE tasks ADD COLUMN undone_at TEXT;
  UPDATE tasks SET census = json_set(census, '$.rounds', 0) WHERE census IS NOT NULL;

  ALTER TABLE steps ADD COLUMN round INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE steps ADD COLUMN lane TEXT;
  ALTER TABLE steps ADD COLUMN from_tree TEXT;
  ALTER TABLE steps ADD COLUMN to_tree TEXT;
  ALTER TABLE steps ADD COLUMN commit_id TEXT;

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
  `,
  `
  ALTER TABLE tasks ADD COLUMN fork_of TEXT;
  ALTER TABLE steps ADD COLUMN reused_from TEXT;
  UPDATE tasks SET census = json_set(census, '$.reused', 0) WHERE census IS NOT NULL;
  `,
  // What the fleet waits for.
  `
  CREATE TABLE holds (
    scope TEXT PRIMARY KEY,
    cause TEXT NOT NULL,
    reason TEXT NOT NULL,
    since_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    strikes INTEGER NOT NULL,
    canary TEXT,
    canary_owner_id TEXT,
    canary_until_ms INTEGER NOT NULL,
    released_ms INTEGER,
    next_ms INTEGER NOT NULL
  ) STRICT;
  ALTER TABLE tasks ADD COLUMN held TEXT;
  `,
  // What tells one database from another: a cursor of one means nothing in the other.
  `
  CREATE TABLE identity (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    database_id TEXT NOT NULL
  ) STRICT;
  INSERT INTO identity VALUES (1, lower(hex(randomblob(16))));
  -- What agents are writing: the newest state of each, with a number that says which is newer.
  CREATE TABLE drafts (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    agent_id TEXT NOT NULL UNIQUE,
    task_id TEXT,
    kind TEXT NOT NULL,
    block INTEGER NOT NULL,
    text TEXT NOT NULL
  ) STRICT;
  CREATE INDEX tasks_by_directory ON tasks (working_directory, created_at);
  `,
];

/**
 * Brings the database to the newest version, with a copy of it beside the file first where it holds anything.
 *
 * @param database - the open database
 * @param path - its file; the copy is `<path>.before-version-<n>`
 * @param migrations - the list to apply; ours unless a test brings its own
 * @throws OrchestratorError `database_newer` when a newer program made it, `disk_full` without room for the copy
 */
export function migrate(database: Database, path: string, migrations: readonly string[] = MIGRATIONS): void {
  const newest = migrations.length;
  const found = versionOf(database, path, newest);
  if (found === newest) return;
  // Whoever is overtaken here throws its copy away, so that it cannot replace the one of the process that migrates.
  const copy = found > 0 ? copyDatabase(database, path, `${path}.before-version-${newest}`) : null;
  try {
    // Another process may be at the same work: whoever gets the lock does it, the other finds it done.
    database.exec("BEGIN IMMEDIATE");
    try {
      const current = versionOf(database, path, newest);
      if (current === found) copy?.publish();
      for (const sql of migrations.slice(current)) database.exec(sql);
      database.exec(`PRAGMA user_version = ${newest}`);
      database.exec("COMMIT");
    } catch (error) {
      rollBack(database);
      throw error;
    }
  } finally {
    copy?.discard();
  }
}

function versionOf(database: Database, path: string, newest: number): number {
  const version = Number((database.prepare("PRAGMA user_version").get() as { user_version: number }).user_version);
  if (version > newest) {
    throw new OrchestratorError(
      "database_newer",
      `The database ${path} has version ${version}; this program knows versions up to ${newest}.`,
      "Update the orchestrator, or set ORCHESTRATOR_DB_PATH to another file.",
    );
  }
  return version;
}
