import type { FastifyReply, FastifyRequest } from "fastify";
import type { Failures } from "./access/index.js";
import { ApiError } from "./problems.js";

/**
 * Makes the answer to whoever shows what is not known: the refusal, and after too many of them only how long to wait.
 * Whoever shows something valid never comes here: nobody can lock others out.
 */
export function refuseUnknown(
  request: FastifyRequest,
  reply: FastifyReply,
  refusal: ApiError,
  failures: Failures,
): ApiError {
  const waitSeconds = failures.waitSeconds(request.ip);
  failures.note(request.ip);
  if (waitSeconds === 0) return refusal;
  reply.header("retry-after", waitSeconds);
  return new ApiError(
    "too_many_requests",
    `Too many attempts that were not known. The next is answered in ${waitSeconds} s.`,
    "Wait, or get a link: orchestrator token link",
  );
}
