import { join } from "node:path";
import { type FileChange, type Orchestrator, OrchestratorError, type StoredEventOf } from "@claude-orchestrator/core";
import { z } from "zod";
import { type Api, needs } from "../api.js";
import type { Context } from "../context.js";
import { findLine, readLog } from "../logs.js";
import * as schemas from "../schemas/agent.js";
import { begin } from "./background.js";

const params = schemas.agentParams;
const view = needs("view");
const operate = needs("operate");
const tags = ["agents"];
const accepted = { 202: z.object({ agentId: z.string() }) };
/** So many events are looked through for the files of an agent. */
const MAX_FILE_EVENTS = 20_000;
/** A tool's result is told up to here; the log has all of it. */
const MAX_RESULT_CHARACTERS = 1_000_000;

export function registerAgents(api: Api, context: Context): void {
  api.get(
    "/agents",
    { config: view, schema: { tags, querystring: schemas.agentFilter, response: { 200: schemas.agentPage } } },
    async ({ query }) => ({ items: await context.orchestrator.listAgents(query) }),
  );

  api.post(
    "/agents",
    { config: operate, schema: { tags, body: schemas.newAgent, response: { 201: schemas.createdAgent } } },
    async ({ body }, reply) => {
      const { directories, orchestrator } = context;
      const workingDirectory = directories.require(body.workingDirectory ?? directories.roots[0] ?? "");
      const agentId = await orchestrator.createAgent({ ...body, workingDirectory });
      return reply.code(201).header("location", `/api/v1/agents/${agentId}`).send({ agentId });
    },
  );

  api.get(
    "/agents/:agentId",
    { config: view, schema: { tags, params, response: { 200: schemas.agentAnswer } } },
    async ({ params: { agentId } }) => {
      const { orchestrator } = context;
      const seq = await orchestrator.lastEvent();
      const agent = await orchestrator.getAgentDetails(agentId);
      return { agent, files: await filesOf(orchestrator, agent.agentId), seq };
    },
  );

  api.patch(
    "/agents/:agentId",
    { config: operate, schema: { tags, params, body: schemas.agentChange, response: accepted } },
    async ({ params: { agentId }, body }, reply) => {
      await context.orchestrator.setAgentModel(agentId, body.model);
      return reply.code(202).send({ agentId });
    },
  );

  api.delete(
    "/agents/:agentId",
    {
      config: operate,
      schema: { tags, params, querystring: z.object({ record: z.enum(["true", "false"]).optional() }) },
    },
    async ({ params: { agentId }, query }, reply) => {
      const { orchestrator } = context;
      const agent = await orchestrator.getAgentDetails(agentId);
      if (agent.status !== "deleted" || query.record !== "true") await orchestrator.deleteAgent(agent.agentId);
      if (query.record === "true") await orchestrator.deleteAgentRecord(agent.agentId);
      return reply.code(204).send();
    },
  );

  api.post(
    "/agents/:agentId/messages",
    {
      config: operate,
      schema: { tags, params, body: schemas.newMessage, response: { 202: schemas.sentMessage } },
    },
    async ({ params: { agentId }, body: { text, whenBusy } }, reply) => {
      const { orchestrator, directories } = context;
      const agent = await orchestrator.getAgentDetails(agentId);
      // A message starts an agent that was made by hand; one of a task works where its task was let.
      if (agent.taskId === null) directories.require(agent.workingDirectory);
      const messageId = await begin<string>(
        (onSent) => orchestrator.sendToAgent(agent.agentId, text, { whenBusy, onSent }),
        context,
      );
      return reply.code(202).send({ messageId });
    },
  );

  api.post(
    "/agents/:agentId/interrupt",
    { config: operate, schema: { tags, params, response: accepted } },
    async ({ params: { agentId } }, reply) => {
      await context.orchestrator.interruptAgent(agentId);
      return reply.code(202).send({ agentId });
    },
  );

  api.post(
    "/agents/:agentId/kill",
    { config: operate, schema: { tags, params, response: accepted } },
    async ({ params: { agentId } }, reply) => {
      await context.orchestrator.killAgent(agentId);
      return reply.code(202).send({ agentId });
    },
  );
}

/** What an agent has said and done in full, as its files have it. */
export function registerAgentLogs(api: Api, context: Context): void {
  const directoryOf = async (agentId: string) => {
    const { logDirectory } = await context.orchestrator.getAgentDetails(agentId);
    if (logDirectory !== null) return logDirectory;
    throw new OrchestratorError("not_found", "The agent has no log.", "Monitoring was off when it was made.");
  };

  api.get(
    "/agents/:agentId/logs/:file",
    { config: view, schema: { tags, params: schemas.logParams, querystring: schemas.logRange } },
    async ({ params: { agentId, file }, query }, reply) => {
      const { text, totalBytes } = readLog(
        context.orchestrator.config.home,
        join(await directoryOf(agentId), file),
        query,
      );
      return reply.type("text/plain; charset=utf-8").header("x-total-bytes", totalBytes).send(text);
    },
  );

  api.get(
    "/agents/:agentId/tools/:toolUseId",
    { config: view, schema: { tags, params: schemas.toolParams, response: { 200: schemas.toolCall } } },
    async ({ params: { agentId, toolUseId } }) => {
      const path = join(await directoryOf(agentId), "tools.jsonl");
      const line = await findLine(context.orchestrator.config.home, path, (each) => isAbout(each, toolUseId));
      if (line === null)
        throw new OrchestratorError("not_found", `The log has no result of ${toolUseId}.`, "It may still run.");
      return toToolCall(line);
    },
  );
}

/** The id comes near the beginning of a line, before anything that the tool has said. */
function isAbout(line: string, toolUseId: string): boolean {
  return line.slice(0, 500).includes(`"toolUseId":${JSON.stringify(toolUseId)}`);
}

function toToolCall(line: string): z.output<typeof schemas.toolCall> {
  const { tool, input, result, isError, durationMs } = JSON.parse(line) as Record<string, unknown>;
  return {
    name: String(tool),
    input,
    result: String(result ?? "").slice(0, MAX_RESULT_CHARACTERS),
    isError: isError === true,
    durationMs: typeof durationMs === "number" ? durationMs : null,
  };
}

/** What an agent has read by its tools; what it changed comes from git, step by step, and is its task's. */
async function filesOf(
  orchestrator: Orchestrator,
  agentId: string,
): Promise<{ consumed: string[]; produced: FileChange[] }> {
  const types = ["tool.ended", "files.changed"] as const;
  const events = await orchestrator.listEvents({ agentId, types, limit: MAX_FILE_EVENTS });
  const read = events
    .filter((event): event is StoredEventOf<"tool.ended"> => event.type === "tool.ended")
    .flatMap((event) => event.data.filesRead);
  const produced = events
    .filter((event): event is StoredEventOf<"files.changed"> => event.type === "files.changed")
    .flatMap((event) => event.data.changes);
  return { consumed: [...new Set(read)].sort(), produced };
}
