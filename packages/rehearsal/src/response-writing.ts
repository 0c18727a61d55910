import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

/** A response and the signal that tells when nobody reads it any more. */
export interface Outlet {
  readonly response: ServerResponse;
  /** Aborted when the client is gone or the server is closed. */
  readonly gone: AbortSignal;
}

/** Rejects as soon as the signal is aborted, whatever `work` does meanwhile. */
export function unlessGone<T>(gone: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const leave = (): void => reject(gone.reason);
    if (gone.aborted) leave();
    else gone.addEventListener("abort", leave, { once: true });
    // Also when it is too late: a failure of the work nobody waits for must not become an unhandled rejection.
    work.then(resolve, reject).finally(() => gone.removeEventListener("abort", leave));
  });
}

/** Never ends by itself: rejects when the client is gone. */
export function silence({ gone }: Outlet): Promise<never> {
  return unlessGone(gone, new Promise<never>(() => {}));
}

/** Waits; rejects at once, and drops the timer, when the client is gone. */
export async function pause({ gone }: Outlet, delayMs: number): Promise<void> {
  if (delayMs > 0) await wait(delayMs, undefined, { signal: gone });
}

/** Writes text and waits until the operating system has taken all of it. */
export function write({ response, gone }: Outlet, text: string): Promise<void> {
  const written = new Promise<void>((resolve, reject) => {
    response.write(text, (error) => (error ? reject(error) : resolve()));
  });
  return unlessGone(gone, written);
}

/** Ends the response and waits until the operating system has taken all of it. */
export function end({ response, gone }: Outlet, text = ""): Promise<void> {
  return unlessGone(gone, new Promise<void>((resolve) => response.end(text, () => resolve())));
}

/** Sends a JSON body with its length. */
export async function sendJson(
  outlet: Outlet,
  answer: { readonly status: number; readonly body: object; readonly headers?: Readonly<Record<string, string>> },
): Promise<void> {
  const text = JSON.stringify(answer.body);
  outlet.response.writeHead(answer.status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    ...answer.headers,
  });
  await end(outlet, text);
}

/** The body of an API error. */
export function errorBody(type: string, message: string): object {
  return { type: "error", error: { type, message } };
}
