import type { RehearsalServer } from "./index.js";

/** What a test asks the server for; everything has a default. */
export interface TestRequest {
  readonly role?: string | null;
  readonly session?: string;
  readonly stream?: boolean;
  readonly messages?: readonly object[];
  readonly tools?: readonly object[];
  readonly signal?: AbortSignal;
}

/** What a client saw of a stream, up to its end or to where it broke. */
export interface SeenStream {
  readonly response: Response;
  readonly events: readonly { readonly name: string; readonly data: Record<string, unknown> }[];
  readonly text: string;
  readonly broken: boolean;
}

/** The body of a request as a client would send it. */
export function requestBody({ role = "builder", stream = true, messages, tools }: TestRequest = {}): string {
  return JSON.stringify({
    model: "claude-test-1",
    max_tokens: 100,
    ...(role === null ? {} : { system: [{ type: "text", text: `You work.\nRole: ${role}\n` }] }),
    messages: messages ?? [{ role: "user", content: "Do it" }],
    ...(tools === undefined ? {} : { tools }),
    stream,
  });
}

/** Asks for a message. */
export function post(server: RehearsalServer, request: TestRequest = {}): Promise<Response> {
  return fetch(`${server.url}/v1/messages?beta=true`, {
    method: "POST",
    headers: request.session === undefined ? {} : { "x-claude-code-session-id": request.session },
    body: requestBody(request),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
}

/** Asks for a stream and reads it as far as it goes. */
export async function readStream(server: RehearsalServer, request: TestRequest = {}): Promise<SeenStream> {
  const response = await post(server, request);
  const { text, broken } = await readAll(response);
  const events = text
    .split("\n\n")
    .map((chunk) => /^event: (\S+)\ndata: (.*)$/.exec(chunk))
    .filter((match) => match !== null)
    .flatMap(([, name = "", json = ""]) => (isJson(json) ? [{ name, data: JSON.parse(json) }] : []));
  return { response, events, text, broken };
}

/** Reads a body up to its end or to where it broke. */
export async function readAll(response: Response): Promise<{ readonly text: string; readonly broken: boolean }> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
    return { text, broken: false };
  } catch {
    return { text, broken: true };
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
