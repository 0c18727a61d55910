import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { taskEnded } from "../../conformance/task-events.testsuite.js";
import type { Ownership } from "../../ownership/index.js";
import type { Store } from "../../store/index.js";
import { addTask, BAD, DONE, FakeExecutor, House } from "./fakes.testsuite.js";
import { waitForTask } from "./wait-for-task.js";

let house: House;
let store: Store;

beforeEach(async () => {
  house = new House();
  store = await house.openStore();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await house.remove();
});

/** An owner of whom it is answered, one question after another, whether it is alive; the last answer stays. */
function owners(...answers: boolean[]): Ownership & { asked: (string | null)[] } {
  const asked: (string | null)[] = [];
  return {
    asked,
    ownerId: "owner_1",
    signOn: async () => {},
    signOff: async () => {},
    liveness: async () => ({ aliveOwnerIds: [], deadOwnerIds: [], nowMs: 0 }),
    isGone: async (id) => {
      asked.push(id);
      return !(answers[Math.min(asked.length, answers.length) - 1] ?? false);
    },
  };
}

/** No time passes between one look at the owner and the next. */
function lookAtOnce(): void {
  vi.spyOn(AbortSignal, "timeout").mockImplementation(() => AbortSignal.abort());
}

const wait = (ownership: Ownership, signal = new AbortController().signal) =>
  waitForTask({ store, ownership, taskId: "task_first", signal });

describe("waiting for a task", () => {
  test.each(["completed", "unverified"] as const)("that is %s is over at once", async (status) => {
    await addTask(store, "task_first", { a: [] });
    await store.claimTask("task_first", "owner_9");
    await store.append([taskEnded("task_first", status)]);
    const ownership = owners(false);
    expect(await wait(ownership)).toBeNull();
    expect(ownership.asked).toEqual([]);
  });

  test.each(["failed", "cancelled"] as const)("that ended as %s says so", async (status) => {
    await addTask(store, "task_first", { a: [] });
    await store.claimTask("task_first", "owner_9");
    await store.append([taskEnded("task_first", status)]);
    expect(await wait(owners(false))).toMatchObject({
      code: "step_failed",
      message: `The task task_first, after which this one was to start, ended as ${status}.`,
    });
  });

  test("that is not there says so", async () => {
    expect(await wait(owners(true))).toMatchObject({ message: expect.stringContaining("does not exist any more") });
  });

  test("is over when it ends, without waiting for the next look", async () => {
    await addTask(store, "task_first", { a: [] }, "/work", { ownerId: "owner_9" });
    await store.claimTask("task_first", "owner_9");
    const listening = new Promise<void>((resolve) => {
      vi.spyOn(AbortSignal, "timeout").mockImplementation(() => {
        resolve();
        return new AbortController().signal;
      });
    });
    const waiting = wait(owners(true));
    await listening;
    await store.append([taskEnded("task_first", "unverified")]);
    expect(await waiting).toBeNull();
  });

  test("asks for its owner, also before it has begun", async () => {
    await addTask(store, "task_first", { a: [] }, "/work", { ownerId: "owner_9" });
    const ownership = owners(false);
    expect(await wait(ownership)).toMatchObject({
      code: "step_failed",
      message: "The task task_first, after which this one was to start, is run by no process any more.",
    });
    expect(ownership.asked).toEqual(["owner_9"]);
  });

  test("ends when the process that runs it is gone", async () => {
    lookAtOnce();
    await addTask(store, "task_first", { a: [] }, "/work", { ownerId: "owner_9" });
    const ownership = owners(true, true, true, false);
    expect(await wait(ownership)).toMatchObject({ message: expect.stringContaining("run by no process any more") });
    expect(ownership.asked).toHaveLength(4);
  });

  test("ends when its records were cleaned away in the meantime", async () => {
    lookAtOnce();
    await addTask(store, "task_first", { a: [] }, "/work", { ownerId: "owner_9" });
    const ownership = owners(true);
    const cleaning = {
      ...ownership,
      isGone: async () => {
        await store.append([taskEnded("task_first", "cancelled")]);
        await store.deleteTask("task_first");
        return false;
      },
    };
    expect(await wait(cleaning)).toMatchObject({ message: expect.stringContaining("does not exist any more") });
  });

  test("ends with nothing when it is given up", async () => {
    await addTask(store, "task_first", { a: [] }, "/work", { ownerId: "owner_9" });
    const controller = new AbortController();
    const ownership = owners(true);
    const waiting = wait(ownership, controller.signal);
    controller.abort();
    expect(await waiting).toBeNull();
    expect(await wait(ownership, controller.signal)).toBeNull();
  });
});

describe("a task that comes after another", () => {
  /** Two tasks, the second after the first, both started in one process. */
  async function startBoth(answer: ConstructorParameters<typeof FakeExecutor>[0] = () => null) {
    const executor = new FakeExecutor(answer);
    const engine = house.openEngine(store, executor);
    await addTask(store, "task_first", { a: [] }, "/work", { ownerId: "owner_1" });
    await addTask(store, "task_next", { b: [], c: ["b"] }, "/work", { ownerId: "owner_1", afterTaskId: "task_first" });
    await engine.start("task_first");
    await engine.start("task_next");
    return { executor, engine };
  }

  const next = async () => ({
    task: await store.getTask("task_next"),
    steps: (await store.listSteps("task_next")).map(({ status, attempt }) => `${status} ${attempt}`),
  });

  test("starts when that one has succeeded, and not before", async () => {
    const { executor, engine } = await startBoth(({ step }) => (step.stepKey === "a" ? null : DONE));
    await executor.until("run a");
    expect((await next()).task).toMatchObject({ status: "queued", startedAt: null });
    executor.end("a");
    await engine.wait("task_next");
    expect(executor.story.filter((line) => /^(run|end)/.test(line))).toEqual([
      "run a",
      "end a",
      "run b",
      "end b",
      "run c",
      "end c",
    ]);
    const story = (await store.readEvents({})).map((event) => `${event.type} ${event.taskId}`);
    expect(story.indexOf("task.started task_next")).toBeGreaterThan(story.indexOf("task.ended task_first"));
    expect((await next()).task).toMatchObject({ status: "unverified", census: { planned: 2, succeeded: 2 } });
  });

  test("fails without having begun when that one failed, and says after which", async () => {
    const { executor, engine } = await startBoth(() => BAD);
    await engine.wait("task_next");
    expect(executor.story).not.toContain("run b");
    expect(await next()).toMatchObject({
      steps: ["skipped 0", "skipped 0"],
      task: {
        status: "failed",
        startedAt: null,
        error: {
          code: "step_failed",
          message: "The task task_first, after which this one was to start, ended as failed.",
        },
        census: { planned: 2, ran: 0, skipped: 2 },
      },
    });
    expect((await store.listSteps("task_next"))[0]?.reason).toContain("ended as failed");
  });

  test("is cancelled while it waits, and leaves the other alone", async () => {
    const { executor, engine } = await startBoth();
    await executor.until("run a");
    await engine.cancel("task_next", "never mind");
    await engine.wait("task_next");
    expect(await next()).toMatchObject({
      steps: ["cancelled 0", "cancelled 0"],
      task: { status: "cancelled", error: { code: "cancelled", message: "never mind" }, cancelRequested: true },
    });
    executor.end("a");
    await engine.wait("task_first");
    expect((await store.getTask("task_first"))?.status).toBe("unverified");
    expect(executor.story).not.toContain("run b");
  });

  test("is cancelled while it waits by a word from another process", async () => {
    const { executor, engine } = await startBoth();
    await executor.until("run a");
    const elsewhere = house.openEngine(await house.openStore(), new FakeExecutor(), { ownerId: "owner_2" });
    await elsewhere.cancel("task_next", "from the other terminal");
    await engine.wait("task_next");
    expect((await next()).task).toMatchObject({
      status: "cancelled",
      error: { message: "from the other terminal" },
    });
    executor.end("a");
    await engine.wait("task_first");
  });

  test("that was cancelled before it was started does not wait", async () => {
    const engine = house.openEngine(store, new FakeExecutor(() => DONE));
    await addTask(store, "task_first", { a: [] }, "/work", { ownerId: "owner_9" });
    await addTask(store, "task_next", { b: [] }, "/work", { afterTaskId: "task_first" });
    await engine.cancel("task_next", "never mind");
    await engine.start("task_next");
    await engine.wait("task_next");
    expect(await next()).toMatchObject({ steps: ["cancelled 0"], task: { status: "cancelled" } });
  });

  test("fails when nobody runs that one any more", async () => {
    const engine = house.openEngine(store, new FakeExecutor(() => DONE));
    await addTask(store, "task_first", { a: [] }, "/work", { ownerId: "owner_dead" });
    await addTask(store, "task_next", { b: [] }, "/work", { afterTaskId: "task_first" });
    await engine.start("task_next");
    await engine.wait("task_next");
    expect(await next()).toMatchObject({
      steps: ["skipped 0"],
      task: { status: "failed", error: { message: expect.stringContaining("is run by no process any more") } },
    });
  });

  test("is cancelled with everything else when the process stops", async () => {
    const { executor, engine } = await startBoth();
    await executor.until("run a");
    await engine.stop();
    expect((await next()).task?.status).toBe("cancelled");
    expect((await store.getTask("task_first"))?.status).toBe("cancelled");
    expect(house.troubles).toEqual([]);
  });

  test("is run once, however often it is started", async () => {
    const { executor, engine } = await startBoth(() => DONE);
    await Promise.all([engine.start("task_next"), engine.start("task_next")]);
    await engine.wait("task_next");
    expect(executor.story.filter((line) => line === "run b")).toHaveLength(1);
  });
});
