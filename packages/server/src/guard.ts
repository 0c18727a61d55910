import type { FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import { type Credentials, countFailures, type Failures, type Identity, mayDo } from "./access/index.js";
import type { Api } from "./api.js";
import type { Context } from "./context.js";
import type { HostCheck } from "./hosts.js";
import { sendSignIn } from "./page/index.js";
import { ApiError } from "./problems.js";
import { refuseUnknown } from "./refusals.js";
import type { SessionCookie } from "./session-cookie.js";

const BEARER = /^Bearer ([\w.~+/=-]{1,200})$/i;

/**
 * Stands before every route: by which name and from which page one comes, who one is, and what one may do. Writes down
 * what was done and refused.
 */
export function standGuard(
  api: Api,
  context: Context,
  { hosts, cookie, failures }: { hosts: HostCheck; cookie: SessionCookie; failures: Failures },
): void {
  /** What nobody in particular does; written down only so often, or it would push out what matters. */
  const unknown = countFailures(Date.now);
  requireNeeds(api);
  api.decorateRequest("identity", null);
  api.decorateRequest("credentials", null);

  api.addHook("onRequest", async (request, reply) => {
    const { host, origin } = request.headers;
    hosts.require({ host, origin: origin === "null" ? "null:" : origin });
    const needed = request.is404 ? "view" : (request.routeOptions.config.needs ?? "administer");
    if (needed === "anybody") return;
    const shown = identify(request, context, cookie);
    request.identity = shown.who;
    request.credentials = shown.credentials;
    if (!shown.who) return refuse(request, reply, shown.isWrong);
    if (!mayDo(shown.who.role, needed)) {
      throw new ApiError(
        "forbidden",
        `The token "${shown.who.name}" has the role ${shown.who.role}, which may not do this.`,
        "Use a token with a greater role: orchestrator token create",
      );
    }
    // A cookie comes along by itself: whatever changes something must come from our own page.
    if (shown.byCookie && origin === undefined && request.method !== "GET" && request.method !== "HEAD") {
      if (request.headers["sec-fetch-site"] !== "same-origin")
        throw new ApiError(
          "origin_refused",
          "The request does not say which page it comes from.",
          "Send a bearer token.",
        );
    }
    // Browsers always tell the origin of a WebSocket.
    if (shown.byCookie && origin === undefined && request.headers.upgrade !== undefined)
      throw new ApiError(
        "origin_refused",
        "The request does not say which page it comes from.",
        "Send a bearer token.",
      );
    // Nothing can be answered while the database is changed for another.
    if (context.isClosing)
      throw new ApiError("not_ready", "The database is being closed or opened anew.", "Try it again in a moment.");
  });

  function refuse(request: FastifyRequest, reply: FastifyReply, isWrong: boolean): FastifyReply {
    const isPage = request.method === "GET" && String(request.headers.accept ?? "").includes("text/html");
    if (isPage && !request.url.startsWith("/api/") && request.headers.upgrade === undefined)
      return sendSignIn(reply, 401);
    const refusal = new ApiError(
      "unauthenticated",
      isWrong ? "The token or session is not known, or was revoked." : "A token is needed.",
      "Send it as: Authorization: Bearer <token>. Make one: orchestrator token create",
    );
    throw isWrong ? refuseUnknown(request, reply, refusal, failures) : refusal;
  }

  api.addHook("onError", async (_, reply, error) => {
    if (error instanceof ApiError && error.code === "unauthenticated") reply.header("www-authenticate", "Bearer");
  });

  api.addHook("onResponse", async (request, reply) => {
    const isChange = request.method !== "GET" && request.method !== "HEAD" && request.method !== "OPTIONS";
    const isRefusal = reply.statusCode === 401 || reply.statusCode === 403;
    if (!isChange && !isRefusal) return;
    if (request.identity === null) {
      if (unknown.waitSeconds(request.ip) > 0) return;
      unknown.note(request.ip);
    }
    context.audit.write({
      time: new Date().toISOString(),
      who: request.identity?.name ?? "nobody",
      role: request.identity?.role ?? null,
      action: `${request.method} ${request.routeOptions.url ?? "(no such address)"}`,
      subject: Object.values((request.params ?? {}) as Record<string, string>)
        .join(" ")
        .slice(0, 300),
      status: reply.statusCode,
      address: request.ip,
    });
  });
}

/** A route that does not say what it needs must not be forgotten: the server does not start with one. */
function requireNeeds(api: Api): void {
  const routes: RouteOptions[] = [];
  api.addHook("onRoute", (route) => {
    routes.push(route);
  });
  api.addHook("onReady", async () => {
    const forgotten = routes.find(({ config }) => config?.needs === undefined);
    if (forgotten) throw new Error(`The route ${forgotten.url} does not say what it needs.`);
  });
}

interface Shown {
  who: Identity | null;
  credentials: Credentials | null;
  /** Whether something was shown that is not known. */
  isWrong: boolean;
  byCookie: boolean;
}

function identify(request: FastifyRequest, context: Context, cookie: SessionCookie): Shown {
  const { authorization } = request.headers;
  const session = cookie.read(request);
  const byCookie = authorization === undefined;
  const credentials = byCookie ? (session === null ? null : { session }) : toBearer(authorization);
  const who = credentials === null ? null : whoHas(credentials, context);
  return { who, credentials, isWrong: who === null && !(byCookie && session === null), byCookie };
}

function toBearer(authorization: string): Credentials | null {
  const bearer = BEARER.exec(authorization)?.[1];
  return bearer === undefined ? null : { bearer };
}

/** Where the file of tokens is damaged nobody is let in, and nobody outside is told where it lies. */
function whoHas(credentials: Credentials, { access, trouble }: Context): Identity | null {
  try {
    return access.identify(credentials);
  } catch (error) {
    trouble("nobody can be let in", error);
    throw new ApiError("not_ready", "The file of tokens cannot be read.", "See what the server has printed.");
  }
}
