/** The lifecycle of agents: what one is told, its process, its records, its messages, its status checks, its end. */
export type { AgentLog, OpenAgentLog } from "./agent-log.js";
export { AgentPool, type SendOptions } from "./agent-pool.js";
export { AgentProcess, type TurnAnswer } from "./agent-process.js";
export { type AgentCommands, hearCommands } from "./commands.js";
export { type Handoff, handoffJsonSchema, parseHandoff } from "./handoff.js";
export {
  composeConclusion,
  composeContinuation,
  composeHandoffReminder,
  composeResumption,
  composeStepPrompt,
  composeSystemPrompt,
  type GivenHandoff,
  readProjectInstructions,
} from "./prompt.js";
export { type AgentReply, isNotFound } from "./reply.js";
export { settingsOf } from "./settings.js";
export { createSupervisor, type Supervisor, stuckError } from "./supervisor.js";
