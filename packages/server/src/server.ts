import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { type Orchestrator, OrchestratorError } from "@claude-orchestrator/core";
import fastifyCookie from "@fastify/cookie";
import fastifyHelmet from "@fastify/helmet";
import fastifyWebsocket from "@fastify/websocket";
import fastify, { type FastifyReply } from "fastify";
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { type Access, countFailures, openAccess, openAuditLog } from "./access/index.js";
import type { Api } from "./api.js";
import type { Context } from "./context.js";
import { allowDirectories } from "./directories.js";
import { openFleetSource } from "./fleet-source.js";
import { standGuard } from "./guard.js";
import { createHostCheck, isLoopback } from "./hosts.js";
import { createMetrics } from "./metrics.js";
import { describeApi, serveDescription } from "./openapi.js";
import { servePage, serveSignIn } from "./page/index.js";
import { ApiError, toProblem } from "./problems.js";
import * as routes from "./routes/index.js";
import { createSessionCookie } from "./session-cookie.js";

/** How a server is started. */
export interface ServerOptions {
  /** Makes an orchestrator, which the server starts; called again when the database was replaced. */
  create: () => Orchestrator;
  /** Where tasks may work: these directories and what is below them. */
  directories: readonly string[];
  version: string;
  /** `127.0.0.1` by default: this machine only. */
  host?: string | undefined;
  /** 0 takes any that is free. */
  port?: number | undefined;
  /** Further names by which the server may be asked, such as that of a proxy in front of it. */
  hostNames?: readonly string[] | undefined;
  /** Whether a script answers the agents. */
  rehearsal?: boolean | undefined;
  /** Told of failures of the server's own. */
  onTrouble?: ((message: string, error: unknown) => void) | undefined;
}

/** A server that runs. */
export interface Server {
  /** Where a browser on this machine finds it, such as `http://127.0.0.1:4720`. */
  readonly url: string;
  readonly access: Access;
  readonly orchestrator: Orchestrator;
  /** The description of the API. */
  describe(): object;
  close(): Promise<void>;
}

const DEFAULT_HOST = "127.0.0.1";
const MAX_BODY_BYTES = 1024 * 1024;
const MAX_PARAMETER_CHARACTERS = 300;
const MAX_MESSAGE_BYTES = 16 * 1024;
const REQUEST_LIMIT_MS = 30_000;

/**
 * Starts the server. The first start makes a token for an administrator; see `access` for the others.
 *
 * @throws OrchestratorError `invalid_input` for a port that is taken, a directory that is not there, or an address that
 *   other machines can reach while there is no token
 * @example
 * const server = await startServer({ create: () => new Orchestrator(), directories: ["."], version: "0.1.0" });
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { host = DEFAULT_HOST, port = 0, hostNames = [], version, rehearsal = false } = options;
  const trouble = options.onTrouble ?? (() => {});
  const directories = allowDirectories(options.directories);
  // Whatever keeps it from being served is found before a task is gone on with.
  const { home, observability } = options.create().config;
  const access = openAccess(home);
  requireToken(access, host);
  await requireFree(host, port);
  const fleet = await openFleetSource(options.create, trouble);
  const context: Context = {
    get orchestrator() {
      return fleet.orchestrator;
    },
    get hub() {
      return fleet.hub;
    },
    get drafts() {
      return fleet.drafts;
    },
    get isClosing() {
      return fleet.isClosing;
    },
    access,
    audit: openAuditLog(home, trouble),
    directories,
    rehearsal,
    version,
    trouble,
    onEvent: fleet.onEvent,
    onClosing: fleet.onClosing,
  };
  const metrics = observability ? createMetrics(context) : null;
  try {
    const api = await build(context, { hosts: createHostCheck(host, hostNames), metrics });
    await listening(host, port, () => api.listen({ host, port }));
    const bound = (api.server.address() as AddressInfo).port;
    return {
      url: `http://${urlHostOf(host)}:${bound}`,
      access,
      get orchestrator() {
        return fleet.orchestrator;
      },
      describe: () => api.swagger(),
      async close() {
        metrics?.close();
        // The streams are told first: the server waits for everything that is open.
        await fleet.close();
        await api.close();
      },
    };
  } catch (error) {
    metrics?.close();
    await fleet.close();
    throw error;
  }
}

async function build(
  context: Context,
  parts: { hosts: ReturnType<typeof createHostCheck>; metrics: ReturnType<typeof createMetrics> | null },
): Promise<Api> {
  const sendProblem = (error: unknown, reply: FastifyReply) => {
    const problem = toProblem(error);
    return reply.code(problem.status).type("application/problem+json").serializer(JSON.stringify).send(problem);
  };
  const api: Api = fastify({
    // An address that cannot be read comes to no route and no guard.
    frameworkErrors: (error, _, reply) => void sendProblem(error, reply as FastifyReply),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_LIMIT_MS,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAMETER_CHARACTERS },
  }).withTypeProvider<ZodTypeProvider>();
  api.setValidatorCompiler(validatorCompiler);
  api.setSerializerCompiler(serializerCompiler);
  api.setErrorHandler((error, request, reply) => {
    if (toProblem(error).status === 500) context.trouble(`${request.method} ${request.routeOptions.url} failed`, error);
    return sendProblem(error, reply);
  });
  // A page may send plain text to anybody without asking first.
  api.removeContentTypeParser("text/plain");
  // Many clients name the type of a body also where they send none.
  const parseJson = api.getDefaultJsonParser("error", "error");
  api.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") done(null, undefined);
    else parseJson(request, String(body), done);
  });
  api.setNotFoundHandler((request) => {
    throw new ApiError("no_such_address", `There is nothing at ${request.url.slice(0, 200)}.`, "See: /api/docs");
  });
  await api.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", "data:"],
        connectSrc: ["'self'"],
        fontSrc: ["'self'"],
        manifestSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // Plain HTTP on loopback; a proxy that adds TLS adds this too.
    strictTransportSecurity: false,
    referrerPolicy: { policy: "no-referrer" },
  });
  await api.register(fastifyCookie);
  await api.register(fastifyWebsocket, { options: { maxPayload: MAX_MESSAGE_BYTES } });
  await describeApi(api, context.version);

  const cookie = createSessionCookie(() => `orchestrator_${(api.server.address() as AddressInfo | null)?.port ?? 0}`);
  const failures = countFailures(Date.now);
  standGuard(api, context, { hosts: parts.hosts, cookie, failures });
  routes.registerHealth(api, context, parts.metrics);
  await api.register(
    async (inner) => {
      const scope = inner.withTypeProvider<ZodTypeProvider>() as Api;
      // What the API says is for whoever asked, and no cache in between.
      scope.addHook("onSend", async (_, reply) => void reply.header("cache-control", "no-store"));
      routes.registerFleet(scope, context);
      routes.registerTasks(scope, context);
      routes.registerTaskControl(scope, context);
      routes.registerAgents(scope, context);
      routes.registerAgentLogs(scope, context);
      routes.registerEvents(scope, context);
      routes.registerCatalogue(scope, context);
      routes.registerAccess(scope, context, cookie, failures);
    },
    { prefix: "/api/v1" },
  );
  await serveDescription(api);
  serveSignIn(api);
  await servePage(api);
  return api;
}

/** Other machines are let in by a token only, and only where somebody has made one on purpose. */
function requireToken(access: Access, host: string): void {
  if (isLoopback(host) || access.listTokens().length > 0) return;
  throw new OrchestratorError(
    "invalid_input",
    `The address ${host} can be reached by other machines, and there is no token yet.`,
    "Make one first: orchestrator token create --role admin. Then put TLS in front of the server.",
  );
}

/** Listens there for a moment. */
async function requireFree(host: string, port: number): Promise<void> {
  const probe = createServer();
  await listening(host, port, async () => {
    probe.listen({ host, port });
    await once(probe, "listening");
  });
  await new Promise((resolve) => probe.close(resolve));
}

/** @throws OrchestratorError `invalid_input` in place of what the system says */
async function listening(host: string, port: number, listen: () => Promise<unknown>): Promise<void> {
  try {
    await listen();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === "EADDRINUSE"
        ? "is taken by another program"
        : code === "EACCES"
          ? "may not be used"
          : `cannot be used (${code})`;
    throw new OrchestratorError(
      "invalid_input",
      `The port ${port} of ${host} ${why}.`,
      "Name another: orchestrator serve --port <number>. A link to a server that runs: orchestrator token link",
      { cause: error },
    );
  }
}

function urlHostOf(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}
