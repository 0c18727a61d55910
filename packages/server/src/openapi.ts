import fastifySwagger from "@fastify/swagger";
import fastifySwaggerUi from "@fastify/swagger-ui";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import type { Api } from "./api.js";

/** Describes every route that is registered after it, out of its schemas. */
export async function describeApi(api: Api, version: string): Promise<void> {
  await api.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Claude Multi-Agent Orchestrator",
        version,
        description:
          "Everything that the library does, over HTTP. Events: /api/v1/ws (WebSocket) and /api/v1/events/stream.",
      },
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
      security: [{ token: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => withoutUnused(jsonSchemaTransformObject(document)),
  });
}

/** Serves the description: a page at `/api/docs`, the document at `/api/docs/json`. */
export async function serveDescription(api: Api): Promise<void> {
  await api.register(async (docs) => {
    docs.addHook("onRoute", (route) => {
      route.config = { ...route.config, needs: "view" };
    });
    await docs.register(fastifySwaggerUi, { routePrefix: "/api/docs", staticCSP: true });
  });
}

/** Each schema is described as what comes in and as what goes out; what nobody refers to is left out. */
function withoutUnused<T extends object>(document: T): T {
  const { components } = document as { components?: { schemas?: Record<string, unknown> } };
  const schemas = components?.schemas ?? {};
  const used = Object.entries(schemas).filter(([name]) => {
    const others = JSON.stringify({ ...document, components: { schemas: { ...schemas, [name]: null } } });
    return others.includes(`"#/components/schemas/${name}"`);
  });
  const next = { ...document, components: { ...components, schemas: Object.fromEntries(used) } };
  // What only they referred to is unused now.
  return used.length === Object.keys(schemas).length ? next : withoutUnused(next);
}
