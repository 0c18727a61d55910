import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Store } from "../../store/index.js";
import type { Engine } from "../engine.js";
import { addTask, DONE, FakeExecutor, House, nextEvent } from "./fakes.testsuite.js";

let house: House;
let stores: Store[];

beforeEach(async () => {
  house = new House();
  stores = [await house.openStore(), await house.openStore()];
});
afterEach(async () => {
  await house.remove();
});

/** Two engines on two stores over one file, as two processes would be. */
function openBoth(executor: FakeExecutor, maxParallelAgents = 5): [Engine, Engine] {
  const [first, second] = stores.map((store, index) =>
    house.openEngine(store, executor, { ownerId: `owner_${index}`, maxParallelAgents }),
  );
  if (!first || !second) throw new Error("two stores make two engines");
  return [first, second];
}

function store(): Store {
  const [first] = stores;
  if (!first) throw new Error("the store is open");
  return first;
}

const WIDE = { a: [], b: [], c: [], d: [] };

describe("two engines on one database", () => {
  test("together never run more steps than the limit", async () => {
    const executor = new FakeExecutor(() => DONE);
    const engines = openBoth(executor, 2);
    await addTask(store(), "task_a", WIDE);
    await addTask(store(), "task_b", { e: [], f: [], g: ["e"] });
    await Promise.all([engines[0].start("task_a"), engines[1].start("task_b")]);
    await Promise.all([engines[0].wait("task_a"), engines[1].wait("task_b")]);
    expect(executor.most).toBe(2);
    const steps = [...(await store().listSteps("task_a")), ...(await store().listSteps("task_b"))];
    expect(steps.map((step) => step.status)).toEqual(Array(7).fill("succeeded"));
  });

  test("a step that has to wait says for what, once", async () => {
    const executor = new FakeExecutor();
    const engines = openBoth(executor, 1);
    await addTask(store(), "task_a", { a: [] });
    await addTask(store(), "task_b", { b: [] });
    await engines[0].start("task_a");
    await executor.until("run a");
    const waiting = nextEvent(store(), "step.waiting", "b");
    await engines[1].start("task_b");
    await waiting;
    expect(await store().listSteps("task_b")).toMatchObject([
      {
        status: "waiting",
        reason: "1 step runs already, as many as ORCHESTRATOR_MAX_PARALLEL_AGENTS allows",
      },
    ]);
    executor.end("a");
    await executor.until("run b");
    executor.end("b");
    await engines[1].wait("task_b");
    const told = (await store().readEvents({ taskId: "task_b" })).filter((event) => event.type === "step.waiting");
    expect(told).toHaveLength(1);
  });

  test("let one writer at a time into a directory, and readers beside it", async () => {
    const executor = new FakeExecutor();
    const engines = openBoth(executor);
    await addTask(store(), "task_a", { "a!": [] });
    await addTask(store(), "task_b", { "b!": [], reader: [] });
    await addTask(store(), "task_c", { "elsewhere!": [] }, "/other");
    await engines[0].start("task_a");
    await executor.until("run a");
    const waiting = nextEvent(store(), "step.waiting", "b");
    await engines[1].start("task_b");
    await engines[1].start("task_c");
    await Promise.all([executor.until("run reader"), executor.until("run elsewhere"), waiting]);
    expect(executor.story).not.toContain("run b");
    expect((await store().listSteps("task_b"))[0]?.reason).toBe(
      "task_a/a writes in the same directory; one writer at a time",
    );
    executor.end("a");
    await executor.until("run b");
    expect(executor.story.indexOf("end a")).toBeLessThan(executor.story.indexOf("run b"));
    for (const key of ["b", "reader", "elsewhere"]) executor.end(key);
    await Promise.all([engines[1].wait("task_b"), engines[1].wait("task_c")]);
  });

  test("run a task in one of them only", async () => {
    const executor = new FakeExecutor(() => DONE);
    const engines = openBoth(executor);
    await addTask(store(), "task_a", { a: [] });
    await Promise.all(engines.map((engine) => engine.start("task_a")));
    await Promise.all(engines.map((engine) => engine.wait("task_a")));
    expect(executor.story.filter((line) => line === "run a")).toHaveLength(1);
  });
});

describe("a command from another process", () => {
  test("cancels the task where it runs", async () => {
    const executor = new FakeExecutor();
    const engines = openBoth(executor);
    await addTask(store(), "task_a", { a: [], b: ["a"] });
    await engines[0].start("task_a");
    await executor.until("run a");
    await engines[1].cancel("task_a", "from the other terminal");
    await engines[0].wait("task_a");
    expect(await store().getTask("task_a")).toMatchObject({
      status: "cancelled",
      error: { message: "from the other terminal" },
    });
  });

  test("may also be a bare event in the log", async () => {
    const executor = new FakeExecutor();
    const [engine] = openBoth(executor);
    await addTask(store(), "task_a", { a: [] });
    await engine.start("task_a");
    await executor.until("run a");
    const data = { reason: "by hand" };
    await stores[1]?.append([{ type: "task.cancel_requested", taskId: "task_a", stepKey: null, agentId: null, data }]);
    await engine.wait("task_a");
    expect((await store().getTask("task_a"))?.status).toBe("cancelled");
  });

  test("reaches a step that still waits for room", async () => {
    const executor = new FakeExecutor();
    const engines = openBoth(executor, 1);
    await addTask(store(), "task_a", { a: [] });
    await addTask(store(), "task_b", { b: [] });
    await engines[0].start("task_a");
    await executor.until("run a");
    const waiting = nextEvent(store(), "step.waiting", "b");
    await engines[1].start("task_b");
    await waiting;
    await engines[0].cancel("task_b", "not needed");
    await engines[1].wait("task_b");
    expect(await store().listSteps("task_b")).toMatchObject([{ status: "cancelled", attempt: 0 }]);
    executor.end("a");
    await engines[0].wait("task_a");
    expect((await store().getTask("task_a"))?.status).toBe("unverified");
  });

  test("about one task leaves the others running", async () => {
    const executor = new FakeExecutor();
    const engines = openBoth(executor);
    await addTask(store(), "task_a", { a: [] });
    await addTask(store(), "task_b", { b: [] });
    await engines[0].start("task_a");
    await engines[0].start("task_b");
    await Promise.all([executor.until("run a"), executor.until("run b")]);
    await engines[1].cancel("task_a", "only this");
    await engines[0].wait("task_a");
    executor.end("b");
    await engines[0].wait("task_b");
    expect((await store().getTask("task_b"))?.status).toBe("unverified");
  });
});

test("the steps of a process that has died do not count, nor keep a directory closed", async () => {
  const host = (await import("../../ownership/index.js")).hostId();
  await addTask(store(), "task_dead", { "x!": [] });
  await store().putOwner({
    ownerId: "owner_dead",
    host,
    pid: process.pid,
    pidStarted: "another process with our pid",
    leaseUntilMs: Date.now() + 60_000,
  });
  await store().claimTask("task_dead", "owner_dead");
  const claim = { taskId: "task_dead", stepKey: "x", ownerId: "owner_dead" };
  await store().claimStep({
    ...claim,
    maxRunning: 1,
    aliveOwnerIds: [],
    deadOwnerIds: [],
    isInterrupted: false,
    nowMs: Date.now(),
  });
  const executor = new FakeExecutor(() => DONE);
  const [engine] = openBoth(executor, 1);
  await addTask(store(), "task_a", { "a!": [] });
  await engine.start("task_a");
  await engine.wait("task_a");
  expect((await store().getTask("task_a"))?.status).toBe("unverified");
});
