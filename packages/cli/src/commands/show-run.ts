import { type Orchestrator, OrchestratorError, type TaskResult } from "@claude-orchestrator/core";
import { paint } from "../output/format.js";
import { renderReport } from "../output/report.js";
import { createProgress, exitCodeOf, INTERRUPTED_EXIT_CODE } from "../session.js";

/** A run that a user follows. */
export interface ShownRun {
  /** With `--json`: nothing but the result. */
  isQuiet: boolean;
  signal: AbortSignal;
  /**
   * Starts it.
   *
   * @param follow - shows the task from there on; `after` is the last event that is known already
   */
  start(follow: (taskId: string, after?: number) => void): Promise<TaskResult>;
}

/**
 * Shows a run: its progress, and its report or its result as JSON.
 *
 * @returns the exit code
 */
export async function showRun(orchestrator: Orchestrator, { isQuiet, signal, start }: ShownRun): Promise<number> {
  const progress = await createProgress(orchestrator, isQuiet, signal);
  let result: TaskResult;
  try {
    result = await start(progress.follow);
  } catch (error) {
    if (signal.aborted && !OrchestratorError.is(error)) return INTERRUPTED_EXIT_CODE;
    throw error;
  } finally {
    await progress.stop();
  }
  if (isQuiet) console.log(JSON.stringify(result, null, 2));
  else {
    console.log(`\n${renderReport(result)}`);
    console.log(paint("gray", `\nMore: orchestrator task-details ${result.taskId}`));
  }
  return exitCodeOf(result);
}
