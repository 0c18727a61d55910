import type { Options } from "@anthropic-ai/claude-agent-sdk";
import { OWNER_MARKER, type ProcessGuard } from "../../processes/index.js";
import type { SessionOptions } from "../runtime.js";
import { AGENT_MARKER } from "./environment.js";

/** What every session of one runtime shares. */
export interface SessionSettings {
  environment: Record<string, string>;
  guard: ProcessGuard;
  ownerId: string;
  modelCallTimeoutMs: number;
}

/**
 * What the Agent SDK is told for one agent: sealed from the user's and the repository's own Claude settings, with our
 * prompt, an allow-list of tools, and our policy instead of questions.
 *
 * @param session - the agent
 * @param settings - what all agents of the runtime share
 * @param sessionId - for a new session: known before the process starts, so that it can be stored early
 */
export function composeQueryOptions(session: SessionOptions, settings: SessionSettings, sessionId: string): Options {
  return {
    cwd: session.workingDirectory,
    ...(session.resume ? { resume: session.resume } : { sessionId }),
    model: session.model,
    ...(session.fallbackModel ? { fallbackModel: session.fallbackModel } : {}),
    systemPrompt: session.systemPrompt,
    tools: [...session.tools],
    ...(session.effort ? { effort: session.effort } : {}),
    maxTurns: session.maxTurns,
    settingSources: [],
    strictMcpConfig: true,
    mcpServersDelivery: "initialize",
    // Text of another agent must not be run as a slash command or expanded as a file.
    verbatimPrompts: true,
    permissionMode: "dontAsk",
    settings: { includeGitInstructions: false, includeCoAuthoredBy: false },
    // The only live source of true token counts.
    includePartialMessages: true,
    ...(session.sandbox ? { sandbox: { enabled: true } } : {}),
    ...(session.outputSchema ? { outputFormat: { type: "json_schema", schema: session.outputSchema } } : {}),
    env: {
      ...settings.environment,
      ...session.variables,
      ...(session.maxTokens === null ? {} : { CLAUDE_CODE_MAX_OUTPUT_TOKENS: String(session.maxTokens) }),
      [AGENT_MARKER]: session.agentId,
      [OWNER_MARKER]: settings.ownerId,
    },
  };
}
