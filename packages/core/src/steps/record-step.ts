import type { Config } from "../config/index.js";
import { OrchestratorError, toErrorRecord } from "../domain/index.js";
import type { StepContext, StepOutcome } from "../engine/index.js";
import type { Store } from "../store/index.js";
import { GitError, type TreeId } from "../workspaces/index.js";
import { composeCommitMessage } from "./commit-message.js";
import type { StepWorkspace } from "./step-workspace.js";

export interface StepRecording {
  store: Store;
  config: Config;
  context: StepContext;
  workspace: StepWorkspace;
  /** The agent that worked on it last. */
  agentId: string | null;
  /** The files when it began. */
  before: TreeId | null;
  outcome: StepOutcome;
  /** The commit that is merged with what it leaves. */
  merged: string | null;
}

/**
 * Records what a step that writes has left, also where it failed: nothing exists only in a directory that will be
 * removed.
 *
 * @returns the outcome; a failure where its files cannot be recorded
 * @throws OrchestratorError when the store fails
 */
export async function recordStep(recording: StepRecording): Promise<StepOutcome> {
  const { context, workspace, agentId, before, outcome } = recording;
  try {
    const message = await composeMessage(recording);
    const merged = outcome.status === "succeeded" ? recording.merged : null;
    await workspace.commit({ context, agentId, before, message, merged });
    return outcome;
  } catch (error) {
    const isOfWorkspace =
      error instanceof GitError || (OrchestratorError.is(error) && error.code === "workspace_failed");
    if (!isOfWorkspace) throw error;
    // The first cause is the one to be told.
    return outcome.status === "failed"
      ? outcome
      : { status: "failed", error: toErrorRecord(error, "workspace_failed") };
  }
}

async function composeMessage({ store, config, context, outcome }: StepRecording): Promise<string> {
  const { task, step } = context;
  const agents = await store.listAgents({ taskId: task.taskId });
  return composeCommitMessage({
    summary: outcome.status === "succeeded" ? String(outcome.handoff.summary ?? "") : "",
    isFinished: outcome.status === "succeeded",
    taskId: task.taskId,
    stepKey: step.stepKey,
    agents: agents.filter(({ stepKey }) => stepKey === step.stepKey),
    withTrailers: config.commitTrailers,
    rehearsal: task.rehearsal,
  });
}
