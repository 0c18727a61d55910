/** Why a request was not done, as the server tells it. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string;

  constructor({ status, code, detail, hint }: { status: number; code: string; detail: string; hint: string }) {
    super(detail);
    this.name = "Problem";
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

/** Any failure as a problem, so that a page can show what happened and what to do. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new Problem({ status: 0, code: "page", detail, hint: "Load the page again. If it comes back, report it." });
}

/**
 * The body of a refusal as a problem.
 *
 * @param status - of the response
 * @param body - as it came; where it is no problem, somebody between the page and the server has answered
 */
export function toProblemOf(status: number, body: unknown): Problem {
  const fields = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const word = (key: string, fallback: string) => (typeof fields[key] === "string" ? fields[key] : fallback);
  return new Problem({
    status,
    code: word("code", "internal"),
    detail: word("detail", word("title", `The server answered with status ${status}.`)),
    hint: word("hint", ""),
  });
}
