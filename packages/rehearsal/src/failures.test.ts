import { afterEach, describe, expect, it, vi } from "vitest";
import {
  cut,
  errorEvent,
  hang,
  httpError,
  malformedEvent,
  type RehearsalServer,
  type Reply,
  reply,
  resetConnection,
  script,
  stall,
  startRehearsalServer,
} from "./index.js";
import { post, readAll, readStream } from "./messages-client.testsuite.js";

let server: RehearsalServer | null = null;

async function playing(answer: Reply): Promise<RehearsalServer> {
  server = await startRehearsalServer({ script: script().otherwise(answer) });
  return server;
}

afterEach(async () => {
  await server?.close();
  server = null;
});

const ANSWER = reply().text("A text of some length").tool("Read", { file_path: "/x" });

describe("httpError", () => {
  it.each([
    [400, "invalid_request_error"],
    [401, "authentication_error"],
    [403, "permission_error"],
    [404, "not_found_error"],
    [413, "request_too_large"],
    [429, "rate_limit_error"],
    [500, "api_error"],
    [529, "overloaded_error"],
    [418, "invalid_request_error"],
    [503, "api_error"],
  ])("%d is a %s", async (status, type) => {
    const running = await playing(httpError(status));
    const response = await post(running);
    expect(response.status).toBe(status);
    expect(response.headers.get("x-rehearsal")).toBe("true");
    expect(await response.json()).toEqual({
      type: "error",
      error: { type, message: `Rehearsal: this ${type} is scripted.` },
    });
    expect(running.calls[0]).toMatchObject({ outcome: "failed", status, usageDelivered: "none" });
    expect(running.usage().calls).toBe(0);
  });

  it("takes its own type, message and headers", async () => {
    const running = await playing(
      httpError(400, { type: "billing_error", message: "Credit balance is too low", headers: { "retry-after": "2" } }),
    );
    const response = await post(running);
    expect(response.headers.get("retry-after")).toBe("2");
    expect(await response.json()).toMatchObject({
      error: { type: "billing_error", message: "Credit balance is too low" },
    });
  });

  it("refuses a status that is no error", () => {
    expect(() => httpError(200)).toThrow("not 200");
  });
});

describe("a connection that breaks", () => {
  it.each([true, false])("resets before any answer (stream: %s)", async (stream) => {
    const running = await playing(resetConnection());
    await expect(post(running, { stream })).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
    await vi.waitFor(() => expect(running.calls[0]).toMatchObject({ outcome: "failed", status: 0 }));
  });

  it.each([true, false])("is cut before the headers (stream: %s)", async (stream) => {
    const running = await playing(cut("before-headers", ANSWER));
    await expect(post(running, { stream })).rejects.toThrow();
    await vi.waitFor(() => expect(running.calls[0]).toMatchObject({ outcome: "failed", status: 0 }));
  });

  it.each([
    ["at-start", ["message_start"]],
    ["mid-block", ["message_start", "content_block_start", "content_block_delta", "content_block_delta"]],
  ] as const)("is cut %s", async (where, names) => {
    const running = await playing(cut(where, ANSWER));
    const { events, broken } = await readStream(running);
    expect(broken).toBe(true);
    expect(events.map((event) => event.name)).toEqual(names);
    expect(running.calls[0]).toMatchObject({ outcome: "partial", status: 200, usageDelivered: "start" });
    expect(running.usage().calls).toBe(0);
  });

  it("is cut before the stop, after all blocks", async () => {
    const running = await playing(cut("before-stop", ANSWER));
    const { events, broken } = await readStream(running);
    expect(broken).toBe(true);
    expect(events.filter((event) => event.name === "content_block_stop")).toHaveLength(2);
    expect(events.at(-1)?.name).toBe("content_block_stop");
    expect(running.calls[0]).toMatchObject({ outcome: "partial", usageDelivered: "start" });
  });

  it("has something to cut even with no reply", async () => {
    const { text } = await readStream(await playing(cut("before-stop")));
    expect(text).toContain("Rehearsal");
  });

  it.each(["at-start", "mid-block", "before-stop"] as const)("cuts a JSON body in half (%s)", async (where) => {
    const running = await playing(cut(where, ANSWER));
    const { text, broken } = await readAll(await post(running, { stream: false }));
    expect(broken).toBe(true);
    expect(text).toContain('"type":"message"');
    expect(running.calls[0]).toMatchObject({ outcome: "partial", usageDelivered: "none" });
  });
});

describe("a connection that goes quiet", () => {
  it("hangs until the server is closed", async () => {
    const running = await playing(hang());
    const refused = expect(post(running)).rejects.toThrow();
    await vi.waitFor(() => expect(running.calls[0]?.outcome).toBe("pending"));
    await running.close();
    await refused;
    expect(running.calls[0]).toMatchObject({ outcome: "failed", status: 0 });
  });

  it("stalls in the middle of the first block", async () => {
    const running = await playing(stall(ANSWER));
    const reader = (await post(running)).body?.getReader();
    const decoder = new TextDecoder();
    let text = "";
    while (text.split("content_block_delta").length < 5) text += decoder.decode((await reader?.read())?.value);
    expect(text).not.toContain("content_block_stop");
    expect(running.calls[0]).toMatchObject({ outcome: "pending", usageDelivered: "start" });
    const refused = expect(reader?.read()).rejects.toThrow();
    await running.close();
    await refused;
    expect(running.calls[0]?.outcome).toBe("partial");
  });

  it("stalls in the middle of a JSON body", async () => {
    const running = await playing(stall(ANSWER));
    const response = await post(running, { stream: false });
    const body = readAll(response);
    await running.close();
    expect((await body).broken).toBe(true);
    expect(running.calls[0]).toMatchObject({ outcome: "partial", usageDelivered: "none" });
  });
});

describe("a stream that goes wrong", () => {
  it("has a malformed event and ends", async () => {
    const running = await playing(malformedEvent(ANSWER));
    const { text, events, broken } = await readStream(running);
    expect(broken).toBe(false);
    expect(events.map((event) => event.name)).toEqual(["message_start", "content_block_start"]);
    expect(text.trimEnd().endsWith('"ind')).toBe(true);
    expect(running.calls[0]).toMatchObject({ outcome: "partial", usageDelivered: "start" });
  });

  it("is malformed JSON when it is not a stream", async () => {
    const running = await playing(malformedEvent(ANSWER));
    const response = await post(running, { stream: false });
    expect(response.status).toBe(200);
    await expect(response.json()).rejects.toThrow(SyntaxError);
  });

  it("has an error event", async () => {
    const running = await playing(errorEvent("overloaded_error", "Too much"));
    const { events } = await readStream(running);
    expect(events.map((event) => event.name)).toEqual(["message_start", "error"]);
    expect(events[1]?.data).toEqual({ type: "error", error: { type: "overloaded_error", message: "Too much" } });
    expect(running.calls[0]).toMatchObject({ outcome: "partial", usageDelivered: "start" });
  });

  it("is the HTTP error when it is not a stream", async () => {
    const response = await post(await playing(errorEvent("overloaded_error")), { stream: false });
    expect(response.status).toBe(529);
  });
});
