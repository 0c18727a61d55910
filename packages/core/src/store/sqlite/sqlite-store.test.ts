import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { NewEvent } from "../../domain/index.js";
import type { Store } from "../store.js";
import { agentCreated, makeFolder, planned, stepEnded, taskCreated, warned } from "./events.testsuite.js";
import { openSqliteStore } from "./sqlite-store.js";

let folder: ReturnType<typeof makeFolder>;
let store: Store;
let nowMs = 0;

beforeEach(async () => {
  folder = makeFolder();
  nowMs = Date.UTC(2026, 0, 1);
  store = await openSqliteStore({ path: folder.database, now: () => nowMs });
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

const taskEnded: NewEvent = {
  type: "task.ended",
  taskId: "task_a",
  stepKey: null,
  agentId: null,
  data: {
    status: "unverified",
    census: { planned: 1, ran: 1, succeeded: 1, failed: 0, skipped: 0, cancelled: 0, retried: 0, rounds: 0, reused: 0 },
    error: null,
    output: "All done.",
  },
};

describe("appending", () => {
  test("numbers events from 1 and stamps them with time and version", async () => {
    const stored = await store.append([taskCreated("task_a"), warned("task_a", "careful")]);
    expect(stored.map(({ seq, time, version }) => ({ seq, time, version }))).toEqual([
      { seq: 1, time: "2026-01-01T00:00:00.000Z", version: 4 },
      { seq: 2, time: "2026-01-01T00:00:00.000Z", version: 4 },
    ]);
    expect(await store.lastSeq()).toBe(2);
  });

  test("an empty log ends at 0", async () => {
    expect(await store.lastSeq()).toBe(0);
    expect(await store.readEvents({})).toEqual([]);
  });

  test("an event that cannot follow changes neither the log nor the tables", async () => {
    await store.append([taskCreated("task_a")]);
    const impossible = store.append([warned("task_a", "before it"), taskEnded]);
    await expect(impossible).rejects.toMatchObject({
      code: "invalid_transition",
      message: "The task task_a is queued and cannot become unverified.",
    });
    expect(await store.lastSeq()).toBe(1);
    expect(await store.getTask("task_a")).toMatchObject({ status: "queued", warnings: [] });
  });

  test("an event about a task that is not there is refused", async () => {
    await expect(store.append([taskEnded])).rejects.toMatchObject({ code: "invalid_transition" });
    expect(await store.lastSeq()).toBe(0);
  });

  test("an event whose data does not fit its schema is refused whole", async () => {
    const broken = { ...taskCreated("task_a"), data: { prompt: 5 } } as unknown as NewEvent;
    await expect(store.append([warned(null, "first"), broken])).rejects.toThrow();
    expect(await store.lastSeq()).toBe(0);
  });

  test("the store goes on after a refusal", async () => {
    await expect(store.append([taskEnded])).rejects.toThrow();
    await store.append([taskCreated("task_a")]);
    expect(await store.getTask("task_a")).toMatchObject({ status: "queued" });
  });

  test("a closed store says so", async () => {
    await store.close();
    await expect(store.append([taskCreated("task_a")])).rejects.toMatchObject({ code: "database_failed" });
    await expect(store.getTask("task_a")).rejects.toMatchObject({ message: "The store is closed." });
  });
});

describe("reading from a cursor", () => {
  beforeEach(async () => {
    await store.append([
      taskCreated("task_a"),
      taskCreated("task_b"),
      agentCreated("agent_x", "task_a"),
      warned("task_b", "one"),
      warned("task_a", "two"),
    ]);
  });

  const seqs = async (query: Parameters<Store["readEvents"]>[0]) =>
    (await store.readEvents(query)).map((event) => event.seq);

  test("gives what comes behind it, in order", async () => {
    expect(await seqs({ after: 3 })).toEqual([4, 5]);
    expect(await seqs({ after: 5 })).toEqual([]);
  });

  test("keeps to one task, one agent and a limit", async () => {
    expect(await seqs({ taskId: "task_a" })).toEqual([1, 3, 5]);
    expect(await seqs({ taskId: "task_a", after: 1 })).toEqual([3, 5]);
    expect(await seqs({ agentId: "agent_x" })).toEqual([3]);
    expect(await seqs({ agentId: "agent_x", taskId: "task_b" })).toEqual([]);
    expect(await seqs({ limit: 2 })).toEqual([1, 2]);
  });

  test("gives back what was appended", async () => {
    const [event] = await store.readEvents({ after: 3, limit: 1 });
    expect(event).toEqual({ ...warned("task_b", "one"), seq: 4, time: "2026-01-01T00:00:00.000Z", version: 4 });
  });
});

describe("projections", () => {
  test("a task passes through its life", async () => {
    await store.append([taskCreated("task_a"), planned("task_a", "builder!", "reviewer")]);
    expect(await store.getTask("task_a")).toMatchObject({
      status: "queued",
      planMode: "custom",
      complexity: "simple",
      complexityReasons: ["because"],
      startedAt: null,
    });
    nowMs += 1_000;
    await store.claimTask("task_a", "owner_1");
    nowMs += 1_000;
    await store.append([warned("task_a", 'it\'s 100% "odd"'), taskEnded]);
    expect(await store.getTask("task_a")).toMatchObject({
      status: "unverified",
      ownerId: "owner_1",
      createdAt: "2026-01-01T00:00:00.000Z",
      startedAt: "2026-01-01T00:00:01.000Z",
      endedAt: "2026-01-01T00:00:02.000Z",
      output: "All done.",
      warnings: ['it\'s 100% "odd"'],
      census: { planned: 1 },
    });
  });

  test("steps keep the order of the plan", async () => {
    await store.append([taskCreated("task_a"), planned("task_a", "z!", "a", "m")]);
    const steps = await store.listSteps("task_a");
    expect(steps.map(({ stepKey, status, writes }) => ({ stepKey, status, writes }))).toEqual([
      { stepKey: "z", status: "pending", writes: true },
      { stepKey: "a", status: "pending", writes: false },
      { stepKey: "m", status: "pending", writes: false },
    ]);
  });

  test("a step remembers its handoff and its agent", async () => {
    await store.append([taskCreated("task_a"), planned("task_a", "builder!")]);
    const started = { taskId: "task_a", stepKey: "builder", agentId: null };
    await store.append([
      { ...started, type: "step.started", data: { attempt: 1, ownerId: "owner_1" } },
      agentCreated("agent_x", "task_a", "builder"),
      stepEnded("task_a", "builder"),
    ]);
    expect(await store.listSteps("task_a")).toMatchObject([
      { status: "succeeded", attempt: 1, agentId: "agent_x", handoff: { summary: "done" } },
    ]);
  });

  test("a step that succeeded cannot end again", async () => {
    await store.append([taskCreated("task_a"), planned("task_a", "builder!")]);
    const started = { taskId: "task_a", stepKey: "builder", agentId: null };
    await store.append([
      { ...started, type: "step.started", data: { attempt: 1, ownerId: "owner_1" } },
      stepEnded("task_a", "builder"),
    ]);
    await expect(store.append([stepEnded("task_a", "builder", "failed")])).rejects.toMatchObject({
      code: "invalid_transition",
    });
  });

  test("what is not there is null, not an error", async () => {
    expect(await store.getTask("task_none")).toBeNull();
    expect(await store.getAgent("agent_none")).toBeNull();
    expect(await store.listSteps("task_none")).toEqual([]);
  });

  test("tasks are listed newest first and by status", async () => {
    await store.append([taskCreated("task_a"), taskCreated("task_b")]);
    nowMs += 1_000;
    await store.append([taskCreated("task_c")]);
    await store.claimTask("task_b", "owner_1");
    const ids = async (filter?: Parameters<Store["listTasks"]>[0]) =>
      (await store.listTasks(filter)).map((task) => task.taskId);
    expect(await ids()).toEqual(["task_c", "task_b", "task_a"]);
    expect(await ids({ status: "queued" })).toEqual(["task_c", "task_a"]);
    expect(await ids({ limit: 1 })).toEqual(["task_c"]);
  });
});

describe("finding ids by their beginning", () => {
  beforeEach(async () => {
    await store.append([
      taskCreated("task_abc1"),
      taskCreated("task_abd2"),
      taskCreated("task_x_%3"),
      agentCreated("agent_abc1", null),
    ]);
  });

  test.each([
    ["abc", ["task_abc1"]],
    ["task_abc", ["task_abc1"]],
    ["ab", ["task_abc1", "task_abd2"]],
    ["task_abc1", ["task_abc1"]],
    ["abc12", []],
    ["x_%", ["task_x_%3"]],
    ["%", []],
    ["agent_abc", []],
  ])("%s finds %j among tasks", async (prefix, found) => {
    expect((await store.findIds("task", prefix)).sort()).toEqual(found);
  });

  test("agents are found among agents", async () => {
    expect(await store.findIds("agent", "ab")).toEqual(["agent_abc1"]);
    expect(await store.findIds("agent", "agent_ab")).toEqual(["agent_abc1"]);
  });
});
