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

/** Reads a problem from a refused response; one that says nothing of the kind is described by its status. */
export async function readProblem(response: Response): Promise<Problem> {
  const text = await response.text();
  const fields = parseObject(text);
  const word = (key: string, fallback: string) => (typeof fields[key] === "string" ? fields[key] : fallback);
  return new Problem({
    status: response.status,
    code: word("code", "internal"),
    detail: word("detail", word("title", `The server answered with status ${response.status}.`)),
    hint: word("hint", ""),
  });
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // Something between the page and the server has answered in a form of its own.
    return {};
  }
}
