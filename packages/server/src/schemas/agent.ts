import { AGENT_STATUSES, FINDINGS, WHEN_BUSY } from "@claude-orchestrator/core";
import { z } from "zod";
import { count, errorRecord, files, flag, time, usageTotals } from "./shared.js";

const short = {
  agentId: z.string(),
  taskId: z.string().nullable(),
  stepKey: z.string().nullable(),
  name: z.string(),
  role: z.string(),
  model: z.string(),
  workingDirectory: z.string(),
  rehearsal: z.boolean(),
  status: z.enum(AGENT_STATUSES),
  sessionId: z.string().nullable(),
  pid: z.number().int().nullable(),
  guard: z.string().nullable(),
  startMs: z.number().nullable(),
  messages: z.number().int(),
  toolCalls: z.number().int(),
  retries: z.number().int(),
  activity: z.string().meta({ description: "The last thing it did, in a few words" }),
  contextUsedTokens: z.number().int().nullable(),
  contextWindowTokens: z.number().int().nullable(),
  contextPercentage: z.number().nullable(),
  finding: z.enum(FINDINGS).nullable(),
  error: errorRecord.nullable(),
  createdAt: time,
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  ...usageTotals,
};

/** An agent as its task shows it. */
export const agentRecord = z.object(short).meta({ id: "AgentRecord" });

/** An agent among many. */
export const agentItem = z.object({ ...short, ownerAlive: z.boolean() }).meta({ id: "AgentItem" });

/** One agent: its Core Four (context, model, prompt, tools), what it does and what it has used. */
const agent = z
  .object({
    ...short,
    ownerAlive: z.boolean(),
    tools: z.array(z.string()),
    systemPrompt: z.string(),
    logDirectory: z.string().nullable(),
    settings: z.object({
      writes: z.boolean(),
      effort: z.enum(["low", "medium", "high", "max"]).nullable(),
      fallbackModel: z.string().nullable(),
      maxTurns: z.number().int(),
      timeoutMinutes: z.number(),
      sandbox: z.boolean(),
      maxTokens: z.number().int().nullable(),
    }),
  })
  .meta({ id: "Agent" });

export const agentAnswer = z.object({ agent, files, seq: z.number().int() });
export const agentPage = z.object({ items: z.array(agentItem) });
export const agentParams = z.object({ agentId: z.string().regex(/^[\w-]+$/, "the id of an agent is expected") });

export const agentFilter = z.object({
  status: z.enum(AGENT_STATUSES).optional(),
  role: z.string().optional(),
  taskId: z.string().optional(),
  isDeleted: flag.optional(),
  limit: count.min(1).max(1_000).default(200),
});

export const newAgent = z.strictObject({
  role: z.string(),
  name: z.string().optional(),
  workingDirectory: z.string().optional(),
  systemPrompt: z.string().optional(),
  model: z.string().optional(),
  tools: z.array(z.string()).optional(),
  maxTokens: z.number().optional(),
  maxTurns: z.number().optional(),
  timeoutMinutes: z.number().optional(),
});
export const createdAgent = z.object({ agentId: z.string() });
export const agentChange = z.strictObject({ model: z.string() });
export const newMessage = z.strictObject({ text: z.string(), whenBusy: z.enum(WHEN_BUSY).optional() });
export const sentMessage = z.object({
  messageId: z.string().meta({ description: "Its reply is the event agent.replied with this id" }),
});

/** The files of an agent's log. */
export const LOG_FILES = ["prompt.txt", "text.txt", "tools.jsonl", "summary.json"] as const;
export const logParams = agentParams.extend({ file: z.enum(LOG_FILES) });
export const logRange = z.object({ offset: count.default(0), limit: count.min(1).max(5_000_000).default(1_000_000) });

export const toolParams = agentParams.extend({ toolUseId: z.string().regex(/^[\w.:-]{1,200}$/) });
export const toolCall = z.object({
  name: z.string(),
  input: z.unknown(),
  result: z.string(),
  isError: z.boolean(),
  durationMs: z.number().nullable(),
});
