import type { IncomingMessage } from "node:http";

/** The largest body the server accepts, in bytes (64 MiB). */
export const LARGEST_BODY = 64 * 1024 * 1024;

/**
 * Reads a request body.
 *
 * @returns the body, or null when it is larger than {@link LARGEST_BODY} (the rest is read and dropped, so that the
 *   client is able to receive the answer)
 * @throws when the client is gone before the body is complete
 */
export async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= LARGEST_BODY) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size > LARGEST_BODY ? null : Buffer.concat(chunks);
}
