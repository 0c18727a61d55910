import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { NewEvent } from "../../domain/index.js";
import type { StepClaim } from "../claims.js";
import type { Store } from "../store.js";
import {
  agentCreated,
  makeFolder,
  planned,
  stepEnded,
  stepStarted,
  taskCreated,
  taskEnded,
} from "./events.testsuite.js";
import { openSqliteStore } from "./sqlite-store.js";

const NOW = 1_000_000;

let folder: ReturnType<typeof makeFolder>;
let store: Store;
let other: Store;

beforeEach(async () => {
  folder = makeFolder();
  store = await openSqliteStore({ path: folder.database });
  other = await openSqliteStore({ path: folder.database });
  for (const ownerId of ["owner_1", "owner_2"]) await putOwner(ownerId, NOW + 15_000);
});
afterEach(async () => {
  await store.close();
  await other.close();
  folder.remove();
});

async function putOwner(ownerId: string, leaseUntilMs: number): Promise<void> {
  await store.putOwner({ ownerId, host: "host", pid: 1, pidStarted: "1", leaseUntilMs });
}

function claim(stepKey: string, given: Partial<StepClaim> = {}): StepClaim {
  return {
    taskId: "task_a",
    stepKey,
    ownerId: "owner_1",
    maxRunning: 2,
    aliveOwnerIds: [],
    deadOwnerIds: [],
    nowMs: NOW,
    isInterrupted: false,
    ...given,
  };
}

describe("claiming a task", () => {
  beforeEach(async () => {
    await store.append([taskCreated("task_a")]);
  });

  test("gives it to one owner only, whichever store it asks", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? store : other).claimTask("task_a", `owner_${index}`)),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect((await store.readEvents({})).filter((event) => event.type === "task.started")).toHaveLength(1);
    expect((await other.getTask("task_a"))?.ownerId).toBe(`owner_${answers.indexOf(true)}`);
  });

  test("is refused for a task that is not there", async () => {
    expect(await store.claimTask("task_none", "owner_1")).toBe(false);
    expect(await store.lastSeq()).toBe(1);
  });
});

describe("taking up a task that was begun", () => {
  const claimant = (
    ownerId: string,
    given: { aliveOwnerIds?: string[]; deadOwnerIds?: string[]; nowMs?: number } = {},
  ) => ({
    ownerId,
    aliveOwnerIds: [],
    deadOwnerIds: [],
    nowMs: NOW,
    ...given,
  });

  beforeEach(async () => {
    await store.append([taskCreated("task_a"), planned("task_a", "build")]);
    await putOwner("owner_1", NOW + 1);
    await store.claimTask("task_a", "owner_1");
    await store.claimStep(claim("build"));
  });

  test("is refused while its owner is at work", async () => {
    expect(await store.resumeTask("task_a", claimant("owner_2"))).toBe(false);
  });

  test("is refused while its owner is known to be at work, whatever the clock says", async () => {
    const later = claimant("owner_2", { aliveOwnerIds: ["owner_1"], nowMs: NOW + 3_600_000 });
    expect(await store.resumeTask("task_a", later)).toBe(false);
    expect(await store.claimStep(claim("build", { ...later, isInterrupted: true }))).toMatchObject({ claimed: false });
  });

  test("is possible when its owner is dead, or has been silent for too long; one of two gets it", async () => {
    const dead = claimant("owner_2", { deadOwnerIds: ["owner_1"] });
    await putOwner("owner_2", NOW + 1_000);
    const answers = await Promise.all([
      store.resumeTask("task_a", dead),
      other.resumeTask("task_a", { ...dead, ownerId: "owner_3" }),
    ]);
    expect(answers).toContain(true);
    expect((await store.getTask("task_a"))?.status).toBe("running");
    expect(await store.resumeTask("task_a", claimant("owner_4", { nowMs: NOW + 2_000 }))).toBe(true);
  });

  test("gives its running step to the new owner, and not back to the old one", async () => {
    await putOwner("owner_2", NOW + 1_000);
    await store.resumeTask("task_a", claimant("owner_2", { deadOwnerIds: ["owner_1"] }));
    const mine = { ownerId: "owner_2", deadOwnerIds: ["owner_1"], isInterrupted: true };
    expect(await store.claimStep(claim("build", mine))).toEqual({ claimed: true, attempt: 2 });
    // The attempt before is fenced: it may come back from a long sleep.
    expect(await store.endStep(stepEnded("task_a", "build"), "owner_1", 1)).toBe(false);
    expect(await store.endStep(stepEnded("task_a", "build"), "owner_2", 2)).toBe(true);
  });

  test("is possible at once when a pause has let go of it", async () => {
    const subject = { taskId: "task_a", stepKey: null, agentId: null };
    await store.append([{ ...subject, type: "task.paused", data: { reason: "", released: true } }]);
    expect(await store.resumeTask("task_a", claimant("owner_2"))).toBe(true);
    expect(await store.claimStep(claim("build", { ownerId: "owner_2", isInterrupted: true }))).toMatchObject({
      claimed: true,
    });
  });

  test("that needs a person is possible for one owner only, also while its last one lives", async () => {
    const data = { reason: "Two sides.", hint: "Choose one." };
    await store.append([{ type: "task.needs_attention", taskId: "task_a", stepKey: null, agentId: null, data }]);
    for (const ownerId of ["owner_2", "owner_3"]) await putOwner(ownerId, NOW + 1_000);
    const answers = await Promise.all([
      store.resumeTask("task_a", claimant("owner_2")),
      other.resumeTask("task_a", claimant("owner_3")),
    ]);
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(await store.getTask("task_a")).toMatchObject({ status: "running", attention: null });
  });

  test("is refused for one that has not begun", async () => {
    await store.append([taskCreated("task_b")]);
    expect(await store.resumeTask("task_b", claimant("owner_2"))).toBe(false);
  });
});

describe("claiming a step", () => {
  beforeEach(async () => {
    await store.append([
      taskCreated("task_a", { workingDirectory: "/one" }),
      planned("task_a", "scout", "reader", "third", "builder!", "tester!"),
      taskCreated("task_b", { workingDirectory: "/two" }),
      planned("task_b", "builder!"),
      taskCreated("task_c", { workingDirectory: "/one" }),
      planned("task_c", "builder!"),
    ]);
  });

  test("starts its first attempt", async () => {
    expect(await store.claimStep(claim("scout"))).toEqual({ claimed: true, attempt: 1 });
    expect((await other.listSteps("task_a"))[0]).toMatchObject({
      stepKey: "scout",
      status: "running",
      attempt: 1,
      ownerId: "owner_1",
    });
  });

  test("is possible once: the second who asks is told that it is taken", async () => {
    const answers = await Promise.all([store.claimStep(claim("scout")), other.claimStep(claim("scout"))]);
    expect(answers.filter((answer) => answer.claimed)).toHaveLength(1);
    expect(answers.filter((answer) => !answer.claimed)).toEqual([{ claimed: false, reason: "ended", holders: [] }]);
  });

  test("is refused for a step that has ended or does not exist", async () => {
    await store.append([stepEnded("task_a", "scout", "skipped")]);
    expect(await store.claimStep(claim("scout"))).toMatchObject({ claimed: false, reason: "ended" });
    expect(await store.claimStep(claim("nobody"))).toMatchObject({ claimed: false, reason: "ended" });
  });

  test("keeps to the limit over all processes and tasks, and names who holds the places", async () => {
    await store.claimStep(claim("scout"));
    await other.claimStep(claim("builder", { taskId: "task_b", ownerId: "owner_2" }));
    expect(await store.claimStep(claim("reader"))).toEqual({
      claimed: false,
      reason: "limit",
      holders: ["task_a/scout", "task_b/builder"],
    });
  });

  test("is possible again when a place is free", async () => {
    await store.claimStep(claim("scout", { maxRunning: 1 }));
    expect(await store.claimStep(claim("reader", { maxRunning: 1 }))).toMatchObject({ claimed: false });
    await store.endStep(stepEnded("task_a", "scout"), "owner_1", 1);
    expect(await store.claimStep(claim("reader", { maxRunning: 1 }))).toMatchObject({ claimed: true });
  });

  test("does not count the steps of an owner that is known to be dead", async () => {
    await store.claimStep(claim("scout", { ownerId: "owner_2" }));
    const answer = await store.claimStep(claim("reader", { maxRunning: 1, deadOwnerIds: ["owner_2"] }));
    expect(answer).toMatchObject({ claimed: true });
  });

  test("does not count the steps of an owner whose lease has run out", async () => {
    await store.claimStep(claim("scout", { ownerId: "owner_2" }));
    await putOwner("owner_2", NOW - 1);
    expect(await store.claimStep(claim("reader", { maxRunning: 1 }))).toMatchObject({ claimed: true });
  });

  test("counts the steps of an owner that is known to be at work, although its lease has run out", async () => {
    await store.claimStep(claim("scout", { ownerId: "owner_2" }));
    await putOwner("owner_2", NOW - 1);
    const answer = await store.claimStep(claim("reader", { maxRunning: 1, aliveOwnerIds: ["owner_2"] }));
    expect(answer).toMatchObject({ claimed: false, reason: "limit" });
  });

  test("does not count the steps of an owner that has signed off", async () => {
    await store.claimStep(claim("scout", { ownerId: "owner_2" }));
    await store.removeOwner("owner_2");
    expect(await store.claimStep(claim("reader", { maxRunning: 1 }))).toMatchObject({ claimed: true });
  });

  test("lets one writer at a time into a directory, of whatever task", async () => {
    await store.claimStep(claim("builder", { maxRunning: 9 }));
    const refused = { claimed: false, reason: "writer", holders: ["task_a/builder"] };
    expect(await other.claimStep(claim("tester", { maxRunning: 9 }))).toEqual(refused);
    expect(await other.claimStep(claim("builder", { taskId: "task_c", maxRunning: 9 }))).toEqual(refused);
  });

  test("takes a directory and one below it for the same place", async () => {
    await store.append([
      taskCreated("task_deep", { workingDirectory: "/one/packages/deep" }),
      planned("task_deep", "builder!"),
    ]);
    await store.claimStep(claim("builder", { maxRunning: 9 }));
    const answer = await store.claimStep(claim("builder", { taskId: "task_deep", maxRunning: 9 }));
    expect(answer).toMatchObject({ claimed: false, reason: "writer" });
  });

  test("lets readers in beside a writer, and writers into other directories", async () => {
    await store.claimStep(claim("builder", { maxRunning: 9 }));
    expect(await store.claimStep(claim("scout", { maxRunning: 9 }))).toMatchObject({ claimed: true });
    expect(await store.claimStep(claim("builder", { taskId: "task_b", maxRunning: 9 }))).toMatchObject({
      claimed: true,
    });
  });

  test("may come after a wait", async () => {
    const data = { reason: "no room", cause: "limit" as const };
    await store.append([{ type: "step.waiting", taskId: "task_a", stepKey: "scout", agentId: null, data }]);
    expect((await store.listSteps("task_a"))[0]).toMatchObject({ status: "waiting", reason: "no room" });
    expect(await store.claimStep(claim("scout"))).toMatchObject({ claimed: true });
    expect((await store.listSteps("task_a"))[0]).toMatchObject({ reason: "" });
  });
});

describe("a step of a greater priority", () => {
  const waits = (taskId: string, cause: "limit" | "priority" | "writer" | "attention"): NewEvent => ({
    type: "step.waiting",
    taskId,
    stepKey: "first",
    agentId: null,
    data: { reason: "no room", cause },
  });
  const ask = (taskId: string, stepKey = "first", given: Partial<StepClaim> = {}) =>
    store.claimStep(
      claim(stepKey, { taskId, ownerId: taskId === "task_high" ? "owner_2" : "owner_1", maxRunning: 1, ...given }),
    );

  beforeEach(async () => {
    for (const [taskId, priority] of [
      ["task_low", -5],
      ["task_plain", 0],
      ["task_other", 0],
      ["task_high", 7],
    ] as const) {
      await store.append([
        taskCreated(taskId, { priority, workingDirectory: `/${taskId}` }),
        planned(taskId, "first!", "second"),
      ]);
      await store.claimTask(taskId, taskId === "task_high" ? "owner_2" : "owner_1");
    }
  });

  test("that waits for a place goes first, and is named", async () => {
    await store.append([waits("task_high", "limit")]);
    const refused = { claimed: false, reason: "priority", holders: ["task_high/first"] };
    expect(await ask("task_plain")).toEqual(refused);
    expect(await ask("task_low")).toEqual(refused);
    expect(await ask("task_high")).toMatchObject({ claimed: true });
  });

  test("keeps one place free, not all of them", async () => {
    await store.append([waits("task_high", "limit")]);
    expect(await ask("task_plain", "first", { maxRunning: 2 })).toMatchObject({ claimed: true });
    expect(await ask("task_other", "first", { maxRunning: 2 })).toMatchObject({ reason: "priority" });
  });

  test("gives way to one that is greater still", async () => {
    await store.append([waits("task_plain", "limit"), waits("task_high", "priority")]);
    expect(await ask("task_plain")).toMatchObject({ reason: "priority", holders: ["task_high/first"] });
    expect(await ask("task_low")).toMatchObject({
      reason: "priority",
      holders: expect.arrayContaining(["task_plain/first", "task_high/first"]),
    });
  });

  test("lets others go before it while it waits for another writer: a place is no use to it", async () => {
    await store.append([waits("task_high", "writer")]);
    expect(await ask("task_low")).toMatchObject({ claimed: true });
  });

  test("lets others go before it while it waits for a person", async () => {
    await store.append([waits("task_high", "attention")]);
    expect(await ask("task_low")).toMatchObject({ claimed: true });
  });

  test("does not go first where it is no greater", async () => {
    await store.append([waits("task_plain", "limit")]);
    expect(await ask("task_other")).toMatchObject({ claimed: true });
  });

  test("does not take a place from a step of its own task", async () => {
    await store.append([waits("task_high", "limit")]);
    expect(await ask("task_high", "second")).toMatchObject({ claimed: true });
  });

  test("does not count before it has asked for a place", async () => {
    expect(await ask("task_low")).toMatchObject({ claimed: true });
  });

  test("does not count when the owner of its task is dead, or its lease has run out", async () => {
    await store.append([waits("task_high", "limit")]);
    expect(await ask("task_low", "first", { deadOwnerIds: ["owner_2"] })).toMatchObject({ claimed: true });
    await putOwner("owner_2", NOW);
    expect(await ask("task_plain", "second", { maxRunning: 2 })).toMatchObject({ claimed: true });
  });

  test("does not stop what runs already", async () => {
    await ask("task_low");
    await store.append([waits("task_high", "limit")]);
    expect(await ask("task_high")).toMatchObject({ reason: "limit", holders: ["task_low/first"] });
    expect(await store.endStep(stepEnded("task_low", "first"), "owner_1", 1)).toBe(true);
    expect(await ask("task_high")).toMatchObject({ claimed: true });
  });
});

describe("writing about a task", () => {
  const end = () => [stepEnded("task_a", "build"), taskEnded("task_a")];
  const steps = () => store.listSteps("task_a");

  beforeEach(async () => {
    await store.append([taskCreated("task_a"), planned("task_a", "build", "test")]);
  });

  test("is for the owner that runs it", async () => {
    await store.claimTask("task_a", "owner_1");
    await store.claimStep(claim("build"));
    const before = await store.lastSeq();
    expect(await other.appendAsOwner("task_a", "owner_2", end())).toBe(false);
    expect(await store.lastSeq()).toBe(before);
    expect(await store.appendAsOwner("task_a", "owner_1", end())).toBe(true);
    expect(await steps()).toMatchObject([{ status: "succeeded" }, { status: "pending" }]);
  });

  test("is for nobody once it has ended", async () => {
    await store.claimTask("task_a", "owner_1");
    await store.append([taskEnded("task_a")]);
    expect(await store.appendAsOwner("task_a", "owner_1", [stepEnded("task_a", "build", "skipped")])).toBe(false);
    expect(await store.claimStep(claim("build"))).toEqual({ claimed: false, reason: "taken_over", holders: [] });
  });

  test("is for anybody before it has begun", async () => {
    expect(await store.appendAsOwner("task_a", "owner_2", [stepEnded("task_a", "build", "skipped")])).toBe(true);
    expect(await steps()).toMatchObject([{ status: "skipped" }, { status: "pending" }]);
  });

  test("is not for an owner from whom another has taken it over, nor is claiming its steps", async () => {
    await store.claimTask("task_a", "owner_1");
    await store.resumeTask("task_a", {
      ownerId: "owner_2",
      aliveOwnerIds: [],
      deadOwnerIds: ["owner_1"],
      nowMs: NOW,
    });
    expect(await store.appendAsOwner("task_a", "owner_1", [])).toBe(false);
    expect(await store.claimStep(claim("build"))).toEqual({ claimed: false, reason: "taken_over", holders: [] });
    expect(await store.claimStep(claim("build", { ownerId: "owner_2" }))).toMatchObject({ claimed: true });
  });

  test("is all of it or nothing", async () => {
    await store.claimTask("task_a", "owner_1");
    const before = await store.lastSeq();
    const twice = [stepEnded("task_a", "build", "skipped"), stepEnded("task_a", "build")];
    await expect(store.appendAsOwner("task_a", "owner_1", twice)).rejects.toMatchObject({ code: "invalid_transition" });
    expect(await store.lastSeq()).toBe(before);
  });
});

describe("ending a step", () => {
  beforeEach(async () => {
    await store.append([taskCreated("task_a"), planned("task_a", "builder!")]);
    await store.claimStep(claim("builder"));
  });

  test("is for the owner and the attempt that hold it", async () => {
    const before = await store.lastSeq();
    expect(await store.endStep(stepEnded("task_a", "builder"), "owner_2", 1)).toBe(false);
    expect(await store.endStep(stepEnded("task_a", "builder"), "owner_1", 2)).toBe(false);
    expect(await store.lastSeq()).toBe(before);
    expect(await store.endStep(stepEnded("task_a", "builder"), "owner_1", 1)).toBe(true);
    expect(await store.listSteps("task_a")).toMatchObject([{ status: "succeeded" }]);
  });

  test("is possible once", async () => {
    const answers = await Promise.all([
      store.endStep(stepEnded("task_a", "builder"), "owner_1", 1),
      other.endStep(stepEnded("task_a", "builder", "failed"), "owner_1", 1),
    ]);
    expect(answers).toEqual([true, false]);
  });

  test("counts attempts: after a failed one only the next can end the step", async () => {
    const error = { code: "process_exited" as const, message: "gone", hint: "" };
    await store.append([
      {
        type: "step.attempt_failed",
        taskId: "task_a",
        stepKey: "builder",
        agentId: null,
        data: { attempt: 1, error },
      },
    ]);
    expect(await store.endStep(stepEnded("task_a", "builder"), "owner_1", 1)).toBe(false);
    expect(await store.endStep(stepEnded("task_a", "builder"), "owner_1", 2)).toBe(true);
  });
});

describe("a step that makes the graph grow", () => {
  function extended(...keys: string[]): NewEvent & { type: "workflow.extended" } {
    const plan = planned("task_a", ...keys) as NewEvent & { type: "workflow.planned" };
    const steps = plan.data.steps.map((step) => ({ ...step, dependsOn: ["plan"] }));
    return { ...plan, type: "workflow.extended", data: { reason: "as planned", steps, continuedBy: null, plan: null } };
  }

  const end = (extension: ReturnType<typeof extended>, ownerId = "owner_1") =>
    store.endStep(stepEnded("task_a", "plan"), ownerId, 1, extension);

  beforeEach(async () => {
    await store.append([taskCreated("task_a", { workingDirectory: "/one" }), planned("task_a", "plan", "last")]);
    await store.claimStep(claim("plan"));
  });

  test("adds its steps behind the others, and ends", async () => {
    expect(await end(extended("scout", "builder!"))).toBe(true);
    expect(await other.listSteps("task_a")).toMatchObject([
      { stepKey: "plan", status: "succeeded" },
      { stepKey: "last", status: "pending" },
      { stepKey: "scout", status: "pending", dependsOn: ["plan"], writes: false },
      { stepKey: "builder", status: "pending", dependsOn: ["plan"], writes: true },
    ]);
  });

  test("adds nothing when somebody else holds it by now", async () => {
    const before = await store.lastSeq();
    expect(await end(extended("scout"), "owner_2")).toBe(false);
    expect(await store.lastSeq()).toBe(before);
    expect(await store.listSteps("task_a")).toHaveLength(2);
  });

  test("does not end when its steps cannot be added: all of it or nothing", async () => {
    const before = await store.lastSeq();
    await expect(end(extended("scout", "last"))).rejects.toMatchObject({ code: "database_failed" });
    expect(await store.lastSeq()).toBe(before);
    expect(await store.listSteps("task_a")).toMatchObject([
      { stepKey: "plan", status: "running" },
      { stepKey: "last", status: "pending" },
    ]);
  });

  test("has steps that keep to the directory of their task", async () => {
    await end(extended("builder!"));
    await store.append([taskCreated("task_b", { workingDirectory: "/one" }), planned("task_b", "writer!")]);
    await store.append([stepStarted("task_b", "writer")]);
    expect(await store.claimStep(claim("builder"))).toMatchObject({ reason: "writer", holders: ["task_b/writer"] });
  });
});

describe("claiming an agent that was made by hand", () => {
  const ask = (ownerId: string, deadOwnerIds: string[] = [], agentId = "agent_x") =>
    store.claimAgent(agentId, { ownerId, aliveOwnerIds: [], deadOwnerIds, nowMs: NOW });
  const claims = async () => (await store.readEvents({})).filter((event) => event.type === "agent.claimed").length;
  const subject = { taskId: null, stepKey: null, agentId: "agent_x" };
  const about = (type: "agent.released" | "agent.deleted", ownerId = "owner_1"): NewEvent =>
    type === "agent.deleted" ? { ...subject, type, data: {} } : { ...subject, type, data: { ownerId } };

  beforeEach(async () => {
    await store.append([agentCreated("agent_x", null)]);
  });

  test("gives it to whoever comes first", async () => {
    const answers = await Promise.all([
      ask("owner_1"),
      other.claimAgent("agent_x", { ownerId: "owner_2", aliveOwnerIds: [], deadOwnerIds: [], nowMs: NOW }),
    ]);
    expect(answers).toEqual([true, false]);
    expect((await other.getAgent("agent_x"))?.ownerId).toBe("owner_1");
  });

  test("gives it again to whoever has it, without a word in the log", async () => {
    await ask("owner_1");
    expect(await ask("owner_1")).toBe(true);
    expect(await claims()).toBe(1);
  });

  test("is refused while a living owner has it", async () => {
    await ask("owner_1");
    expect(await ask("owner_2")).toBe(false);
    expect(await claims()).toBe(1);
  });

  test.each([
    ["is known to be dead", async () => ask("owner_2", ["owner_1"])],
    [
      "has let its lease run out",
      async () => {
        await putOwner("owner_1", NOW);
        return ask("owner_2");
      },
    ],
    [
      "has signed off",
      async () => {
        await store.removeOwner("owner_1");
        return ask("owner_2");
      },
    ],
    [
      "has let go of it",
      async () => {
        await store.append([about("agent.released")]);
        return ask("owner_2");
      },
    ],
  ])("takes it from an owner that %s", async (_, askThen) => {
    await ask("owner_1");
    expect(await askThen()).toBe(true);
    expect((await store.getAgent("agent_x"))?.ownerId).toBe("owner_2");
  });

  test("is refused once it is deleted", async () => {
    await store.append([about("agent.deleted")]);
    expect(await ask("owner_1")).toBe(false);
  });

  test("is refused for an agent of a workflow, which its task runs, and for one that is not there", async () => {
    await store.append([
      taskCreated("task_a"),
      planned("task_a", "builder"),
      agentCreated("agent_t", "task_a", "builder"),
    ]);
    expect(await ask("owner_1", [], "agent_t")).toBe(false);
    expect(await ask("owner_1", [], "agent_none")).toBe(false);
    expect(await claims()).toBe(0);
  });
});

test("an owner's lease is renewed, and it is gone when it signs off", async () => {
  await putOwner("owner_1", NOW + 30_000);
  expect((await other.listOwners()).map(({ ownerId, leaseUntilMs }) => [ownerId, leaseUntilMs])).toEqual([
    ["owner_1", NOW + 30_000],
    ["owner_2", NOW + 15_000],
  ]);
  await store.removeOwner("owner_1");
  expect((await other.listOwners()).map((owner) => owner.ownerId)).toEqual(["owner_2"]);
});
