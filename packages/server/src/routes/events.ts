import { EVENT_TYPES, OrchestratorError } from "@claude-orchestrator/core";
import type { FastifyRequest } from "fastify";
import { type Api, needs } from "../api.js";
import type { Context } from "../context.js";
import { streamEvents, streamTo } from "../live/index.js";
import { eventFilter, eventPage, streamFilter } from "../schemas/event.js";
import { parseList } from "./lists.js";

const config = needs("view");
const tags = ["events"];

export function registerEvents(api: Api, context: Context): void {
  api.get(
    "/events",
    // The log is checked when it is written: it goes out as it is, without being looked through again.
    {
      config,
      schema: { tags, querystring: eventFilter, response: { 200: eventPage } },
      serializerCompiler: () => JSON.stringify,
    },
    async ({ query: { types, ...query } }) => {
      const { orchestrator } = context;
      const seq = await orchestrator.lastEvent();
      const wanted = types === undefined ? undefined : parseList(types, EVENT_TYPES, "a type of event");
      return { items: await orchestrator.listEvents({ ...query, types: wanted }), seq };
    },
  );

  api.get(
    "/events/stream",
    {
      config,
      // The head alone would be a stream too: nobody would ever answer it.
      exposeHeadRoute: false,
      schema: { tags, querystring: streamFilter, description: "Server-sent events; comes back by Last-Event-ID" },
    },
    async (request, reply) => {
      const last = request.headers["last-event-id"];
      const after = last === undefined ? request.query.after : parseCursor(String(last));
      const { taskId, agentId } = request.query;
      await streamEvents(request, reply, context, { after, taskId, agentId }, () => isStillAllowed(context, request));
      return reply;
    },
  );

  api.get(
    "/ws",
    { config, websocket: true, schema: { hide: true, querystring: streamFilter } },
    async (socket, request) => {
      const { after, taskId, agentId } = request.query as { after?: number; taskId?: string; agentId?: string };
      await streamTo(socket, context, { after, taskId, agentId }, () => isStillAllowed(context, request));
    },
  );
}

/** A stream lasts; whoever follows it may have signed out or been shut out meanwhile. */
function isStillAllowed({ access, trouble }: Context, { credentials }: FastifyRequest): boolean {
  try {
    return credentials !== null && access.isValid(credentials);
  } catch (error) {
    trouble("nobody can be let in", error);
    return false;
  }
}

function parseCursor(text: string): number {
  const seq = Number(text);
  if (Number.isInteger(seq) && seq >= 0) return seq;
  throw new OrchestratorError(
    "invalid_input",
    `Last-Event-ID is ${JSON.stringify(text.slice(0, 50))}, not the number of an event.`,
    "Leave it out to begin with what comes.",
  );
}
