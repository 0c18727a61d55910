import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EventData, type EventType, type NewEvent, NO_USAGE, type WhenBusy } from "../../../domain/index.js";
import type { Store } from "../../store.js";
import { agentCreated, makeFolder, planned, taskCreated } from "../events.testsuite.js";
import { openSqliteStore } from "../sqlite-store.js";

let folder: ReturnType<typeof makeFolder>;
let store: Store;
let nowMs: number;

beforeEach(async () => {
  folder = makeFolder();
  nowMs = Date.UTC(2026, 5, 1);
  store = await openSqliteStore({ path: folder.database, now: () => nowMs });
  await store.append([agentCreated("agent_x", null), agentCreated("agent_y", null)]);
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

function ofAgent<T extends EventType>(type: T, data: EventData<T>, agentId = "agent_x"): NewEvent {
  return { type, taskId: null, stepKey: null, agentId, data } as unknown as NewEvent;
}

const messaged = (messageId: string, agentId?: string, whenBusy: WhenBusy = "queue") =>
  ofAgent("agent.messaged", { messageId, text: `Text of ${messageId}`, whenBusy }, agentId);
const prompted = (messageId: string) => ofAgent("agent.prompted", { messageId, prompt: "Go" });
const replied = (messageId: string, given: Partial<EventData<"agent.replied">> = {}) =>
  ofAgent("agent.replied", {
    messageId,
    status: "answered",
    text: "Yes.",
    error: null,
    steered: false,
    modelCalls: 1,
    usage: NO_USAGE,
    costUsd: 0,
    ...given,
  });
const started = ofAgent("agent.started", { sessionId: "s", pid: 42, guard: "namespace", startMs: 12 });
const deleted = ofAgent("agent.deleted", {});

const open = async (agentId = "agent_x") =>
  (await store.listOpenMessages(agentId)).map(({ messageId, status }) => `${messageId} ${status}`);

describe("a mailbox", () => {
  test("is empty at first, and that of an agent that is not there always", async () => {
    expect(await open()).toEqual([]);
    expect(await open("agent_none")).toEqual([]);
  });

  test("holds messages in the order in which they were sent, also of one moment", async () => {
    await store.append([messaged("m_c"), messaged("m_a")]);
    await store.append([messaged("m_b")]);
    expect(await open()).toEqual(["m_c queued", "m_a queued", "m_b queued"]);
  });

  test("holds each message as it was sent", async () => {
    await store.append([messaged("m_a", "agent_x", "steer")]);
    expect(await store.listOpenMessages("agent_x")).toEqual([
      {
        messageId: "m_a",
        agentId: "agent_x",
        text: "Text of m_a",
        whenBusy: "steer",
        status: "queued",
        createdAt: "2026-06-01T00:00:00.000Z",
      },
    ]);
  });

  test("is one agent's alone", async () => {
    await store.append([messaged("m_a"), messaged("m_b", "agent_y")]);
    expect(await open()).toEqual(["m_a queued"]);
    expect(await open("agent_y")).toEqual(["m_b queued"]);
  });

  test("takes a message once", async () => {
    await store.append([messaged("m_a")]);
    await expect(store.append([messaged("m_a")])).rejects.toMatchObject({ code: "database_failed" });
    expect(await open()).toEqual(["m_a queued"]);
  });
});

describe("a message", () => {
  test("is delivered when the model has it, and no longer open when it was answered", async () => {
    await store.append([messaged("m_a"), messaged("m_b"), prompted("m_a")]);
    expect(await open()).toEqual(["m_a delivered", "m_b queued"]);
    await store.append([replied("m_a")]);
    expect(await open()).toEqual(["m_b queued"]);
  });

  test("is no longer open when it failed, whether the model had it or not", async () => {
    const error = { code: "process_exited" as const, message: "gone", hint: "" };
    await store.append([messaged("m_a"), messaged("m_b"), prompted("m_a")]);
    await store.append([replied("m_a", { status: "failed", error }), replied("m_b", { status: "failed", error })]);
    expect(await open()).toEqual([]);
  });
});

describe("an agent that is made by hand", () => {
  const status = async () => (await store.getAgent("agent_x"))?.status;

  test("waits again once it has answered, and runs with the next message", async () => {
    await store.append([started, messaged("m_a"), messaged("m_b"), prompted("m_a")]);
    expect(await status()).toBe("running");
    await store.append([replied("m_a")]);
    expect(await status()).toBe("waiting");
    await store.append([prompted("m_b")]);
    expect(await status()).toBe("running");
  });

  test("goes on running when a message that joined its turn was answered", async () => {
    await store.append([started, messaged("m_a"), messaged("m_b"), prompted("m_a"), prompted("m_b")]);
    await store.append([replied("m_b", { steered: true })]);
    expect(await status()).toBe("running");
    expect(await open()).toEqual(["m_a delivered"]);
  });

  test("takes no message once it is deleted, and nothing of what was sent with it is kept", async () => {
    await store.append([deleted]);
    const last = await store.lastSeq();
    await expect(store.append([messaged("m_b", "agent_y"), messaged("m_a")])).rejects.toMatchObject({
      code: "agent_deleted",
      message: "The agent agent_x has ended; it takes no messages.",
    });
    expect(await store.lastSeq()).toBe(last);
    expect(await open("agent_y")).toEqual([]);
  });

  test("may still have its open messages failed once it is deleted", async () => {
    await store.append([messaged("m_a"), deleted]);
    await store.append([replied("m_a", { status: "failed" })]);
    expect(await open()).toEqual([]);
    expect(await status()).toBe("deleted");
  });
});

test("an agent of a task goes on running when it has answered: its step says when it is over", async () => {
  await store.append([
    taskCreated("task_a"),
    planned("task_a", "builder"),
    agentCreated("agent_t", "task_a", "builder"),
  ]);
  await store.append([
    { ...started, agentId: "agent_t" } as NewEvent,
    { ...replied("m_a"), agentId: "agent_t" } as NewEvent,
  ]);
  expect((await store.getAgent("agent_t"))?.status).toBe("running");
});
