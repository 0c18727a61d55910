import createClient from "openapi-fetch";
import { Problem, toProblemOf } from "./problem.ts";
import type { paths } from "./schema.d.ts";

/** The API, by its own description: paths, parameters, bodies and answers are checked as the page is built. */
export const api = createClient<paths>({ baseUrl: location.origin, credentials: "same-origin" });

/**
 * Waits for an answer of the API.
 *
 * @returns what it holds
 * @throws Problem when the server refuses or does not answer
 * @example const { task } = await answered(api.GET("/api/v1/tasks/{taskId}", { params: { path: { taskId } } }));
 */
export async function answered<T>(
  asked: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<Exclude<T, undefined>> {
  const { data, error, response } = await reached(asked);
  if (!response.ok) throw refusal(response.status, error);
  return data as Exclude<T, undefined>;
}

/** The same for a text, such as a log; `totalBytes` is the size of the whole, where the server tells it. */
export async function answeredText(
  asked: Promise<{ data?: unknown; error?: unknown; response: Response }>,
): Promise<{ text: string; totalBytes: number | null }> {
  const { data, error, response } = await reached(asked);
  if (!response.ok) throw refusal(response.status, error);
  const total = response.headers.get("x-total-bytes");
  return { text: typeof data === "string" ? data : "", totalBytes: total === null ? null : Number(total) };
}

async function reached<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Problem({
      status: 0,
      code: "unreachable",
      detail: "The server does not answer.",
      hint: "See whether it still runs: orchestrator serve",
    });
  }
}

function refusal(status: number, body: unknown): Problem {
  const problem = toProblemOf(status, body);
  if (problem.code === "unauthenticated") signIn();
  return problem;
}

const SIGN_IN_KEY = "orchestrator.sign-in";

/** The server's own sign-in page comes in place of any page. Not twice within ten seconds: that would be a loop. */
function signIn(): void {
  const now = Date.now();
  if (now - Number(sessionStorage.getItem(SIGN_IN_KEY) ?? 0) < 10_000) return;
  sessionStorage.setItem(SIGN_IN_KEY, String(now));
  location.reload();
}
