/** The Claude adapter: the one place that imports the Agent SDK. */
export { type ClaudeRuntime, createClaudeRuntime } from "./claude-runtime.js";
export type { ModelEndpoint } from "./environment.js";
export { notLoggedIn } from "./turn-result.js";
