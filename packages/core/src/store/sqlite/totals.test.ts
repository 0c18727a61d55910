import { array, asyncProperty, assert as check, constantFrom, integer, nat, option, record } from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addUsage, type NewEvent, NO_USAGE, type Usage } from "../../domain/index.js";
import type { Store } from "../store.js";
import { agentCreated, callEnded, callReconciled, callStarted, makeFolder, taskCreated } from "./events.testsuite.js";
import { openSqliteStore } from "./sqlite-store.js";

let folder: ReturnType<typeof makeFolder>;
let store: Store;

beforeEach(async () => {
  folder = makeFolder();
  store = await openSqliteStore({ path: folder.database });
  await store.append([
    taskCreated("task_real"),
    taskCreated("task_play", { rehearsal: true }),
    agentCreated("agent_real", "task_real"),
    agentCreated("agent_play", "task_play", null, { rehearsal: true }),
    agentCreated("agent_free", null),
  ]);
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

let ordinal = 0;
function call(agentId: string, costUsd: number | null, usage: Partial<Usage> = {}) {
  ordinal += 1;
  const taskId = { agent_real: "task_real", agent_play: "task_play" }[agentId] ?? null;
  return { taskId, agentId, callId: `call_${ordinal}`, ordinal, costUsd, usage };
}

async function book(given: ReturnType<typeof call>, state?: "complete" | "incomplete" | "failed"): Promise<void> {
  await store.append([callStarted(given), callEnded(given, state)]);
}

describe("what calls cost together", () => {
  test("is nothing where there were none", async () => {
    expect(await store.totals()).toEqual({
      ...NO_USAGE,
      modelCalls: 0,
      incompleteCalls: 0,
      unpricedCalls: 0,
      costUsd: 0,
    });
  });

  test("is not known when no call has a known price", async () => {
    await book(call("agent_real", null, { inputTokens: 5 }));
    expect(await store.totals()).toMatchObject({ costUsd: null, unpricedCalls: 1, inputTokens: 5 });
  });

  test("is the sum of what is known, with the count of what it leaves out", async () => {
    await book(call("agent_real", 0.25));
    await book(call("agent_real", 0.5));
    await book(call("agent_real", null, { inputTokens: 10 }));
    expect(await store.totals()).toMatchObject({ costUsd: 0.75, unpricedCalls: 1, modelCalls: 3 });
  });

  test("does not want a price for a call that the endpoint refused", async () => {
    await book(call("agent_real", null), "failed");
    expect(await store.totals()).toMatchObject({ costUsd: 0, unpricedCalls: 0, incompleteCalls: 0, modelCalls: 1 });
  });

  test("includes a call that was cut off, and says so", async () => {
    await book(call("agent_real", 0.125, { outputTokens: 3 }), "incomplete");
    expect(await store.totals()).toMatchObject({ costUsd: 0.125, incompleteCalls: 1, outputTokens: 3 });
  });

  test("includes what was found by reconciliation", async () => {
    await store.append([callReconciled(call("agent_real", 0.5, { inputTokens: 7 }))]);
    expect(await store.totals()).toMatchObject({ costUsd: 0.5, inputTokens: 7, modelCalls: 1, incompleteCalls: 0 });
    expect(await store.listLedger()).toMatchObject([{ source: "reconciled", state: "complete" }]);
  });

  test("takes the last word on a call, not the sum of what was said of it", async () => {
    const given = call("agent_real", 0.5, { outputTokens: 100 });
    await store.append([
      callStarted(given),
      {
        type: "model_call.reported",
        taskId: "task_real",
        stepKey: null,
        agentId: "agent_real",
        data: {
          callId: given.callId,
          model: "claude-sonnet-5-5",
          apiMessageId: "msg_1",
          usage: { ...NO_USAGE, outputTokens: 1 },
          costUsd: 0.01,
        },
      },
      callEnded(given),
    ]);
    expect(await store.totals()).toMatchObject({ costUsd: 0.5, outputTokens: 100 });
    expect(await store.listLedger()).toMatchObject([{ apiMessageId: "msg_1", state: "complete" }]);
  });
});

describe("whose calls they are", () => {
  beforeEach(async () => {
    await book(call("agent_real", 1));
    await book(call("agent_play", 2));
    await book(call("agent_free", 4));
  });

  test("a rehearsal is left out of the overall figure, and calls outside of tasks are in it", async () => {
    expect(await store.totals()).toMatchObject({ costUsd: 5, modelCalls: 2 });
  });

  test("a rehearsal has figures of its own", async () => {
    expect(await store.totals({ taskId: "task_play" })).toMatchObject({ costUsd: 2, modelCalls: 1 });
    expect(await store.totals({ agentId: "agent_play" })).toMatchObject({ costUsd: 2 });
  });

  test("an agent's record carries its own totals", async () => {
    expect(await store.getAgent("agent_real")).toMatchObject({ costUsd: 1, modelCalls: 1 });
    expect(await store.listAgents({ taskId: "task_play" })).toMatchObject([{ costUsd: 2, modelCalls: 1 }]);
  });

  test("the ledger can be read by task and by agent", async () => {
    expect((await store.listLedger({ taskId: "task_real" })).map((row) => row.agentId)).toEqual(["agent_real"]);
    expect((await store.listLedger({ agentId: "agent_free" })).map((row) => row.costUsd)).toEqual([4]);
    expect(await store.listLedger()).toHaveLength(3);
  });
});

test("two calls of one process cannot have the same number", async () => {
  const first = call("agent_real", 1);
  await book(first);
  await expect(store.append([callStarted({ ...first, callId: "call_other" })])).rejects.toMatchObject({
    code: "database_failed",
  });
});

const tokens = nat(1_000_000);
const anyCall = record({
  agentId: constantFrom("agent_real", "agent_play", "agent_free"),
  kind: constantFrom("complete", "incomplete", "failed", "reconciled", "open"),
  // Whole 1/1024ths, so that sums are exact and the order of adding does not matter.
  costUsd: option(integer({ min: 0, max: 4096 }).map((parts) => parts / 1024)),
  usage: record<Usage>({
    inputTokens: tokens,
    outputTokens: tokens,
    cacheReadTokens: tokens,
    cacheWriteTokens: tokens,
    cacheWriteOneHourTokens: tokens,
    webSearches: nat(9),
  }),
});

test("whatever is booked, the totals are the plain sum", async () => {
  await check(
    asyncProperty(array(anyCall, { minLength: 1, maxLength: 12 }), async (calls) => {
      const before = await store.totals();
      const booked = calls.map(({ agentId, kind, costUsd, usage }) => ({ ...call(agentId, costUsd, usage), kind }));
      await store.append(
        booked.flatMap(({ kind, ...each }): NewEvent[] => {
          if (kind === "reconciled") return [callReconciled(each)];
          return kind === "open" ? [callStarted(each)] : [callStarted(each), callEnded(each, kind as "complete")];
        }),
      );
      const real = booked.filter((each) => each.agentId !== "agent_play");
      const closed = real.filter((each) => each.kind !== "open");
      const { modelCalls, incompleteCalls, unpricedCalls, costUsd, ...usage } = await store.totals();
      const { modelCalls: _1, incompleteCalls: _2, unpricedCalls: _3, costUsd: _4, ...usageBefore } = before;
      expect(modelCalls).toBe(before.modelCalls + real.length);
      expect(incompleteCalls).toBe(
        before.incompleteCalls + real.filter(({ kind }) => kind === "incomplete" || kind === "open").length,
      );
      expect(usage).toEqual(closed.map((each) => each.usage as Usage).reduce(addUsage, usageBefore));
      const spent = closed.reduce((sum, each) => sum + (each.costUsd ?? 0), before.costUsd ?? 0);
      expect(costUsd ?? 0).toBe(spent);
    }),
    { seed: 1, numRuns: 30 },
  );
});
