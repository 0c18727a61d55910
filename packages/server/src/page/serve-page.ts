import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import fastifyStatic from "@fastify/static";
import { type Api, needs } from "../api.js";
import { ApiError } from "../problems.js";

/** Files with a digest of their content in their names never change. */
const FOR_EVER = "public, max-age=31536000, immutable";

/**
 * Serves the page: its files, and `index.html` for whatever address the page itself knows what to do with.
 *
 * @param api - the server
 * @param root - the folder of its files
 */
export async function servePage(api: Api, root: string = findPage()): Promise<void> {
  const config = needs("view");
  if (!existsSync(join(root, "index.html"))) {
    api.get("/", { config, schema: { hide: true } }, async () => {
      throw new ApiError(
        "no_such_address",
        "The page was not built.",
        "Build it: npm run build. The API works without.",
      );
    });
    return;
  }
  await api.register(fastifyStatic, { root, serve: false, preCompressed: true, cacheControl: false });
  api.get("/assets/*", { config, schema: { hide: true } }, async (request, reply) => {
    const { "*": path } = request.params as { "*": string };
    return reply.header("cache-control", FOR_EVER).sendFile(`assets/${path}`);
  });
  api.get("/*", { config, schema: { hide: true } }, async (request, reply) => {
    const { "*": path } = request.params as { "*": string };
    reply.header("cache-control", "no-cache");
    // A file at the top, such as an icon; anything else is for the page to know.
    if (path !== "" && /^[\w-]+\.\w+$/.test(path) && existsSync(join(root, path))) return reply.sendFile(path);
    if (path.startsWith("api/") || !String(request.headers.accept ?? "").includes("text/html"))
      throw new ApiError("no_such_address", `There is nothing at ${request.url.slice(0, 200)}.`, "See: /api/docs");
    return reply.sendFile("index.html");
  });
}

function findPage(): string {
  const manifest = createRequire(import.meta.url).resolve("@claude-orchestrator/dashboard/package.json");
  return join(dirname(manifest), "dist");
}
