import { OrchestratorError, toErrorRecord } from "../domain/index.js";
import type { StepContext, StepOutcome } from "../engine/index.js";
import { GitError } from "../workspaces/index.js";

/** Causes that lie in the workspace: they fail the step, and not the whole run as a store does that fails. */
const OF_THE_WORKSPACE = ["workspace_failed", "setup_failed", "disk_full", "check_failed", "invalid_config"];

/**
 * Runs a step that needs a workspace; one that cannot be made or used fails the step with a clear word.
 *
 * @param context - the step
 * @param run - what it does
 */
export async function withWorkspace({ signal }: StepContext, run: () => Promise<StepOutcome>): Promise<StepOutcome> {
  try {
    return await run();
  } catch (error) {
    if (signal.aborted && error === signal.reason)
      return { status: "cancelled", reason: toErrorRecord(error, "cancelled").message };
    const isOurs = error instanceof GitError || (OrchestratorError.is(error) && OF_THE_WORKSPACE.includes(error.code));
    if (!isOurs) throw error;
    const record = toErrorRecord(error, "workspace_failed");
    // git tells of a full disk in words only.
    return { status: "failed", error: isFull(record.message) ? { ...record, code: "disk_full" } : record };
  }
}

function isFull(words: string): boolean {
  return /No space left on device|ENOSPC/.test(words);
}
