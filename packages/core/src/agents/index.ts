/** What an agent is told and what it hands over. */
export type { AgentLog, OpenAgentLog } from "./agent-log.js";
export { type Handoff, handoffJsonSchema, parseHandoff } from "./handoff.js";
export {
  composeHandoffReminder,
  composeStepPrompt,
  composeSystemPrompt,
  type GivenHandoff,
  readProjectInstructions,
} from "./prompt.js";
