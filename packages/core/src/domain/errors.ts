/** Every error code, with the exit code that the command line ends with. The table of `docs/errors.md`. */
export const ERROR_CODES = {
  invalid_input: { exitCode: 2, meaning: "An argument or option has a value that is not allowed." },
  invalid_config: { exitCode: 2, meaning: "A setting has an unknown name or a value that is not allowed." },
  invalid_role: { exitCode: 2, meaning: "A role file cannot be used as it is written." },
  invalid_workflow: { exitCode: 2, meaning: "The graph of steps is cyclic, dangling, empty or too large." },
  not_found: { exitCode: 2, meaning: "Nothing has that id." },
  ambiguous_id: { exitCode: 2, meaning: "The shortened id fits more than one thing." },
  not_logged_in: { exitCode: 3, meaning: "Claude has no login, key or endpoint to use." },
  runtime_missing: { exitCode: 3, meaning: "The Claude executable is not installed for this platform." },
  authentication_failed: { exitCode: 3, meaning: "The endpoint refused the key or the login." },
  budget_reached: { exitCode: 4, meaning: "The task or the day has spent its budget." },
  agent_deleted: { exitCode: 2, meaning: "The agent was deleted, or ended with its task; it takes no messages." },
  not_supported: { exitCode: 2, meaning: "The runtime cannot do what was asked." },
  database_locked: { exitCode: 1, meaning: "Another process holds the database for longer than the wait allows." },
  database_read_only: { exitCode: 1, meaning: "The database cannot be written." },
  database_corrupt: { exitCode: 1, meaning: "The file is not a sound SQLite database." },
  database_newer: { exitCode: 1, meaning: "A newer version of the orchestrator made the database." },
  disk_full: { exitCode: 1, meaning: "The disk has no room left." },
  database_failed: { exitCode: 1, meaning: "The database refused an operation." },
  invalid_transition: {
    exitCode: 1,
    meaning: "An event would bring a task, step or agent into a state it cannot reach.",
  },
  model_call_timeout: { exitCode: 1, meaning: "The endpoint did not answer a model call in time." },
  model_unavailable: { exitCode: 1, meaning: "The endpoint failed or could not be reached after every retry." },
  model_refused: { exitCode: 1, meaning: "The endpoint refused the request; trying again would not help." },
  usage_limit: { exitCode: 1, meaning: "The account has reached its usage limit." },
  handoff_missing: { exitCode: 1, meaning: "The agent ended without the structured result its role must give." },
  handoff_invalid: { exitCode: 1, meaning: "The agent's structured result does not fit its schema." },
  turn_limit: { exitCode: 1, meaning: "The agent used every turn its role allows." },
  step_timeout: { exitCode: 1, meaning: "The step ran for longer than its role allows." },
  start_failed: { exitCode: 1, meaning: "The agent's process did not become ready." },
  process_exited: { exitCode: 1, meaning: "The agent's process ended in the middle of its work." },
  agent_failed: { exitCode: 1, meaning: "The agent's turn ended without success." },
  agent_stuck: { exitCode: 1, meaning: "Status checks found the agent stuck or looping, and it was stopped." },
  context_full: { exitCode: 1, meaning: "Agent after agent filled its context window before the step was done." },
  conversation_lost: { exitCode: 1, meaning: "The session of a hand-made agent is gone, so it cannot go on." },
  tree_changed: { exitCode: 1, meaning: "A step that may not write changed files." },
  workspace_failed: { exitCode: 1, meaning: "The workspace could not be made, or is gone." },
  setup_failed: { exitCode: 1, meaning: "A set-up command of the workspace failed." },
  check_failed: { exitCode: 1, meaning: "A check of the project's own fails after the work." },
  checks_missing: { exitCode: 1, meaning: "No check has proven the work, and one was required." },
  changes_requested: { exitCode: 1, meaning: "The reviewer still asks for changes after the last round." },
  conflict: { exitCode: 1, meaning: "Changes contradict each other and need a person to settle them." },
  not_applied: { exitCode: 1, meaning: "The result cannot come into the checkout as it stands." },
  step_failed: { exitCode: 1, meaning: "A step of the task failed." },
  cancelled: { exitCode: 130, meaning: "The work was cancelled." },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

const MARKER = Symbol.for("claude-orchestrator.error");

/**
 * The one error that the orchestrator throws for causes it understands.
 *
 * @example
 * throw new OrchestratorError("not_found", `No task has the id "${id}".`, "See the ids with: orchestrator list-tasks");
 */
export class OrchestratorError extends Error {
  readonly [MARKER] = true;
  readonly code: ErrorCode;
  /** What the user can do about it. */
  readonly hint: string;

  /**
   * @param code - one of the closed table above
   * @param message - names the value received and the rule it breaks
   * @param hint - the remedy, as something to do
   * @param options - the cause, where another error led to this one
   */
  constructor(code: ErrorCode, message: string, hint: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "OrchestratorError";
    this.code = code;
    this.hint = hint;
  }

  /** The exit code of a command that ends with this error. */
  get exitCode(): number {
    return ERROR_CODES[this.code].exitCode;
  }

  /** Recognises the error across copies of this package, where `instanceof` would not. */
  static is(error: unknown): error is OrchestratorError {
    return typeof error === "object" && error !== null && MARKER in error;
  }
}

/** The part of an error that is kept in an event. */
export interface ErrorRecord {
  code: ErrorCode;
  message: string;
  hint: string;
}

/**
 * Turns anything thrown into a record for an event; an error we do not know becomes `fallback`.
 *
 * @param error - what was caught
 * @param fallback - the code for an error that is not ours
 */
export function toErrorRecord(error: unknown, fallback: ErrorCode): ErrorRecord {
  if (OrchestratorError.is(error)) return { code: error.code, message: error.message, hint: error.hint };
  const message = error instanceof Error ? error.message : String(error);
  return { code: fallback, message, hint: "The log file in the data folder has the details." };
}
