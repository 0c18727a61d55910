import { connect } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { hang, type RehearsalServer, reply, type Script, script, startRehearsalServer } from "./index.js";
import { post, readStream, requestBody } from "./messages-client.testsuite.js";

const servers: RehearsalServer[] = [];

async function start(play: Script): Promise<RehearsalServer> {
  const server = await startRehearsalServer({ script: play });
  servers.push(server);
  return server;
}

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

describe("a stream", () => {
  it("carries the events of the Messages API in order", async () => {
    const server = await start(
      script().role("builder", [
        reply()
          .thinking("Hm")
          .text("Looking 🔭 around")
          .tool("Read", { file_path: "/x" })
          .usage({ inputTokens: 10, outputTokens: 20, cacheReadTokens: 30, cacheWriteTokens: 40 }),
      ]),
    );
    const { response, events } = await readStream(server);
    expect(response.headers.get("x-rehearsal")).toBe("true");
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(events[0]?.data).toMatchObject({
      type: "message_start",
      message: {
        id: "msg_rehearsal_1",
        model: "claude-test-1",
        content: [],
        stop_reason: null,
        usage: { input_tokens: 10, output_tokens: 1, cache_read_input_tokens: 30, cache_creation_input_tokens: 40 },
      },
    });
    const opened = events
      .filter((event) => event.name === "content_block_start")
      .map((event) => event.data.content_block);
    expect(opened).toEqual([
      { type: "thinking", thinking: "", signature: "" },
      { type: "text", text: "" },
      { type: "tool_use", id: "toolu_rehearsal_1_3", name: "Read", input: {} },
    ]);
    const pieces = (field: string) =>
      events
        .map((event) => event.data.delta as Record<string, string> | undefined)
        .map((delta) => delta?.[field] ?? "")
        .join("");
    expect(pieces("thinking")).toBe("Hm");
    expect(pieces("signature")).toBe("rehearsal");
    expect(pieces("text")).toBe("Looking 🔭 around");
    expect(JSON.parse(pieces("partial_json"))).toEqual({ file_path: "/x" });
    expect(events.at(-2)?.data).toMatchObject({
      type: "message_delta",
      delta: { stop_reason: "tool_use" },
      usage: { input_tokens: 10, output_tokens: 20, cache_read_input_tokens: 30, cache_creation_input_tokens: 40 },
    });
    expect(events.at(-1)?.name).toBe("message_stop");
  });

  it("sends broken tool arguments as they are", async () => {
    const server = await start(script().otherwise(reply().rawToolInput("Read", '{"file_path": ')));
    const { events } = await readStream(server);
    const deltas = events.map((event) => event.data.delta as { partial_json?: string } | undefined);
    expect(deltas.map((delta) => delta?.partial_json ?? "").join("")).toBe('{"file_path": ');
  });
});

describe("a reply that is not streamed", () => {
  it("is one JSON message", async () => {
    const server = await start(script().otherwise(reply().text("Hello").messageId("msg_same").model("claude-other")));
    const response = await post(server, { stream: false });
    const body = await response.json();
    expect(response.headers.get("x-rehearsal")).toBe("true");
    expect(body).toMatchObject({
      id: "msg_same",
      type: "message",
      role: "assistant",
      model: "claude-other",
      content: [{ type: "text", text: "Hello" }],
      stop_reason: "end_turn",
    });
    expect(server.calls[0]).toMatchObject({ messageId: "msg_same", outcome: "delivered", usageDelivered: "final" });
  });

  it("counts a quarter of the bytes as tokens by default", async () => {
    const server = await start(script().otherwise(reply().text("Hello")));
    const request = { stream: false };
    const body = (await (await post(server, request)).json()) as { usage: object; content: object };
    const bytes = Buffer.byteLength(requestBody(request));
    expect(server.calls[0]?.requestBytes).toBe(bytes);
    expect(body.usage).toMatchObject({
      input_tokens: Math.ceil(bytes / 4),
      output_tokens: Math.ceil(JSON.stringify(body.content).length / 4),
    });
  });

  it("carries the stop reason the script wants", async () => {
    const server = await start(script().otherwise(reply().text("No").stopReason("refusal")));
    expect(await (await post(server, { stream: false })).json()).toMatchObject({ stop_reason: "refusal" });
  });
});

describe("other requests", () => {
  it("greets, counts tokens and refuses the rest, always as a rehearsal", async () => {
    const server = await start(script());
    const count = await fetch(`${server.url}/v1/messages/count_tokens?beta=true`, {
      method: "POST",
      body: requestBody(),
    });
    const answers = [
      await fetch(server.url),
      await fetch(server.url, { method: "HEAD" }),
      count,
      await fetch(`${server.url}/v1/models`),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 404]);
    expect(answers.map((answer) => answer.headers.get("x-rehearsal"))).toEqual(["true", "true", "true", "true"]);
    expect(await count.json()).toEqual({ input_tokens: Math.ceil(Buffer.byteLength(requestBody()) / 4) });
    expect(server.calls).toEqual([]);
  });

  it.each([
    "{",
    "[]",
    '{"model":"m"}',
    '{"model":"m","messages":[{"role":"user"}]}',
    '{"messages":[]}',
    '{"model":"m","messages":[],"system":[1]}',
    '{"model":"m","messages":[],"tools":[{}]}',
  ])("answers 400 to the body %s", async (body) => {
    const server = await start(script());
    const response = await fetch(`${server.url}/v1/messages`, { method: "POST", body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ type: "error", error: { type: "invalid_request_error" } });
    expect(server.calls).toEqual([]);
  });

  it("accepts a large body and refuses one beyond 64 MiB", async () => {
    const server = await start(script().otherwise(reply().text("Read it all")));
    const bodyOf = (size: number) =>
      JSON.stringify({ model: "m", messages: [{ role: "user", content: "x".repeat(size) }] });
    const send = (body: string) => fetch(`${server.url}/v1/messages`, { method: "POST", body });
    expect((await send(bodyOf(40 * 1024 * 1024))).status).toBe(200);
    const refused = await send(bodyOf(64 * 1024 * 1024));
    expect(refused.status).toBe(413);
    expect(await refused.json()).toMatchObject({ error: { type: "request_too_large" } });
  });

  it("survives a client that does not speak HTTP", async () => {
    const server = await start(script());
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1", () => socket.end("nonsense\r\n\r\n"));
    await new Promise((resolve) => socket.once("close", resolve).resume());
    expect((await fetch(server.url)).status).toBe(200);
  });
});

describe("the record", () => {
  it("adds up usage in total and by session", async () => {
    const server = await start(
      script().otherwise(reply().text("x").usage({ inputTokens: 1, outputTokens: 2, cacheReadTokens: 3 })),
    );
    await readStream(server, { session: "a" });
    await readStream(server, { session: "a" });
    await (await post(server, { session: "b", stream: false })).text();
    await readStream(server);
    const one = { calls: 1, inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 0 };
    const two = { calls: 2, inputTokens: 2, outputTokens: 4, cacheReadTokens: 6, cacheWriteTokens: 0 };
    expect(server.usage()).toEqual({
      calls: 4,
      inputTokens: 4,
      outputTokens: 8,
      cacheReadTokens: 12,
      cacheWriteTokens: 0,
    });
    expect(server.usageBySession()).toEqual(
      new Map([
        ["a", two],
        ["b", one],
        ["", one],
      ]),
    );
  });

  it("tells who called, when and with what", async () => {
    const server = await start(script().otherwise(reply().text("x")));
    await readStream(server, { session: "a", role: "scout" });
    const [call] = server.calls;
    expect(call).toMatchObject({
      index: 0,
      sessionId: "a",
      role: "scout",
      turn: 0,
      attempt: 0,
      model: "claude-test-1",
      outcome: "delivered",
      status: 200,
      request: { max_tokens: 100 },
      headers: { "x-claude-code-session-id": "a" },
    });
    expect(call?.endedAtMs).toBeGreaterThanOrEqual(call?.startedAtMs ?? Number.NaN);
  });

  it("reads the session from the metadata when there is no header", async () => {
    const server = await start(script().otherwise(reply().text("x")));
    const metadata = { user_id: JSON.stringify({ device_id: "d", session_id: "from-metadata" }) };
    const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "x" }], metadata });
    await (await fetch(`${server.url}/v1/messages`, { method: "POST", body })).text();
    expect(server.calls[0]?.sessionId).toBe("from-metadata");
  });

  it("marks a call whose client left in the middle as partial, with the usage it saw", async () => {
    const server = await start(script().otherwise(reply().text("A long text").delayBetweenEvents(60_000)));
    const leave = new AbortController();
    const response = await post(server, { signal: leave.signal });
    await response.body?.getReader().read();
    expect(server.calls[0]).toMatchObject({ outcome: "pending", endedAtMs: null });
    leave.abort();
    await vi.waitFor(() => expect(server.calls[0]?.outcome).toBe("partial"));
    expect(server.calls[0]?.usageDelivered).toBe("start");
    expect(server.usage().calls).toBe(0);
  });

  it("marks a call whose client left before the answer as failed", async () => {
    const server = await start(script().otherwise(reply().text("Too late").delay(60_000)));
    const leave = new AbortController();
    const answer = post(server, { signal: leave.signal });
    await vi.waitFor(() => expect(server.calls).toHaveLength(1));
    leave.abort();
    await expect(answer).rejects.toThrow();
    await vi.waitFor(() =>
      expect(server.calls[0]).toMatchObject({ outcome: "failed", status: 0, usageDelivered: "none" }),
    );
  });
});

describe("the server", () => {
  it("does not mind a script that fails after the client has left", async () => {
    let fail: (error: Error) => void = () => {};
    const server = await start(
      script().otherwise(
        () =>
          new Promise((_resolve, reject) => {
            fail = reject;
          }),
      ),
    );
    const leave = new AbortController();
    const answer = post(server, { signal: leave.signal });
    await vi.waitFor(() => expect(server.calls).toHaveLength(1));
    leave.abort();
    await expect(answer).rejects.toThrow();
    await vi.waitFor(() => expect(server.calls[0]?.outcome).toBe("failed"));
    fail(new Error("too late"));
    // An unhandled rejection fails the whole test run.
    expect((await fetch(server.url)).status).toBe(200);
  });

  it("changes the script while it runs", async () => {
    const server = await start(script().otherwise(reply().text("one")));
    server.setScript(script().otherwise(reply().text("two")));
    expect(await (await post(server, { stream: false })).json()).toMatchObject({ content: [{ text: "two" }] });
  });

  it("closes at once whatever its clients wait for, and may be closed twice", async () => {
    const server = await start(
      script()
        .role("hanging", hang())
        .role("thinking", () => new Promise(() => {}))
        .otherwise(reply().text("late").delay(60_000)),
    );
    const answers = Promise.allSettled([
      post(server, { role: "hanging" }),
      post(server, { role: "thinking" }),
      post(server),
    ]);
    await vi.waitFor(() => expect(server.calls).toHaveLength(3));
    await server.close();
    await server.close();
    expect((await answers).map((answer) => answer.status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(server.calls.map((call) => call.outcome)).toEqual(["failed", "failed", "failed"]);
  });

  it("refuses a port that is taken", async () => {
    const server = await start(script());
    const port = Number(new URL(server.url).port);
    await expect(startRehearsalServer({ script: script(), port })).rejects.toThrow("EADDRINUSE");
  });
});
