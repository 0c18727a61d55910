import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { NewEvent } from "../../domain/index.js";
import type { CostGroup, LedgerFilter } from "../queries.js";
import type { Store } from "../store.js";
import {
  agentCreated,
  callEnded,
  callStarted,
  makeFolder,
  planned,
  stepEnded,
  stepStarted,
  taskCreated,
  taskEnded,
} from "./events.testsuite.js";
import { openSqliteStore } from "./sqlite-store.js";

const NOON = Date.UTC(2026, 5, 1, 12);
const DAY_MS = 24 * 3_600_000;

let folder: ReturnType<typeof makeFolder>;
let store: Store;
let nowMs: number;
let ordinal: number;

beforeEach(async () => {
  folder = makeFolder();
  nowMs = NOON;
  ordinal = 0;
  vi.stubEnv("TZ", "UTC");
  store = await openSqliteStore({ path: folder.database, now: () => nowMs });
});
afterEach(async () => {
  await store.close();
  folder.remove();
  vi.unstubAllEnvs();
});

interface Booking {
  agentId: string;
  taskId?: string | null;
  stepKey?: string | null;
  costUsd?: number | null;
  model?: string;
  tokens?: number;
}

/** Books one call. */
async function book({ tokens = 1, taskId = null, ...given }: Booking): Promise<void> {
  ordinal += 1;
  const call = { ...given, taskId, callId: `call_${ordinal}`, ordinal, usage: { inputTokens: tokens } };
  await store.append([callStarted(call), callEnded(call)]);
}

const costs = async (by: CostGroup, filter?: LedgerFilter) =>
  (await store.costs(by, filter)).map(({ key, costUsd }) => [key, costUsd]);

describe("costs", () => {
  beforeEach(async () => {
    await store.append([
      taskCreated("task_a", { taskType: "bug_fix" }),
      taskCreated("task_b", { taskType: "testing" }),
      taskCreated("task_play", { taskType: "testing", rehearsal: true }),
      agentCreated("agent_a", "task_a", null, { role: "builder" }),
      agentCreated("agent_b", "task_b", null, { role: "builder" }),
      agentCreated("agent_free", null, null, { role: "scout" }),
      agentCreated("agent_play", "task_play", null, { role: "tester", rehearsal: true }),
    ]);
    await book({ agentId: "agent_a", taskId: "task_a", costUsd: 1, model: "sonnet" });
    await book({ agentId: "agent_a", taskId: "task_a", costUsd: 2, model: "opus" });
    await book({ agentId: "agent_b", taskId: "task_b", costUsd: 8, model: "opus" });
    nowMs += DAY_MS;
    await book({ agentId: "agent_free", costUsd: 0.5, model: "sonnet" });
    await book({ agentId: "agent_play", taskId: "task_play", costUsd: 64, model: "opus" });
  });

  test.each<[CostGroup, [string, number][]]>([
    [
      "agent",
      [
        ["agent_b", 8],
        ["agent_a", 3],
        ["agent_free", 0.5],
      ],
    ],
    [
      "task",
      [
        ["task_b", 8],
        ["task_a", 3],
        ["none", 0.5],
      ],
    ],
    [
      "role",
      [
        ["builder", 11],
        ["scout", 0.5],
      ],
    ],
    [
      "model",
      [
        ["opus", 10],
        ["sonnet", 1.5],
      ],
    ],
    [
      "taskType",
      [
        ["testing", 8],
        ["bug_fix", 3],
        ["none", 0.5],
      ],
    ],
    [
      "day",
      [
        ["2026-06-01", 11],
        ["2026-06-02", 0.5],
      ],
    ],
  ])("by %s are sums without the rehearsals, the dearest first or days in order", async (by, sums) => {
    expect(await costs(by)).toEqual(sums);
  });

  test("carry tokens and calls as well", async () => {
    expect((await store.costs("role"))[0]).toMatchObject({
      key: "builder",
      modelCalls: 3,
      inputTokens: 3,
      unpricedCalls: 0,
    });
  });

  test("are those of rehearsals only where they are asked for", async () => {
    expect(await costs("role", { rehearsal: true })).toEqual([["tester", 64]]);
    expect(await costs("role", { rehearsal: false })).toEqual(await costs("role"));
  });

  test("of one task or agent include it also where it is a rehearsal", async () => {
    expect(await costs("model", { taskId: "task_play" })).toEqual([["opus", 64]]);
    expect(await costs("model", { agentId: "agent_play" })).toEqual([["opus", 64]]);
    expect(await costs("model", { taskId: "task_play", rehearsal: false })).toEqual([]);
  });

  test("since a time are those of calls that began then or later", async () => {
    const began = new Date(NOON + DAY_MS);
    expect(await costs("agent", { since: began.toISOString() })).toEqual([["agent_free", 0.5]]);
    const after = new Date(NOON + DAY_MS + 1).toISOString();
    expect(await costs("agent", { since: after })).toEqual([]);
    expect(await store.totals({ since: began.toISOString() })).toMatchObject({ costUsd: 0.5, modelCalls: 1 });
    expect(await store.listLedger({ since: began.toISOString() })).toHaveLength(2);
    expect(await store.totals({ since: after })).toMatchObject({ costUsd: 0, modelCalls: 0 });
  });

  test("put what nobody knows the price of last, and count it apart", async () => {
    await book({ agentId: "agent_free", costUsd: null, model: "local" });
    expect(await costs("model")).toEqual([
      ["opus", 10],
      ["sonnet", 1.5],
      ["local", null],
    ]);
    expect((await store.costs("agent")).map(({ key, unpricedCalls }) => [key, unpricedCalls])).toContainEqual([
      "agent_free",
      1,
    ]);
  });

  test("of equal height come in the order of their names", async () => {
    await book({ agentId: "agent_z", costUsd: 8 });
    expect((await costs("agent")).slice(0, 2)).toEqual([
      ["agent_b", 8],
      ["agent_z", 8],
    ]);
  });

  test("of agents that nothing is known of have the role none", async () => {
    await book({ agentId: "agent_unknown", costUsd: 4 });
    expect(await costs("role")).toContainEqual(["none", 4]);
  });
});

describe("a day", () => {
  test.each([
    ["UTC", ["2026-06-01", "2026-06-02"]],
    ["Pacific/Kiritimati", ["2026-06-02"]],
    ["America/Los_Angeles", ["2026-06-01"]],
  ])("is one of the clock on the wall, in %s", async (zone, days) => {
    vi.stubEnv("TZ", zone);
    await store.append([agentCreated("agent_free", null)]);
    for (const hour of [23, 25]) {
      nowMs = Date.UTC(2026, 5, 1, hour);
      await book({ agentId: "agent_free", costUsd: 1 });
    }
    expect((await store.costs("day")).map((row) => row.key)).toEqual(days);
  });
});

describe("past steps", () => {
  const AT_MOST = 100;
  const list = (given: Partial<Parameters<Store["listPastSteps"]>[0]> = {}) =>
    store.listPastSteps({ workingDirectory: "/work", rehearsal: false, maxTasks: AT_MOST, ...given });
  const names = async (given?: Parameters<typeof list>[0]) => (await list(given)).map((step) => step.taskId).sort();

  /** A task that ran one step, a second later than the one before it. */
  async function addTask(taskId: string, given: Parameters<typeof taskCreated>[1] = {}): Promise<void> {
    nowMs += 1_000;
    await store.append([taskCreated(taskId, given), planned(taskId, "builder")]);
    await store.claimTask(taskId, "owner_1");
    await store.append([stepStarted(taskId, "builder"), stepEnded(taskId, "builder"), taskEnded(taskId)]);
  }

  test("say what a role has used: tokens, money and time", async () => {
    await store.append([taskCreated("task_a"), planned("task_a", "builder", "tester")]);
    await store.claimTask("task_a", "owner_1");
    await store.append([stepStarted("task_a", "builder")]);
    await book({ agentId: "agent_1", taskId: "task_a", stepKey: "builder", costUsd: 0.5, tokens: 100 });
    await book({ agentId: "agent_2", taskId: "task_a", stepKey: "builder", costUsd: 0.25, tokens: 20 });
    await book({ agentId: "agent_3", taskId: "task_a", stepKey: "tester", costUsd: 9, tokens: 7 });
    nowMs += 90_000;
    await store.append([stepEnded("task_a", "builder")]);
    await store.append([stepEnded("task_a", "tester", "skipped"), taskEnded("task_a", "failed")]);
    expect(await list()).toEqual([
      { taskId: "task_a", role: "builder", tokens: 120, costUsd: 0.75, durationMs: 90_000 },
    ]);
  });

  test("that called no model have cost nothing, and those without a price nobody knows", async () => {
    await addTask("task_free");
    await addTask("task_local");
    await book({ agentId: "agent_1", taskId: "task_local", stepKey: "builder", costUsd: null, tokens: 5 });
    expect((await list()).map(({ taskId, costUsd }) => [taskId, costUsd]).sort()).toEqual([
      ["task_free", 0],
      ["task_local", null],
    ]);
  });

  test("are those of that directory only", async () => {
    await addTask("task_here");
    await addTask("task_below", { workingDirectory: "/work/below" });
    await addTask("task_there", { workingDirectory: "/other" });
    expect(await names()).toEqual(["task_here"]);
    expect(await names({ workingDirectory: "/work/below" })).toEqual(["task_below"]);
  });

  test("of rehearsals are apart from those of real runs", async () => {
    await addTask("task_real");
    await addTask("task_play", { rehearsal: true });
    expect(await names()).toEqual(["task_real"]);
    expect(await names({ rehearsal: true })).toEqual(["task_play"]);
  });

  test.each(["failed", "skipped"] as const)("are none that %s", async (status) => {
    await store.append([taskCreated("task_a"), planned("task_a", "builder")]);
    await store.claimTask("task_a", "owner_1");
    const begin: NewEvent[] = status === "failed" ? [stepStarted("task_a", "builder")] : [];
    await store.append([...begin, stepEnded("task_a", "builder", status), taskEnded("task_a", "failed")]);
    expect(await list()).toEqual([]);
  });

  test("are none of a task that still runs", async () => {
    await store.append([taskCreated("task_a"), planned("task_a", "builder", "tester")]);
    await store.claimTask("task_a", "owner_1");
    await store.append([stepStarted("task_a", "builder"), stepEnded("task_a", "builder")]);
    expect(await list()).toEqual([]);
    await store.append([stepEnded("task_a", "tester", "skipped"), taskEnded("task_a", "cancelled")]);
    expect(await names()).toEqual(["task_a"]);
  });

  test("are those of the newest tasks, as many as are asked for", async () => {
    for (const taskId of ["task_1", "task_2", "task_3"]) await addTask(taskId);
    await addTask("task_4", { workingDirectory: "/other" });
    expect(await names({ maxTasks: 2 })).toEqual(["task_2", "task_3"]);
    expect(await names({ maxTasks: 0 })).toEqual([]);
  });

  test("never took less than no time, also where the clock was set back", async () => {
    await store.append([taskCreated("task_a"), planned("task_a", "builder")]);
    await store.claimTask("task_a", "owner_1");
    await store.append([stepStarted("task_a", "builder")]);
    nowMs -= 3_600_000;
    await store.append([stepEnded("task_a", "builder"), taskEnded("task_a")]);
    expect((await list()).map((step) => step.durationMs)).toEqual([0]);
  });
});
