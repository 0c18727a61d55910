/** Running one agent: the runtime's interface, and `claude/`, the adapter that drives the Claude CLI. */
export { type ClaudeRuntime, createClaudeRuntime, type ModelEndpoint, notLoggedIn } from "./claude/index.js";
export type {
  AgentSession,
  JsonSchema,
  RuntimeEvent,
  TurnResult,
} from "./runtime.js";
