import { z } from "zod";
import { type Api, needs } from "../api.js";
import type { Context } from "../context.js";
import type { Metrics } from "../metrics.js";
import { ApiError } from "../problems.js";

const health = z.object({ status: z.literal("ok"), version: z.string() });
const readiness = z.object({ status: z.literal("ready"), login: z.string(), guard: z.string() });
const tags = ["health"];

/** What watches over the server: whether it lives, whether it can work, and figures. */
export function registerHealth(api: Api, context: Context, metrics: Metrics | null): void {
  api.get("/health", { config: needs("anybody"), schema: { tags, response: { 200: health } } }, async () => ({
    status: "ok" as const,
    version: context.version,
  }));

  api.get("/ready", { config: needs("view"), schema: { tags, response: { 200: readiness } } }, async () => {
    const { orchestrator } = context;
    // The database answers, and agents can reach a model.
    await orchestrator.lastEvent();
    const { login, guard } = await orchestrator.checkRuntime();
    if (!login.ok)
      throw new ApiError("not_ready", "Claude has no login, key or endpoint to use.", "See: orchestrator doctor");
    return { status: "ready" as const, login: login.method, guard };
  });

  api.get("/metrics", { config: needs("view"), schema: { tags } }, async (_, reply) => {
    if (!metrics)
      throw new ApiError(
        "no_such_address",
        "There are no metrics: observability is off.",
        "Set ENABLE_OBSERVABILITY=true.",
      );
    return reply.type(metrics.contentType).send(await metrics.render());
  });
}
