import type { FastifyReply, FastifyRequest } from "fastify";
import { countFailures, type Identity, mayDo } from "./access/index.js";
import type { Api } from "./api.js";
import type { Context } from "./context.js";
import type { HostCheck } from "./hosts.js";
import { sendSignIn } from "./page/index.js";
import { ApiError } from "./problems.js";
import type { SessionCookie } from "./session-cookie.js";

const BEARER = /^Bearer ([\w.~+/=-]{1,200})$/i;

/**
 * Stands before every route: by which name and from which page one comes, who one is, and what one may do. Writes down
 * what was done and refused.
 */
export function standGuard(api: Api, context: Context, hosts: HostCheck, cookie: SessionCookie): void {
  const failures = countFailures(Date.now);
  api.decorateRequest("identity", null);

  api.addHook("onRequest", async (request, reply) => {
    const { host, origin } = request.headers;
    hosts.require({ host, origin: origin === "null" ? "null:" : origin });
    const needed = request.is404 ? "view" : (request.routeOptions.config.needs ?? "administer");
    const shown = identify(request, context, cookie);
    request.identity = shown.who;
    if (needed === "anybody") return;
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
  });

  function refuse(request: FastifyRequest, reply: FastifyReply, isWrong: boolean): FastifyReply {
    const waitSeconds = failures.waitSeconds(request.ip);
    if (isWrong && waitSeconds > 0) throw tooMany(reply, waitSeconds);
    if (isWrong) failures.note(request.ip);
    const isPage = request.method === "GET" && String(request.headers.accept ?? "").includes("text/html");
    if (isPage && !request.url.startsWith("/api/") && request.headers.upgrade === undefined)
      return sendSignIn(reply, 401);
    throw new ApiError(
      "unauthenticated",
      isWrong ? "The token or session is not known, or was revoked." : "A token is needed.",
      "Send it as: Authorization: Bearer <token>. Make one: orchestrator token create",
    );
  }

  api.addHook("preValidation", async (request, reply) => {
    // Whoever only guesses is told to wait before the guess is looked at.
    if (request.routeOptions.url !== "/api/v1/session" || request.method !== "POST") return;
    const waitSeconds = failures.waitSeconds(request.ip);
    if (waitSeconds > 0) throw tooMany(reply, waitSeconds);
  });
  api.addHook("onError", async (request, reply, error) => {
    const isRefusal = error instanceof ApiError && error.code === "unauthenticated";
    if (!isRefusal) return;
    if (request.routeOptions.url === "/api/v1/session" && request.method === "POST") failures.note(request.ip);
    reply.header("www-authenticate", "Bearer");
  });

  api.addHook("onResponse", async (request, reply) => {
    const isChange = request.method !== "GET" && request.method !== "HEAD" && request.method !== "OPTIONS";
    const isRefusal = reply.statusCode === 401 || reply.statusCode === 403;
    if (!isChange && !isRefusal) return;
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

interface Shown {
  who: Identity | null;
  /** Whether something was shown that is not known. */
  isWrong: boolean;
  byCookie: boolean;
}

function identify(request: FastifyRequest, { access }: Context, cookie: SessionCookie): Shown {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const bearer = BEARER.exec(authorization)?.[1];
    const who = bearer === undefined ? null : access.identify({ bearer });
    return { who, isWrong: who === null, byCookie: false };
  }
  const session = cookie.read(request);
  const who = session === null ? null : access.identify({ session });
  return { who, isWrong: session !== null && who === null, byCookie: true };
}

function tooMany(reply: FastifyReply, waitSeconds: number): ApiError {
  reply.header("retry-after", waitSeconds);
  return new ApiError(
    "too_many_requests",
    `Too many attempts that were not known. The next is looked at in ${waitSeconds} s.`,
    "Wait, or get a link: orchestrator token link",
  );
}
