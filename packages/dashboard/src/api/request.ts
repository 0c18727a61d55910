import { Problem, readProblem } from "./problem.ts";

type Parameter = string | number | boolean | undefined;

export interface RequestOptions {
  query?: Record<string, Parameter> | undefined;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** A path below `/api/v1` with its query. */
export function toUrl(path: string, query: Record<string, Parameter> = {}): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") parameters.set(key, String(value));
  }
  const text = parameters.toString();
  return `/api/v1${path}${text ? `?${text}` : ""}`;
}

async function send(method: string, path: string, { query, body, signal }: RequestOptions): Promise<Response> {
  const request = {
    method,
    credentials: "same-origin" as const,
    signal: signal ?? null,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  };
  let response: Response;
  try {
    response = await fetch(toUrl(path, query), request);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem({
      status: 0,
      code: "unreachable",
      detail: "The server does not answer.",
      hint: "See whether it still runs: orchestrator serve",
    });
  }
  if (response.ok) return response;
  const problem = await readProblem(response);
  if (problem.code === "unauthenticated") signIn();
  throw problem;
}

/** The server's own sign-in page comes in place of any page. Not twice within ten seconds: that would be a loop. */
function signIn(): void {
  const now = Date.now();
  const last = Number(sessionStorage.getItem("orchestrator.sign-in") ?? 0);
  if (now - last < 10_000) return;
  sessionStorage.setItem("orchestrator.sign-in", String(now));
  location.reload();
}

/**
 * Asks the API for something.
 *
 * @param path - below `/api/v1`
 * @throws Problem when the server refuses or does not answer
 */
export async function readJson<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send("GET", path, options);
  return (await response.json()) as T;
}

/** Reads a text, such as a log; `totalBytes` is the size of the whole, where the server tells it. */
export async function readText(path: string, options: RequestOptions = {}) {
  const response = await send("GET", path, options);
  const total = response.headers.get("x-total-bytes");
  return { text: await response.text(), totalBytes: total === null ? null : Number(total) };
}

/**
 * Changes something.
 *
 * @returns the answer; `null` for an empty one
 * @throws Problem when the server refuses or does not answer
 */
export async function change<T = null>(
  method: "POST" | "PATCH" | "DELETE",
  path: string,
  options: RequestOptions = {},
) {
  const response = await send(method, path, options);
  const text = await response.text();
  return (text === "" ? null : JSON.parse(text)) as T;
}
