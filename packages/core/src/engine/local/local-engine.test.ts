import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EventData, NO_OVERRIDES, OrchestratorError, toErrorRecord } from "../../domain/index.js";
import type { Store } from "../../store/index.js";
import type { StepOutcome } from "../engine.js";
import { addTask, BAD, DONE, FakeExecutor, House, nextEvent } from "./fakes.testsuite.js";

let house: House;
let store: Store;

beforeEach(async () => {
  house = new House();
  store = await house.openStore();
});
afterEach(async () => {
  await house.remove();
});

const statuses = async (taskId: string) =>
  Object.fromEntries((await store.listSteps(taskId)).map((step) => [step.stepKey, step.status]));

/** Runs a task whose steps all answer at once. */
async function runAtOnce(edges: Record<string, string[]>, answer: ConstructorParameters<typeof FakeExecutor>[0]) {
  const executor = new FakeExecutor(answer);
  const engine = house.openEngine(store, executor);
  await addTask(store, "task_a", edges);
  await engine.start("task_a");
  await engine.wait("task_a");
  return executor;
}

describe("how a task ends", () => {
  test("unverified when every step succeeded: nobody has proven it yet", async () => {
    await runAtOnce({ a: [], b: ["a"] }, ({ step }) => ({
      status: "succeeded",
      handoff: { summary: `${step.stepKey} says hello` },
    }));
    expect(await store.getTask("task_a")).toMatchObject({
      status: "unverified",
      error: null,
      output: "b says hello",
      census: { planned: 2, ran: 2, succeeded: 2, failed: 0 },
    });
  });

  test("failed when a step failed, with the step and its cause named", async () => {
    await runAtOnce({ a: [], b: ["a"], c: [] }, ({ step }) => (step.stepKey === "a" ? BAD : DONE));
    expect(await statuses("task_a")).toEqual({ a: "failed", b: "skipped", c: "succeeded" });
    expect(await store.getTask("task_a")).toMatchObject({
      status: "failed",
      error: { code: "agent_failed", message: 'The step "a" failed: It broke.', hint: "Mend it." },
      census: { planned: 3, ran: 2, succeeded: 1, failed: 1, skipped: 1 },
    });
    expect((await store.listSteps("task_a"))[1]?.reason).toBe('it depends on "a", which failed');
  });

  test("with what the last steps of every branch have to say", async () => {
    await runAtOnce({ root: [], left: ["root"], right: ["root"] }, ({ step }) => ({
      status: "succeeded",
      handoff: { summary: step.stepKey },
    }));
    expect((await store.getTask("task_a"))?.output).toBe("left\n\nright");
  });

  test("failed, not cancelled, when it has spent its budget", async () => {
    const executor = await runAtOnce({ a: [], b: ["a"] }, ({ stopTask }) => {
      stopTask(new OrchestratorError("budget_reached", "All spent.", "Give more."));
      return null;
    });
    expect(executor.story).not.toContain("run b");
    expect(await statuses("task_a")).toEqual({ a: "cancelled", b: "cancelled" });
    expect(await store.getTask("task_a")).toMatchObject({ status: "failed", error: { code: "budget_reached" } });
  });

  test("with what was held for it let go, once", async () => {
    const executor = await runAtOnce({ a: [] }, () => DONE);
    expect(executor.story).toEqual(["run a", "end a", "finish task_a"]);
  });
});

describe("a step", () => {
  test("waits for room when a disk is full, and goes on from there", async () => {
    let isFull = true;
    const full = new OrchestratorError("disk_full", "No room for the log.", "");
    const executor = new FakeExecutor(({ step }) => {
      if (step.stepKey === "a") return DONE;
      return isFull && step.stepKey === "b" ? { status: "failed", error: toErrorRecord(full, "step_failed") } : DONE;
    });
    const engine = house.openEngine(store, executor);
    await addTask(store, "task_a", { a: [], b: ["a"], c: ["b"] });
    await engine.start("task_a");
    await expect(engine.wait("task_a")).rejects.toMatchObject({
      code: "disk_full",
      message: "No room for the log.",
      hint: expect.stringContaining("orchestrator resume task_a"),
    });
    expect(await store.getTask("task_a")).toMatchObject({ status: "paused", endedAt: null });
    expect(await statuses("task_a")).toEqual({ a: "succeeded", b: "running", c: "pending" });
    isFull = false;
    await engine.resume("task_a");
    await engine.wait("task_a");
    expect(await statuses("task_a")).toEqual({ a: "succeeded", b: "succeeded", c: "succeeded" });
    expect(executor.story.filter((line) => line === "run a")).toHaveLength(1);
  });

  test("that meets a limit says once that it waits, and goes on when one may try", async () => {
    const executor = Object.assign(new FakeExecutor(), { scope: "key" });
    await addTask(store, "task_a", { a: [] });
    const engine = house.openEngine(store, executor);
    await engine.start("task_a");
    await executor.until("run a");
    const limit = { cause: "usage_limit" as const, reason: "the limit is reached", untilMs: Date.now() + 500 };
    const caller = { scope: "key", caller: "task_a/a", patienceMs: null, nowMs: Date.now() };
    const hold = await store.holdFleet({ ...limit, ...caller });
    executor.story.length = 0;
    executor.end("a", { status: "held", hold: hold ?? limit });
    await executor.until("run a");
    const released = nextEvent(store, "task.released", null);
    await store.releaseFleet("key", "task_a/a");
    await released;
    executor.end("a");
    await engine.wait("task_a");
    const told = (await store.readEvents({})).filter(({ type }) => type === "step.waiting" || type === "task.held");
    expect(told.map(({ type }) => type)).toEqual(["step.waiting", "task.held"]);
  });

  test("that throws fails its task, ends the steps beside it and is told to whoever waits", async () => {
    const executor = new FakeExecutor();
    const engine = house.openEngine(store, executor);
    await addTask(store, "task_a", { a: [], beside: [], later: ["beside"] });
    await engine.start("task_a");
    await executor.until("run beside");
    executor.end("a", new Error("a bug of ours"));
    await expect(engine.wait("task_a")).rejects.toThrow("a bug of ours");
    expect(executor.story).toContain("finish task_a");
    expect(executor.story).not.toContain("run later");
    expect(executor.running).toBe(0);
    expect(await store.getTask("task_a")).toMatchObject({ status: "failed" });
    expect(await statuses("task_a")).toEqual({ a: "failed", beside: "cancelled", later: "cancelled" });
  });
});

describe("a step that makes the graph grow", () => {
  /** Succeeds, and adds steps given as `{ key: [what it depends on] }`. */
  function growing(edges: Record<string, string[]>): StepOutcome {
    const steps = Object.entries(edges).map(([key, dependsOn]) => {
      const step = { key, kind: "agent" as const, role: "builder", instructions: "", dependsOn };
      return { ...step, writes: false, overrides: NO_OVERRIDES, round: 0, lane: null };
    });
    const plan: EventData<"workflow.extended">["plan"] = {
      planMode: "ai",
      complexity: "complex",
      rationale: "It takes two.",
      skippedRoles: [{ role: "tester", reason: "There are no tests." }],
      fallbackReason: null,
    };
    const extension = { reason: "as planned", steps, plan, continuedBy: null };
    return { status: "succeeded", handoff: { summary: "planned" }, extension };
  }

  const growAtOnce = (edges: Record<string, string[]>, added: Record<string, string[]>, bad = "") =>
    runAtOnce(edges, ({ step: { stepKey } }) => {
      if (stepKey === "plan") return growing(added);
      return stepKey === bad ? BAD : DONE;
    });

  test("has its new steps run, in their order, and counted", async () => {
    const executor = await growAtOnce({ plan: [] }, { second: ["first"], first: ["plan"], beside: ["plan"] });
    expect(executor.story.filter((line) => line.startsWith("run"))).toEqual([
      "run plan",
      "run first",
      "run beside",
      "run second",
    ]);
    expect(await statuses("task_a")).toEqual({
      plan: "succeeded",
      second: "succeeded",
      first: "succeeded",
      beside: "succeeded",
    });
    expect(await store.getTask("task_a")).toMatchObject({
      status: "unverified",
      census: { planned: 4, ran: 4, succeeded: 4, failed: 0, skipped: 0, cancelled: 0, retried: 0 },
    });
  });

  test("ends in the same transaction as its new steps come", async () => {
    let seen: string[] = [];
    const watched: Store = {
      ...store,
      endStep: async (...given) => {
        const before = await store.lastSeq();
        const isOurs = await store.endStep(...given);
        if (given[0].stepKey === "plan") seen = (await store.readEvents({ after: before })).map((event) => event.type);
        return isOurs;
      },
    };
    const engine = house.openEngine(
      watched,
      new FakeExecutor(({ step }) => (step.stepKey === "plan" ? growing({ a: ["plan"] }) : DONE)),
    );
    await addTask(store, "task_a", { plan: [] });
    await engine.start("task_a");
    await engine.wait("task_a");
    expect(seen).toEqual(["workflow.extended", "step.ended"]);
  });

  test("leaves what was decided with the task", async () => {
    await growAtOnce({ plan: [] }, { a: ["plan"] });
    expect(await store.getTask("task_a")).toMatchObject({
      planMode: "ai",
      complexity: "complex",
      rationale: "It takes two.",
      skippedRoles: [{ role: "tester", reason: "There are no tests." }],
      fallbackReason: null,
    });
  });

  test("lets steps that were there before go on beside the new ones", async () => {
    await growAtOnce({ plan: [], last: ["plan"] }, { a: ["plan"], b: ["last"] });
    expect(Object.values(await statuses("task_a"))).toEqual(Array(4).fill("succeeded"));
  });

  test("may grow by a step that grows as well", async () => {
    const executor = await runAtOnce({ plan: [] }, ({ step: { stepKey } }) => {
      if (stepKey === "plan") return growing({ more: ["plan"] });
      return stepKey === "more" ? growing({ most: ["more"] }) : DONE;
    });
    expect(executor.story).toContain("run most");
    expect((await store.getTask("task_a"))?.census).toMatchObject({ planned: 3, succeeded: 3 });
  });

  test("takes along what depends on a new step that fails, and nothing else", async () => {
    await growAtOnce({ plan: [] }, { a: ["plan"], b: ["a"], c: ["plan"] }, "a");
    expect(await statuses("task_a")).toEqual({ plan: "succeeded", a: "failed", b: "skipped", c: "succeeded" });
    expect((await store.getTask("task_a"))?.census).toMatchObject({ planned: 4, ran: 3, failed: 1, skipped: 1 });
  });

  test("has its new steps cancelled with the task", async () => {
    const executor = new FakeExecutor(({ step }) =>
      step.stepKey === "plan" ? growing({ a: ["plan"], b: ["a"] }) : null,
    );
    const engine = house.openEngine(store, executor);
    await addTask(store, "task_a", { plan: [] });
    await engine.start("task_a");
    await executor.until("run a");
    await engine.cancel("task_a", "enough");
    await engine.wait("task_a");
    expect(await statuses("task_a")).toEqual({ plan: "succeeded", a: "cancelled", b: "cancelled" });
    expect((await store.getTask("task_a"))?.census).toMatchObject({ planned: 3, ran: 2, cancelled: 2 });
  });

  test("grows by nothing that runs when the task was cancelled while it planned", async () => {
    const executor = new FakeExecutor(() => DONE);
    const engine = house.openEngine(store, {
      prepare: (task, step) => executor.prepare(task, step),
      finish: (task) => executor.finish(task),
      run: async (context) => {
        if (context.step.stepKey !== "plan") return executor.run(context);
        await engine.cancel("task_a", "enough");
        return growing({ a: ["plan"] });
      },
    });
    await addTask(store, "task_a", { plan: [] });
    await engine.start("task_a");
    await engine.wait("task_a");
    expect(executor.story).not.toContain("run a");
    expect(await statuses("task_a")).toEqual({ plan: "succeeded", a: "cancelled" });
    expect(await store.getTask("task_a")).toMatchObject({ status: "cancelled", census: { planned: 2, cancelled: 1 } });
  });

  test("fails its task when the steps cannot be added, and leaves none of them", async () => {
    const engine = house.openEngine(store, new FakeExecutor(() => growing({ fresh: [], plan: [] })));
    await addTask(store, "task_a", { plan: [] });
    await engine.start("task_a");
    await expect(engine.wait("task_a")).rejects.toMatchObject({ code: "database_failed" });
    expect(await statuses("task_a")).toEqual({ plan: "cancelled" });
    expect(await store.getTask("task_a")).toMatchObject({ status: "failed", error: { code: "database_failed" } });
  });

  test("grows by nothing when it fails", async () => {
    const grown = growing({ a: ["plan"] });
    await runAtOnce({ plan: [] }, () => ({ ...grown, ...BAD }) as StepOutcome);
    expect(await statuses("task_a")).toEqual({ plan: "failed" });
  });
});

describe("a step that is continued by another", () => {
  const step = (key: string, dependsOn: string[]) => {
    const common = { kind: "agent" as const, role: "builder", instructions: "", writes: false, round: 1, lane: null };
    return { ...common, key, dependsOn, overrides: NO_OVERRIDES };
  };
  /** A check that fails: the builder again, and another check. */
  const round = (number: number): StepOutcome => {
    const before = number === 2 ? "check" : `check#${number - 1}`;
    const steps = [step(`builder#${number}`, [before]), step(`check#${number}`, [`builder#${number}`])];
    const extension = { reason: "round", steps, continuedBy: `check#${number}`, plan: null };
    return { status: "succeeded", handoff: { summary: "not yet" }, extension };
  };
  const runRounds = (answers: Readonly<Record<string, StepOutcome>>) =>
    runAtOnce(
      { builder: [], check: ["builder"], reviewer: ["check"] },
      ({ step: { stepKey } }) => answers[stepKey] ?? { status: "succeeded", handoff: { summary: stepKey } },
    );

  test("has the rest wait for its continuation, in memory and in the database", async () => {
    const executor = await runRounds({ check: round(2), "check#2": round(3) });
    expect(executor.story.filter((line) => line.startsWith("run"))).toEqual([
      "run builder",
      "run check",
      "run builder#2",
      "run check#2",
      "run builder#3",
      "run check#3",
      "run reviewer",
    ]);
    const steps = await store.listSteps("task_a");
    expect(steps.find((each) => each.stepKey === "reviewer")?.dependsOn).toEqual(["check#3"]);
    expect(steps.find((each) => each.stepKey === "builder#2")?.dependsOn).toEqual(["check"]);
    expect((await store.getTask("task_a"))?.census).toMatchObject({ planned: 7, succeeded: 7, rounds: 1 });
  });

  test("takes the rest along when its continuation fails", async () => {
    await runRounds({ check: round(2), "check#2": BAD });
    expect(await statuses("task_a")).toMatchObject({ check: "succeeded", "check#2": "failed", reviewer: "skipped" });
    expect(await store.getTask("task_a")).toMatchObject({
      status: "failed",
      error: { message: 'The step "check#2" failed: It broke.' },
    });
  });

  test("says at the end what the last steps say, not what an earlier round said", async () => {
    await runAtOnce({ builder: [], check: ["builder"] }, ({ step: { stepKey } }) =>
      stepKey === "check" ? round(2) : { status: "succeeded", handoff: { summary: stepKey } },
    );
    expect((await store.getTask("task_a"))?.output).toBe("check#2");
  });
});

describe("a step that needs a person", () => {
  const NEEDY: StepOutcome = { status: "needs_attention", reason: "Two sides.", hint: "Choose one." };
  const EDGES = { conflict: [], check: ["conflict"], other: [], more: ["other"] };

  /** Runs a task until nothing more can run without the person; `answer` says how the step ends the next time. */
  async function runToAttention(answer: () => StepOutcome | null = () => DONE) {
    let isFirst = true;
    const executor = new FakeExecutor(({ step }) => {
      if (step.stepKey !== "conflict") return DONE;
      if (!isFirst) return answer();
      isFirst = false;
      return NEEDY;
    });
    const engine = house.openEngine(store, executor);
    await addTask(store, "task_a", EDGES);
    await engine.start("task_a");
    await engine.wait("task_a");
    return { executor, engine };
  }

  test("leaves its task in need of attention, with what is to be done, when all else has run", async () => {
    const { executor } = await runToAttention();
    expect(await statuses("task_a")).toEqual({
      conflict: "waiting",
      check: "pending",
      other: "succeeded",
      more: "succeeded",
    });
    expect(await store.getTask("task_a")).toMatchObject({
      status: "needs_attention",
      attention: { reason: "Two sides.", hint: "Choose one." },
      endedAt: null,
      error: null,
    });
    expect(executor.story.at(-1)).toBe("finish task_a");
    expect(await store.listSteps("task_a")).toMatchObject([{ reason: "Two sides.", attempt: 1 }, {}, {}, {}]);
  });

  test("is run again when the task is started again, and what depends on it after that", async () => {
    const { executor, engine } = await runToAttention();
    executor.story.length = 0;
    await engine.start("task_a");
    await engine.wait("task_a");
    expect(executor.story.filter((line) => line.startsWith("run"))).toEqual(["run conflict", "run check"]);
    expect(executor.contexts.get("conflict")).toMatchObject({ attempt: 2, step: { status: "waiting" } });
    expect(await store.getTask("task_a")).toMatchObject({ status: "unverified", attention: null });
    expect(new Set(Object.values(await statuses("task_a")))).toEqual(new Set(["succeeded"]));
  });

  test("may need the person once more", async () => {
    const { engine } = await runToAttention(() => ({ ...NEEDY, reason: "Still two." }) as StepOutcome);
    await engine.start("task_a");
    await engine.wait("task_a");
    expect(await store.getTask("task_a")).toMatchObject({
      status: "needs_attention",
      attention: { reason: "Still two." },
    });
  });

  test("may be taken up by another process", async () => {
    await runToAttention();
    const other = new FakeExecutor(() => DONE);
    const engine = house.openEngine(await house.openStore(), other, { ownerId: "owner_2" });
    await engine.start("task_a");
    await engine.wait("task_a");
    expect(await store.getTask("task_a")).toMatchObject({ status: "unverified", ownerId: "owner_2" });
  });

  test("of two processes that take it up at once runs in one", async () => {
    const { engine, executor } = await runToAttention();
    const other = new FakeExecutor(() => DONE);
    const second = house.openEngine(await house.openStore(), other, { ownerId: "owner_2" });
    executor.story.length = 0;
    await Promise.all([engine.start("task_a"), second.start("task_a")]);
    await Promise.all([engine.wait("task_a"), second.wait("task_a")]);
    const runs = [...executor.story, ...other.story].filter((line) => line === "run conflict");
    expect(runs).toHaveLength(1);
  });

  test("is run once when it is taken up twice at once", async () => {
    const { engine, executor } = await runToAttention();
    executor.story.length = 0;
    await Promise.all([engine.resume("task_a"), engine.resume("task_a"), engine.start("task_a")]);
    await engine.wait("task_a");
    expect(executor.story.filter((line) => line === "run conflict")).toHaveLength(1);
    expect(await store.getTask("task_a")).toMatchObject({ status: "unverified" });
  });

  test("ends with its task when that is cancelled, though no process runs it", async () => {
    const { executor, engine } = await runToAttention();
    executor.story.length = 0;
    await engine.cancel("task_a", "never mind");
    expect(await statuses("task_a")).toEqual({
      conflict: "cancelled",
      check: "cancelled",
      other: "succeeded",
      more: "succeeded",
    });
    expect(await store.getTask("task_a")).toMatchObject({
      status: "cancelled",
      error: { message: "never mind" },
      census: { planned: 4, succeeded: 2, cancelled: 2 },
    });
    // Nothing is run; what was held for it is let go.
    expect(executor.story).toEqual(["finish task_a"]);
  });

  test("is cancelled by another process as well", async () => {
    await runToAttention();
    const engine = house.openEngine(await house.openStore(), new FakeExecutor(), { ownerId: "owner_2" });
    await engine.cancel("task_a", "never mind");
    expect(await store.getTask("task_a")).toMatchObject({ status: "cancelled" });
  });

  test("is cancelled once when two ask for it, and nobody goes on with it meanwhile", async () => {
    await runToAttention();
    const executor = new FakeExecutor();
    let letGo = () => {};
    const isLettingGo = new Promise<void>((begun) => {
      executor.finish = async ({ taskId }) => {
        executor.story.push(`finish ${taskId}`);
        begun();
        await new Promise<void>((resolve) => {
          letGo = resolve;
        });
      };
    });
    const first = house.openEngine(await house.openStore(), executor, { ownerId: "owner_2" });
    const other = new FakeExecutor(() => DONE);
    const second = house.openEngine(await house.openStore(), other, { ownerId: "owner_3" });
    const cancelling = first.cancel("task_a", "never mind");
    await isLettingGo;
    await second.cancel("task_a", "never mind");
    await second.start("task_a");
    letGo();
    await cancelling;
    expect(other.story).toEqual([]);
    expect(executor.story).toEqual(["finish task_a"]);
    expect(await store.getTask("task_a")).toMatchObject({ status: "cancelled", ownerId: "owner_2" });
  });

  test("does not hide that another has failed: that is told when the task ends", async () => {
    let isFirst = true;
    const executor = new FakeExecutor(({ step: { stepKey } }) => {
      if (stepKey === "other") return BAD;
      if (stepKey !== "conflict" || !isFirst) return DONE;
      isFirst = false;
      return NEEDY;
    });
    const engine = house.openEngine(store, executor);
    await addTask(store, "task_a", EDGES);
    await engine.start("task_a");
    await engine.wait("task_a");
    expect(await store.getTask("task_a")).toMatchObject({ status: "needs_attention" });
    await engine.start("task_a");
    await engine.wait("task_a");
    expect(await statuses("task_a")).toEqual({
      conflict: "succeeded",
      check: "succeeded",
      other: "failed",
      more: "skipped",
    });
    expect(await store.getTask("task_a")).toMatchObject({ status: "failed" });
  });

  test("that asks while its task is being cancelled ends with it", async () => {
    const executor = new FakeExecutor();
    const engine = house.openEngine(store, {
      prepare: (task, step) => executor.prepare(task, step),
      finish: (task) => executor.finish(task),
      run: async () => {
        await engine.cancel("task_a", "enough");
        return NEEDY;
      },
    });
    await addTask(store, "task_a", { conflict: [], check: ["conflict"] });
    await engine.start("task_a");
    await engine.wait("task_a");
    expect(await statuses("task_a")).toEqual({ conflict: "cancelled", check: "cancelled" });
    expect(await store.getTask("task_a")).toMatchObject({ status: "cancelled" });
  });

  test("holds no place that another task could have", async () => {
    const executor = new FakeExecutor(({ step }) => (step.stepKey === "conflict" ? NEEDY : DONE));
    const engine = house.openEngine(store, executor, { maxParallelAgents: 1 });
    await addTask(store, "task_a", { conflict: [], check: ["conflict"] }, "/work", { priority: 9 });
    await addTask(store, "task_b", { b: [] });
    await engine.start("task_a");
    await engine.wait("task_a");
    await engine.start("task_b");
    await engine.wait("task_b");
    expect(await store.getTask("task_b")).toMatchObject({ status: "unverified" });
  });
});

describe("starting", () => {
  test("several tasks at the same time listens for commands once", async () => {
    let listeners = 0;
    const counted = {
      ...store,
      subscribe: (query: Parameters<Store["subscribe"]>[0]) => {
        listeners += 1;
        return store.subscribe(query);
      },
    };
    const engine = house.openEngine(counted, new FakeExecutor(() => DONE));
    await addTask(store, "task_a", { a: [] });
    await addTask(store, "task_b", { b: [] });
    await Promise.all([engine.start("task_a"), engine.start("task_b")]);
    await Promise.all([engine.wait("task_a"), engine.wait("task_b")]);
    expect(listeners).toBe(1);
  });

  test("registers the process as an owner that is alive", async () => {
    const engine = house.openEngine(store, new FakeExecutor());
    await engine.run();
    const [owner] = await store.listOwners();
    expect(owner).toMatchObject({ ownerId: "owner_1", pid: process.pid });
    expect(owner?.leaseUntilMs).toBeGreaterThan(Date.now());
  });

  test("a task that is not there does nothing", async () => {
    const engine = house.openEngine(store, new FakeExecutor());
    await engine.start("task_none");
    await engine.wait("task_none");
    expect(await store.lastSeq()).toBe(0);
  });
});

describe("cancelling", () => {
  test("ends what runs and cancels what was still to come, with the reason", async () => {
    const executor = new FakeExecutor();
    const engine = house.openEngine(store, executor);
    await addTask(store, "task_a", { a: [], b: ["a"] });
    await engine.start("task_a");
    await executor.until("run a");
    await engine.cancel("task_a", "the user said so");
    await engine.wait("task_a");
    expect(await statuses("task_a")).toEqual({ a: "cancelled", b: "cancelled" });
    expect((await store.listSteps("task_a")).map((step) => step.reason)).toEqual([
      "the user said so",
      "the user said so",
    ]);
    expect(await store.getTask("task_a")).toMatchObject({
      status: "cancelled",
      cancelRequested: true,
      error: { code: "cancelled", message: "the user said so" },
    });
  });
});

describe("stopping", () => {
  test("cancels everything, waits for it and leaves nothing behind", async () => {
    const executor = new FakeExecutor();
    const engine = house.openEngine(store, executor);
    await addTask(store, "task_a", { a: [], b: ["a"] });
    await addTask(store, "task_b", { c: [] });
    await engine.start("task_a");
    await engine.start("task_b");
    await Promise.all([executor.until("run a"), executor.until("run c")]);
    await engine.stop();
    expect(executor.running).toBe(0);
    expect((await store.listTasks()).map((task) => task.status)).toEqual(["cancelled", "cancelled"]);
    expect(executor.story).toEqual(expect.arrayContaining(["finish task_a", "finish task_b"]));
    expect(house.troubles).toEqual([]);
  });

  test("is harmless before anything was started, and twice", async () => {
    const engine = house.openEngine(store, new FakeExecutor());
    await engine.stop();
    await engine.stop();
    expect(await store.listOwners()).toEqual([]);
  });
});
