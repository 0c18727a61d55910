import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Credentials, Identity, Permission } from "./access/index.js";

/** The server with routes that are typed by their schemas. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks; `null` on the few addresses that anybody may use. */
    identity: Identity | null;
    /** What they have shown for it. */
    credentials: Credentials | null;
  }
  interface FastifyContextConfig {
    /** What one must be allowed to do; `anybody` needs no token. Where it is left out, only an admin may. */
    needs?: Permission | "anybody";
  }
}

/** What a route needs. Each route says it. */
export const needs = (permission: Permission | "anybody") => ({ needs: permission });
