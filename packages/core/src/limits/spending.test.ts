import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type NewEvent, NO_USAGE } from "../domain/index.js";
import { openSqliteStore, type Store } from "../store/index.js";
import { checkSpending, hasBudget, type Purse, startOfDay } from "./spending.js";

const NOON = Date.UTC(2026, 5, 1, 12);
const HOUR_MS = 3_600_000;

let folder: string;
let store: Store;
let nowMs: number;
let ordinal: number;

beforeEach(async () => {
  vi.stubEnv("TZ", "UTC");
  folder = mkdtempSync(join(tmpdir(), "orchestrator-spending-"));
  nowMs = NOON;
  ordinal = 0;
  store = await openSqliteStore({ path: join(folder, "o.db"), now: () => nowMs });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

/** Books one call of a task, or of an agent made by hand. */
async function spend(costUsd: number | null, given: { taskId?: string; rehearsal?: boolean } = {}): Promise<void> {
  ordinal += 1;
  const { taskId = null, rehearsal = false } = given;
  const subject = { taskId, stepKey: null, agentId: `agent_${ordinal}` };
  const callId = `call_${ordinal}`;
  const created: NewEvent = {
    ...subject,
    type: "agent.created",
    data: {
      name: "Bob",
      role: "builder",
      model: "sonnet",
      tools: [],
      systemPrompt: "",
      workingDirectory: "/work",
      logDirectory: null,
      rehearsal,
      settings: {
        writes: true,
        effort: null,
        fallbackModel: null,
        maxTurns: 60,
        timeoutMinutes: 30,
        sandbox: false,
        maxTokens: null,
      },
    },
  };
  const call = { callId, model: "sonnet" };
  const usage = { ...NO_USAGE, inputTokens: 10 };
  await store.append([
    created,
    { ...subject, type: "model_call.started", data: { ...call, processId: "process", ordinal } },
    { ...subject, type: "model_call.ended", data: { ...call, state: "complete", usage, costUsd } },
  ]);
}

const check = (given: Partial<Purse>) =>
  checkSpending(
    store,
    { taskId: "task_a", budgetUsd: null, dailyBudgetUsd: null, rehearsal: false, ...given },
    new Date(nowMs),
  );

describe("the budget of a task", () => {
  test("is kept by what the task has spent, on whatever day", async () => {
    await spend(0.25, { taskId: "task_a" });
    nowMs += 48 * HOUR_MS;
    await spend(0.5, { taskId: "task_a" });
    expect(await check({ budgetUsd: 0.76 })).toBeNull();
    expect(await check({ budgetUsd: 0.75 })).toMatchObject({
      code: "budget_reached",
      message: "The task has spent $0.7500 of its budget of $0.7500.",
    });
  });

  test("is not touched by what others spend", async () => {
    await spend(100, { taskId: "task_b" });
    await spend(100);
    expect(await check({ budgetUsd: 0.01 })).toBeNull();
  });

  test("is kept in a rehearsal too, so that a rehearsal shows what would happen", async () => {
    await spend(2, { taskId: "task_a", rehearsal: true });
    expect(await check({ budgetUsd: 1, rehearsal: true })).toMatchObject({ code: "budget_reached" });
  });

  test("cannot be kept when a price is not known", async () => {
    await spend(null, { taskId: "task_a" });
    expect(await check({ budgetUsd: 1 })).toMatchObject({
      code: "budget_reached",
      message: expect.stringContaining("price is not known"),
    });
  });

  test("is no matter of an agent that belongs to no task", async () => {
    await spend(5);
    expect(await check({ taskId: null, budgetUsd: 1 })).toBeNull();
  });
});

describe("the budget of the day", () => {
  test("is kept by what tasks and agents have spent together", async () => {
    await spend(0.5, { taskId: "task_a" });
    await spend(0.25, { taskId: "task_b" });
    await spend(0.25);
    expect(await check({ dailyBudgetUsd: 1.5 })).toBeNull();
    expect(await check({ dailyBudgetUsd: 1 })).toMatchObject({
      code: "budget_reached",
      message: "Today's work has spent $1.0000 of its budget of $1.0000.",
      hint: expect.stringContaining("ORCHESTRATOR_DAILY_BUDGET_USD"),
    });
    expect(await check({ taskId: null, dailyBudgetUsd: 1 })).toMatchObject({ code: "budget_reached" });
  });

  test("begins anew at midnight", async () => {
    nowMs = Date.UTC(2026, 5, 1, 23, 59, 59, 999);
    await spend(5);
    expect(await check({ dailyBudgetUsd: 1 })).toMatchObject({ code: "budget_reached" });
    nowMs += 1;
    expect(await check({ dailyBudgetUsd: 1 })).toBeNull();
    await spend(1);
    expect(await check({ dailyBudgetUsd: 1 })).toMatchObject({ code: "budget_reached" });
  });

  test("begins at midnight on the clock on the wall", async () => {
    vi.stubEnv("TZ", "Asia/Kolkata");
    nowMs = Date.UTC(2026, 5, 1, 18, 29);
    await spend(5);
    nowMs = Date.UTC(2026, 5, 1, 18, 30);
    expect(await check({ dailyBudgetUsd: 1 })).toBeNull();
  });

  test("is not touched by rehearsals, and does not end them", async () => {
    await spend(100, { taskId: "task_a", rehearsal: true });
    expect(await check({ dailyBudgetUsd: 1 })).toBeNull();
    await spend(100);
    expect(await check({ dailyBudgetUsd: 1 })).toMatchObject({ code: "budget_reached" });
    expect(await check({ dailyBudgetUsd: 1, rehearsal: true })).toBeNull();
  });

  test("is looked at after the task's own", async () => {
    await spend(3, { taskId: "task_a" });
    const reached = await check({ budgetUsd: 1, dailyBudgetUsd: 2 });
    expect(reached?.message).toMatch(/^The task has spent/);
  });

  test("is no matter while there is none", async () => {
    await spend(1_000_000, { taskId: "task_a" });
    expect(await check({})).toBeNull();
  });
});

describe("the beginning of a day", () => {
  test.each([
    ["UTC", "2026-06-01T12:00:00Z", "2026-06-01T00:00:00.000Z"],
    ["UTC", "2026-06-01T00:00:00Z", "2026-06-01T00:00:00.000Z"],
    ["America/Los_Angeles", "2026-06-01T06:59:00Z", "2026-05-31T07:00:00.000Z"],
    ["America/Los_Angeles", "2026-06-01T07:00:00Z", "2026-06-01T07:00:00.000Z"],
    ["Asia/Kolkata", "2026-06-01T12:00:00Z", "2026-05-31T18:30:00.000Z"],
    ["Pacific/Kiritimati", "2026-06-01T12:00:00Z", "2026-06-01T10:00:00.000Z"],
    ["Europe/Berlin", "2026-03-29T20:00:00Z", "2026-03-28T23:00:00.000Z"],
    ["Europe/Berlin", "2026-10-25T20:00:00Z", "2026-10-24T22:00:00.000Z"],
  ])("in %s at %s is %s, also when the clocks change that day", (zone, now, start) => {
    vi.stubEnv("TZ", zone);
    expect(startOfDay(new Date(now))).toBe(start);
  });
});

describe("whether there is a budget to keep", () => {
  test.each([
    [null, null, false, false],
    [1, null, false, true],
    [null, 1, false, true],
    [null, 1, true, false],
    [1, 1, true, true],
  ])("with %j for the task and %j for the day, in a rehearsal %s: %s", (budgetUsd, dailyBudgetUsd, rehearsal, has) => {
    expect(hasBudget({ taskId: "task_a", budgetUsd, dailyBudgetUsd, rehearsal })).toBe(has);
  });
});
