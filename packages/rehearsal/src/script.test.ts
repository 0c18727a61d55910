import { afterEach, describe, expect, it } from "vitest";
import {
  type CallContext,
  cut,
  httpError,
  type RehearsalServer,
  reply,
  resetConnection,
  type Script,
  script,
  startRehearsalServer,
} from "./index.js";
import { post, readStream, type TestRequest } from "./messages-client.testsuite.js";

let server: RehearsalServer | null = null;

async function playing(play: Script): Promise<RehearsalServer> {
  server = await startRehearsalServer({ script: play });
  return server;
}

async function said(running: RehearsalServer, request: TestRequest = {}): Promise<string> {
  const response = await post(running, { ...request, stream: false });
  const body = (await response.json()) as { content?: { text: string }[]; error?: { message: string } };
  return body.content?.[0]?.text ?? `${response.status} ${body.error?.message}`;
}

afterEach(async () => {
  await server?.close();
  server = null;
});

const AFTER_ONE_TOOL = [
  { role: "user", content: "Do it" },
  { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "Read", input: {} }] },
  { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "text", is_error: true }] },
];

describe("a script", () => {
  it("answers by role and by turn", async () => {
    const running = await playing(
      script()
        .role("builder", [reply().text("first"), (call) => reply().text(`turn ${call.turn}`)])
        .role("scout", (call) => reply().text(`scout ${call.userText}`))
        .otherwise(reply().text("anyone")),
    );
    expect(await said(running)).toBe("first");
    expect(await said(running, { messages: AFTER_ONE_TOOL })).toBe("turn 1");
    expect(await said(running, { role: "scout" })).toBe("scout Do it");
    expect(await said(running, { role: "tester" })).toBe("anyone");
    expect(await said(running, { role: null })).toBe("anyone");
  });

  it("is not changed by its methods", async () => {
    const base = script().otherwise(reply().text("base"));
    base.otherwise(reply().text("other")).role("builder", reply().text("builder"));
    expect(await said(await playing(base))).toBe("base");
  });

  it("says 400 when it has no reply for a turn or for a role", async () => {
    const running = await playing(script().role("builder", [reply().text("only")]));
    expect(await said(running, { messages: AFTER_ONE_TOOL })).toBe(
      "400 The rehearsal script for role builder has no reply for turn 1.",
    );
    expect(await said(running, { role: "scout" })).toContain("400 The rehearsal script has no role scout");
    expect(running.calls.map((call) => call.outcome)).toEqual(["failed", "failed"]);
  });

  it("says 500 when a function of it throws", async () => {
    const running = await playing(
      script().otherwise(() => {
        throw new Error("I forgot my line");
      }),
    );
    expect(await said(running)).toBe("500 Rehearsal: the script failed: I forgot my line");
    expect(running.calls[0]).toMatchObject({ outcome: "failed", status: 500, usageDelivered: "none" });
  });

  it("says 500 when the role cannot be found because of an error", async () => {
    const running = await playing(
      script().identifyRole(() => {
        throw new Error("who?");
      }),
    );
    expect(await said(running)).toBe("500 Rehearsal: the script failed: who?");
  });

  it("says 500 when a reply cannot be written as JSON", async () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const running = await playing(script().otherwise(reply().tool("Read", circle)));
    expect(await said(running)).toContain("500 Rehearsal: the script failed:");
    expect(running.calls[0]).toMatchObject({ outcome: "failed" });
  });

  it("finds the role as it is told to", async () => {
    const running = await playing(
      script()
        .identifyRole((request) => request.model)
        .role("claude-test-1", reply().text("by model")),
    );
    expect(await said(running)).toBe("by model");
  });

  it("may make the caller wait", async () => {
    let release: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const running = await playing(script().otherwise(() => gate.then(() => reply().text("released"))));
    const answer = said(running);
    release();
    expect(await answer).toBe("released");
  });

  it("tells its functions about the call", async () => {
    const seen: CallContext[] = [];
    const running = await playing(
      script().otherwise((call) => {
        seen.push(call);
        return reply().text("ok");
      }),
    );
    const schema = { type: "object" };
    const tools = [{ name: "Read" }, { name: "StructuredOutput", input_schema: schema }];
    await said(running, { session: "s", messages: AFTER_ONE_TOOL, tools });
    expect(seen[0]).toMatchObject({
      role: "builder",
      turn: 1,
      attempt: 0,
      sessionId: "s",
      index: 0,
      lastToolResults: [{ toolUseId: "t1", name: "Read", text: "text", isError: true }],
      userText: "Do it",
      toolNames: ["Read", "StructuredOutput"],
      handoffSchema: schema,
      workingDirectory: null,
    });
  });
});

describe("failures of the first attempts", () => {
  it("gives 429 twice, then the reply", async () => {
    const running = await playing(script().role("builder", [reply().text("done").failFirst(2, httpError(429))]));
    const request = { session: "s" };
    const answers = [await said(running, request), await said(running, request), await said(running, request)];
    expect(answers.map((answer) => answer.slice(0, 4))).toEqual(["429 ", "429 ", "done"]);
    expect(running.calls.map((call) => call.attempt)).toEqual([0, 1, 2]);
    expect(running.calls.map((call) => call.turn)).toEqual([0, 0, 0]);
  });

  it("cuts the reply itself once, then delivers it", async () => {
    const running = await playing(script().otherwise(reply().text("precious").failFirst(1, cut("before-stop"))));
    const first = await readStream(running);
    const second = await readStream(running);
    expect([first.broken, second.broken]).toEqual([true, false]);
    expect(first.events[1]).toEqual(second.events[1]);
    expect(running.usage().calls).toBe(1);
  });

  it("plays several kinds one after the other", async () => {
    const running = await playing(
      script().otherwise(reply().text("done").failFirst(1, resetConnection()).failFirst(1, httpError(500))),
    );
    await expect(post(running)).rejects.toThrow();
    expect((await post(running)).status).toBe(500);
    expect(await said(running)).toBe("done");
  });

  it("counts attempts by session, role and length of the conversation", async () => {
    const running = await playing(script().otherwise((call) => reply().text(String(call.attempt))));
    expect(await said(running, { session: "a" })).toBe("0");
    expect(await said(running, { session: "b" })).toBe("0");
    expect(await said(running, { session: "a", role: "scout" })).toBe("0");
    expect(await said(running, { session: "a", messages: AFTER_ONE_TOOL })).toBe("0");
    expect(await said(running, { session: "a" })).toBe("1");
  });

  it("fails for ever when the failure is the reply", async () => {
    const running = await playing(script().otherwise(httpError(529)));
    const statuses = [(await post(running)).status, (await post(running)).status, (await post(running)).status];
    expect(statuses).toEqual([529, 529, 529]);
  });

  it.each([-1, 0.5, Number.POSITIVE_INFINITY])("refuses to fail %d times", (times) => {
    expect(() => reply().failFirst(times, httpError(500))).toThrow(RangeError);
  });
});

describe("repeated ids", () => {
  it("sends the id the script wants as often as it wants", async () => {
    const running = await playing(script().otherwise(reply().text("x").messageId("msg_twice")));
    await readStream(running);
    await readStream(running);
    expect(running.calls.map((call) => call.messageId)).toEqual(["msg_twice", "msg_twice"]);
  });
});
