import { z } from "zod";
import type { Failures } from "../access/index.js";
import { type Api, needs } from "../api.js";
import type { Context } from "../context.js";
import { ApiError } from "../problems.js";
import { refuseUnknown } from "../refusals.js";
import * as schemas from "../schemas/access.js";
import type { SessionCookie } from "../session-cookie.js";

const administer = needs("administer");
const tags = ["access"];

/** Signing in and out, and who may. */
export function registerAccess(api: Api, context: Context, cookie: SessionCookie, failures: Failures): void {
  const { access, audit } = context;

  api.post(
    "/session",
    {
      config: needs("anybody"),
      schema: {
        tags,
        body: schemas.signIn,
        response: { 201: z.object({ name: z.string(), role: z.string() }) },
      },
    },
    async (request, reply) => {
      const { code, token } = request.body;
      const found = await access.signIn(code === undefined ? { token: token ?? "" } : { code });
      if (!found) {
        const refusal = new ApiError(
          "unauthenticated",
          code === undefined ? "This token is not known." : "This link was used before, or is too old.",
          code === undefined
            ? "See which there are: orchestrator token list. Make one: orchestrator token create"
            : "Get another: orchestrator token link",
        );
        throw refuseUnknown(request, reply, refusal, failures);
      }
      cookie.give(reply, found.session, found.maxAgeMs);
      // The audit log says who came in.
      request.identity = found.who;
      const { name, role } = found.who;
      return reply.code(201).send({ name, role });
    },
  );

  api.get(
    "/session",
    { config: needs("view"), schema: { tags, response: { 200: schemas.session } } },
    async ({ identity }) => {
      const { orchestrator, directories, rehearsal, version } = context;
      return {
        name: identity?.name ?? "",
        role: identity?.role ?? "viewer",
        version,
        databaseId: await orchestrator.databaseId(),
        rehearsal,
        defaultModel: orchestrator.config.defaultModel,
        directories: [...directories.roots],
        time: new Date().toISOString(),
      };
    },
  );

  api.delete("/session", { config: needs("view"), schema: { tags } }, async (request, reply) => {
    const session = cookie.read(request);
    if (session !== null) await access.signOut(session);
    cookie.take(reply);
    return reply.code(204).send();
  });

  api.get("/tokens", { config: administer, schema: { tags, response: { 200: schemas.tokensAnswer } } }, async () => ({
    items: access.listTokens(),
  }));

  api.post(
    "/tokens",
    { config: administer, schema: { tags, body: schemas.newToken, response: { 201: schemas.createdToken } } },
    async ({ body: { name, role } }, reply) => reply.code(201).send(await access.createToken(name, role)),
  );

  api.delete(
    "/tokens/:tokenId",
    { config: administer, schema: { tags, params: schemas.tokenParams } },
    async ({ params: { tokenId } }, reply) => {
      await access.revokeToken(tokenId);
      return reply.code(204).send();
    },
  );

  api.get(
    "/audit",
    { config: administer, schema: { tags, querystring: schemas.auditQuery, response: { 200: schemas.auditAnswer } } },
    async ({ query: { limit } }) => ({ items: audit.read(limit) }),
  );
}
