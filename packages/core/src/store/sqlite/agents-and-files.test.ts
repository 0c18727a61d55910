import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EventData, EventType, NewEvent } from "../../domain/index.js";
import type { Store } from "../store.js";
import { agentCreated, makeFolder, planned, taskCreated } from "./events.testsuite.js";
import { openSqliteStore } from "./sqlite-store.js";

let folder: ReturnType<typeof makeFolder>;
let store: Store;

beforeEach(async () => {
  folder = makeFolder();
  store = await openSqliteStore({ path: folder.database });
  await store.append([
    taskCreated("task_a"),
    planned("task_a", "builder!"),
    agentCreated("agent_x", "task_a", "builder"),
  ]);
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

function ofAgent<T extends EventType>(type: T, data: EventData<T>): NewEvent {
  return { type, taskId: "task_a", stepKey: "builder", agentId: "agent_x", data } as unknown as NewEvent;
}

const started = ofAgent("agent.started", { sessionId: "s", pid: 42, guard: "namespace", startMs: 12 });
const read = (...filesRead: string[]) =>
  ofAgent("tool.ended", { toolUseId: "t", name: "Read", isError: false, excerpt: "", filesRead });

describe("an agent", () => {
  test("is created, runs, ends and is deleted, and stays in the records", async () => {
    await store.append([started]);
    expect(await store.getAgent("agent_x")).toMatchObject({ status: "running", pid: 42, sessionId: "s", startMs: 12 });
    await store.append([ofAgent("agent.ended", { status: "completed", error: null }), ofAgent("agent.deleted", {})]);
    expect(await store.listAgents({ status: "deleted" })).toMatchObject([{ agentId: "agent_x", name: "Bob" }]);
    expect(await store.listAgents({ status: "running" })).toEqual([]);
  });

  test("cannot come back once it is deleted", async () => {
    await store.append([ofAgent("agent.deleted", {})]);
    await expect(store.append([started])).rejects.toMatchObject({ code: "invalid_transition" });
  });

  test("counts its messages, tool calls and retries, and shows what it does", async () => {
    await store.append([
      started,
      ofAgent("agent.prompted", { messageId: "m", prompt: "Go" }),
      ofAgent("tool.started", { toolUseId: "t", name: "Bash", input: "npm\n  test" }),
      ofAgent("tool.started", { toolUseId: "u", name: "Read", input: "a.ts" }),
      ofAgent("model_call.retried", { attempt: 1, maxRetries: 3, delayMs: 1_260, status: 529, error: "overloaded" }),
    ]);
    expect(await store.getAgent("agent_x")).toMatchObject({
      messages: 1,
      toolCalls: 2,
      retries: 1,
      activity: "waiting 1.3 s to retry: 529",
    });
    await store.append([ofAgent("agent.output", { text: `Now\nI ${"x".repeat(500)}` })]);
    const agent = await store.getAgent("agent_x");
    expect(agent?.activity).toMatch(/^Now I x+$/);
    expect(agent?.activity).toHaveLength(160);
  });

  test("knows how full its context is, and not before it was measured", async () => {
    expect(await store.getAgent("agent_x")).toMatchObject({ contextUsedTokens: null, contextPercentage: null });
    await store.append([
      ofAgent("agent.context_measured", { usedTokens: 50_000, windowTokens: 200_000, percentage: 25 }),
    ]);
    expect(await store.getAgent("agent_x")).toMatchObject({ contextUsedTokens: 50_000, contextPercentage: 25 });
  });

  test("is found by task, role and status", async () => {
    await store.append([agentCreated("agent_y", null)]);
    const ids = async (filter: Parameters<Store["listAgents"]>[0]) =>
      (await store.listAgents(filter)).map((agent) => agent.agentId);
    expect(await ids({})).toEqual(["agent_x", "agent_y"]);
    expect(await ids({ taskId: "task_a" })).toEqual(["agent_x"]);
    expect(await ids({ role: "builder", status: "created", limit: 1 })).toEqual(["agent_x"]);
    expect(await ids({ role: "scout" })).toEqual([]);
  });
});

describe("files", () => {
  test("a file that is read twice in a step is consumed once", async () => {
    await store.append([read("a.ts"), read("a.ts", "b.ts")]);
    expect((await store.listFiles("task_a")).map(({ use, path }) => `${use} ${path}`)).toEqual([
      "consumed a.ts",
      "consumed b.ts",
    ]);
  });

  test("the last comparison of a step says what it produced", async () => {
    const change = { path: "a.ts", previousPath: null, linesAdded: 1, linesRemoved: 0 };
    await store.append([ofAgent("files.changed", { changes: [{ ...change, kind: "created" }] })]);
    await store.append([ofAgent("files.changed", { changes: [{ ...change, kind: "modified", linesAdded: 5 }] })]);
    expect(await store.listFiles("task_a")).toMatchObject([
      { use: "produced", path: "a.ts", kind: "modified", linesAdded: 5, agentId: "agent_x", stepKey: "builder" },
    ]);
  });

  test("a file may be both consumed and produced", async () => {
    await store.append([
      read("a.ts"),
      ofAgent("files.changed", {
        changes: [{ path: "a.ts", kind: "renamed", previousPath: "old.ts", linesAdded: null, linesRemoved: null }],
      }),
    ]);
    expect((await store.listFiles("task_a")).map(({ use, previousPath }) => [use, previousPath])).toEqual([
      ["consumed", null],
      ["produced", "old.ts"],
    ]);
  });
});
