import { describe, expect, test } from "vitest";
import { NO_OVERRIDES, type StoredEvent } from "../../domain/index.js";
import { taskCreated } from "./events.testsuite.js";
import { describeOldDatabase } from "./old-database.testsuite.js";
import { SETTINGS_OF_VERSION_1, upcast } from "./upcast.js";
import { makeVersion1 } from "./version-1.testsuite.js";

describeOldDatabase(
  {
    version: 1,
    make: makeVersion1,
    events: 24,
    firstTime: "2026-06-01T09:00:01.000Z",
    openTask: "task_real",
  },
  (store) => {
    test("keeps tasks, with what was not yet to be chosen then", async () => {
      expect(await store().getTask("task_real")).toMatchObject({
        status: "running",
        taskType: "bug_fix",
        ownerId: "owner_1",
        costUsd: 0.5,
        workflow: null,
        rationale: "",
        fallbackReason: null,
        skippedRoles: [],
        priority: 0,
        afterTaskId: null,
        followUpOf: null,
        forkOf: null,
      });
    });

    test("keeps steps, which have nothing other than their roles", async () => {
      expect(await store().listSteps("task_real")).toMatchObject([
        { stepKey: "scout", status: "succeeded", handoff: { summary: "found" }, overrides: NO_OVERRIDES },
        { stepKey: "builder", status: "pending", dependsOn: ["scout"], overrides: NO_OVERRIDES },
      ]);
    });

    test("keeps agents, each a rehearsal's where its task is one", async () => {
      expect(await store().listAgents()).toMatchObject([
        { agentId: "agent_real", rehearsal: false, ownerId: null, finding: null, settings: SETTINGS_OF_VERSION_1 },
        { agentId: "agent_play", rehearsal: true, ownerId: null, finding: null, settings: SETTINGS_OF_VERSION_1 },
      ]);
    });

    test("tells every row of the ledger its role, its task's type and whether it was a rehearsal", async () => {
      const rows = (await store().listLedger()).map(({ callId, role, taskType, rehearsal }) => [
        callId,
        role,
        taskType,
        rehearsal,
      ]);
      expect(rows).toEqual([
        ["call_real", "scout", "bug_fix", false],
        ["call_play", "scout", "testing", true],
        ["call_lost", "", null, false],
      ]);
    });

    test("leaves the figures as they were: a rehearsal is no part of the whole", async () => {
      expect(await store().totals()).toMatchObject({ costUsd: 0.625, modelCalls: 2 });
      expect(await store().totals({ taskId: "task_play" })).toMatchObject({ costUsd: 0.25, modelCalls: 1 });
      expect((await store().costs("role")).map(({ key, costUsd }) => [key, costUsd])).toEqual([
        ["scout", 0.5],
        ["none", 0.125],
      ]);
    });

    test("an event of today is left as it is", async () => {
      await store().append([taskCreated("task_new")]);
      const [event] = await store().readEvents({ taskId: "task_new" });
      if (!event) throw new Error("it was just appended");
      expect(upcast(event)).toBe(event);
    });
  },
);

describe("an event of version 1", () => {
  const old = (type: string, data: object) =>
    ({
      seq: 1,
      time: "",
      version: 1,
      type,
      taskId: "task_a",
      stepKey: null,
      agentId: null,
      data,
    }) as unknown as StoredEvent;

  test.each([
    [
      "task.created",
      {
        priority: 0,
        afterTaskId: null,
        followUpOf: null,
        forkOf: null,
        ownerId: null,
        workspaceKind: "in_place",
        uncommitted: "leave",
        requireChecks: false,
      },
    ],
    ["workflow.planned", { workflow: null, checks: [] }],
    ["step.waiting", { cause: "limit" }],
    ["agent.created", { rehearsal: false, settings: SETTINGS_OF_VERSION_1 }],
  ])("%s gains what there was no choice of", (type, added) => {
    expect(upcast(old(type, { kept: "as it is" })).data).toEqual({ ...added, kept: "as it is" });
  });

  test("gives its steps what each has other than its role: nothing", () => {
    const step = { key: "scout", role: "scout" };
    expect(upcast(old("workflow.planned", { steps: [step, step] })).data).toEqual({
      workflow: null,
      checks: [],
      steps: [
        { ...step, overrides: NO_OVERRIDES, round: 0, lane: null },
        { ...step, overrides: NO_OVERRIDES, round: 0, lane: null },
      ],
    });
  });

  test("keeps what it says itself", () => {
    expect(upcast(old("step.waiting", { reason: "busy", cause: "writer" })).data).toEqual({
      reason: "busy",
      cause: "writer",
    });
  });

  test("of any other type is left as it is", () => {
    const event = old("task.warned", { message: "careful" });
    expect(upcast(event)).toEqual(event);
  });
});
