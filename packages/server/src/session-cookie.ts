import type { FastifyReply, FastifyRequest } from "fastify";

/** The cookie that a signed-in browser has: no script reads it, and no other site's request carries it. */
export interface SessionCookie {
  read(request: FastifyRequest): string | null;
  give(reply: FastifyReply, session: string, maxAgeMs: number): void;
  take(reply: FastifyReply): void;
}

/**
 * Makes the cookie of one server.
 *
 * @param name - one for each port: browsers send the cookies of a host to all its ports
 */
export function createSessionCookie(name: () => string): SessionCookie {
  const options = { path: "/", httpOnly: true, sameSite: "strict" } as const;
  return {
    read: (request) => request.cookies[name()] ?? null,
    give(reply, session, maxAgeMs) {
      // Over TLS, which ends at a proxy in front of us, it stays there: only the browser's own word tells us.
      const secure = reply.request.headers.origin?.toLowerCase().startsWith("https://") ?? false;
      reply.setCookie(name(), session, { ...options, secure, maxAge: Math.floor(maxAgeMs / 1_000) });
    },
    take: (reply) => void reply.clearCookie(name(), options),
  };
}
