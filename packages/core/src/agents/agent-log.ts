import type { RuntimeEvent } from "../runtime/index.js";

/** Where one agent's story is written in full. Kept apart from the event log, whose entries are bounded. */
export interface AgentLog {
  /** The directory of its files, or `null` when nothing is written. */
  readonly directory: string | null;
  /** What the agent is told. */
  prompt(title: string, text: string): void;
  /** What it does. */
  event(event: RuntimeEvent): void;
  /** The agent has ended. */
  close(summary: unknown): void;
}

/** Opens the log of a new agent. */
export type OpenAgentLog = (agent: { agentId: string; taskId: string | null; name: string }) => AgentLog;
