import type { AgentRecord } from "../store/index.js";
import { toSubject } from "../workspaces/index.js";

export interface CommitMessage {
  /** What the step says that it did; empty where it did not finish. */
  summary: string;
  isFinished: boolean;
  taskId: string;
  stepKey: string;
  agents: readonly Pick<AgentRecord, "agentId" | "costUsd">[];
  withTrailers: boolean;
  rehearsal: boolean;
}

/**
 * The message of a step's commit: what was done, and as trailers the task, the step, the agent and the cost.
 *
 * @param message - its parts
 */
export function composeCommitMessage(message: CommitMessage): string {
  const { summary, isFinished, taskId, stepKey, agents, withTrailers, rehearsal } = message;
  const subject = isFinished ? toSubject(summary, `Work of ${stepKey}`) : `Unfinished work of ${stepKey}`;
  const rest = summary.trim().replace(/\.$/, "") === subject ? "" : summary.trim();
  const known = agents.flatMap(({ costUsd }) => costUsd ?? []);
  const cost = known.reduce((sum, each) => sum + each, 0);
  const trailers = [
    `Orchestrator-Task: ${taskId}`,
    `Orchestrator-Step: ${stepKey}`,
    ...agents.map(({ agentId }) => `Orchestrator-Agent: ${agentId}`),
    ...(known.length > 0 ? [`Orchestrator-Cost: ${cost.toFixed(4)} USD${rehearsal ? " (rehearsal)" : ""}`] : []),
  ];
  return [subject, rest, withTrailers ? trailers.join("\n") : ""].filter(Boolean).join("\n\n");
}
