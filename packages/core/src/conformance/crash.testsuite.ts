import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Moment } from "./host-process.testsuite.js";
import { Stage } from "./stage.testsuite.js";
import type { Subject } from "./subject.testsuite.js";
import { addTask, plannedStep } from "./tasks.testsuite.js";

const CHAIN = { a: [], b: ["a"], c: ["b"] };

/** Every moment at which a host may be killed, and the steps that then are run a second time. */
const MOMENTS: [string, Moment & { again?: string; isOver?: boolean }][] = [
  ["before it claims the task", { when: "before", type: "task.started" }],
  ["when it has claimed the task", { when: "after", type: "task.started" }],
  ["before it claims the first step", { when: "before", type: "step.started", stepKey: "a" }],
  ["when it has claimed a step that has not begun", { when: "after", type: "step.started", stepKey: "b" }],
  ["when a step has ended and that is not recorded", { when: "before", type: "step.ended", stepKey: "b", again: "b" }],
  ["when the end of a step is recorded", { when: "after", type: "step.ended", stepKey: "b" }],
  ["between two steps", { when: "before", type: "step.started", stepKey: "c" }],
  ["before the end of the task is recorded", { when: "before", type: "task.ended" }],
  ["when the end of the task is recorded", { when: "after", type: "task.ended", isOver: true }],
];

/** Hosts that die in the middle of things: nothing is lost, nothing that was finished is done again. */
export function testCrashes(subject: Subject): void {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open(subject);
  });
  afterEach(async () => {
    await stage.close();
  });

  describe("a host that is killed with SIGKILL", () => {
    test.each(MOMENTS)("%s leaves a task that another ends", async (_, { again, isOver, ...moment }) => {
      await addTask(stage.store, "task_a", CHAIN);
      const first = await stage.host({ signalAt: { ...moment, signal: "SIGKILL" } });
      await first.start("task_a").catch(() => {});
      await first.exited;
      const second = await stage.host();
      await second.resume("task_a");
      await second.wait("task_a");
      expect(await stage.store.getTask("task_a")).toMatchObject({
        status: "unverified",
        ownerId: isOver ? first.ownerId : second.ownerId,
      });
      await stage.expectOneEnd("task_a");
      expect(stage.runs()).toEqual({ a: 1, b: 1, c: 1, ...(again ? { [again]: 2 } : {}) });
    });

    test("while a step runs leaves a task that another ends; the step's second attempt is the one that counts", async () => {
      await addTask(stage.store, "task_a", CHAIN, "/work", { does: { b: { staysOn: [1] } } });
      const first = await stage.host();
      await first.start("task_a");
      await first.until("run b");
      await first.kill();
      const second = await stage.host();
      await second.resume("task_a");
      await second.wait("task_a");
      await stage.expectOneEnd("task_a");
      expect(stage.runs()).toEqual({ a: 1, b: 2, c: 1 });
      expect(await stage.store.listSteps("task_a")).toMatchObject([{ attempt: 1 }, { attempt: 2 }, { attempt: 1 }]);
      expect((await stage.store.getTask("task_a"))?.census).toMatchObject({ succeeded: 3, retried: 1 });
    });

    test("when a step has made the graph grow leaves the grown graph to another", async () => {
      const steps = [plannedStep("built", ["plan"]), plannedStep("checked", ["built"])];
      const adds = { reason: "as planned", steps, continuedBy: "checked", plan: null };
      await addTask(stage.store, "task_a", { plan: [], last: ["plan"] }, "/work", { does: { plan: { adds } } });
      const first = await stage.host({
        signalAt: { signal: "SIGKILL", when: "after", type: "step.ended", stepKey: "plan" },
      });
      await first.start("task_a").catch(() => {});
      await first.exited;
      const second = await stage.host();
      await second.resume("task_a");
      await second.wait("task_a");
      await stage.expectOneEnd("task_a");
      const order = stage.journal().flatMap(({ what, stepKey }) => (what === "run" ? [stepKey] : []));
      expect(order).toEqual(["plan", "built", "checked", "last"]);
    });

    test("again and again leaves a task that still ends once", async () => {
      const does = Object.fromEntries(["a", "b", "c"].map((key) => [key, { staysOn: [1] }]));
      await addTask(stage.store, "task_a", CHAIN, "/work", { does });
      for (const key of ["a", "b", "c"]) {
        const host = await stage.host();
        await host.resume("task_a");
        await host.until(`run ${key}`);
        await host.kill();
      }
      const last = await stage.host();
      await last.resume("task_a");
      await last.wait("task_a");
      await stage.expectOneEnd("task_a");
      expect(stage.runs()).toEqual({ a: 2, b: 2, c: 2 });
    });

    test("leaves other tasks to go on elsewhere as if nothing had been", async () => {
      await addTask(stage.store, "task_a", { a: [] }, "/work", { does: { a: { staysOn: "always" } } });
      await addTask(stage.store, "task_b", { b: [], c: ["b"] }, "/other", { does: { b: { staysOn: "always" } } });
      const [first, second] = await stage.hosts();
      await first.start("task_a");
      await second.start("task_b");
      await Promise.all([first.until("run a"), second.until("run b")]);
      await first.kill();
      await second.end("b");
      await second.wait("task_b");
      expect(await stage.statuses("task_b")).toEqual({ b: "succeeded", c: "succeeded" });
      expect(await stage.store.getTask("task_a")).toMatchObject({ status: "running", ownerId: first.ownerId });
    });
  });

  describe("branches of a graph", () => {
    const DIAMOND = { root: [], left: ["root"], right: ["root"], join: ["left", "right"] };

    /** How a task has ended, apart from when and by whom. */
    async function endOf(taskId: string) {
      const task = await stage.store.getTask(taskId);
      const steps = await stage.store.listSteps(taskId);
      return {
        task: { status: task?.status, output: task?.output, census: task?.census },
        steps: steps.map(({ stepKey, status, handoff, dependsOn }) => ({ stepKey, status, handoff, dependsOn })),
      };
    }

    test("that finish in another order after a restart give the same end", async () => {
      const does = { left: { staysOn: "always" }, right: { staysOn: "always" } } as const;
      // Without a restart the left one is first; with one, the right one.
      for (const taskId of ["task_straight", "task_restarted"])
        await addTask(stage.store, taskId, DIAMOND, "/work", { does });
      const straight = await stage.host();
      await straight.start("task_straight");
      await Promise.all([straight.until("run left"), straight.until("run right")]);
      await straight.end("left");
      await stage.event("step.ended", "left", "task_straight");
      await straight.end("right");
      await straight.wait("task_straight");

      const first = await stage.host();
      await first.start("task_restarted");
      await Promise.all([first.until("run left"), first.until("run right")]);
      await first.kill();
      const second = await stage.host();
      await second.resume("task_restarted");
      await Promise.all([second.until("run left"), second.until("run right")]);
      await second.end("right");
      await stage.event("step.ended", "right", "task_restarted");
      await second.end("left");
      await second.wait("task_restarted");

      const [expected, found] = [await endOf("task_straight"), await endOf("task_restarted")];
      // The interrupted attempts are the one thing that a restart leaves behind.
      expect(found.task.census).toEqual({ ...expected.task.census, retried: 2 });
      expect({ ...found, task: { ...found.task, census: null } }).toEqual({
        ...expected,
        task: { ...expected.task, census: null },
      });
    });

    test("of which one was finished before the restart keep its result", async () => {
      const does = { left: { staysOn: [1] }, right: {} } as const;
      await addTask(stage.store, "task_a", DIAMOND, "/work", { does });
      const first = await stage.host();
      await first.start("task_a");
      await stage.event("step.ended", "right", "task_a");
      await first.until("run left");
      await first.kill();
      const second = await stage.host();
      await second.resume("task_a");
      await second.wait("task_a");
      await stage.expectOneEnd("task_a");
      expect(stage.runs()).toEqual({ root: 1, left: 2, right: 1, join: 1 });
      expect(await stage.store.listSteps("task_a")).toMatchObject([
        { handoff: { summary: "root" } },
        { handoff: { summary: "left" } },
        { handoff: { summary: "right" } },
        { handoff: { summary: "join" } },
      ]);
    });
  });

  describe("a lost worker", () => {
    test("is known by its process: another takes over at once, and ends what it left before it begins", async () => {
      await addTask(stage.store, "task_a", { a: [] }, "/work", { does: { a: { staysOn: [1] } } });
      // So long a lease would keep the task for an hour.
      const first = await stage.host({ leaseMs: 3_600_000 });
      await first.start("task_a");
      await first.until("run a");
      const [orphan] = stage.childrenOf(first);
      await first.kill();
      expect(stage.childrenOf(first)).toEqual([orphan]);
      const second = await stage.host();
      await second.resume("task_a");
      // It resolves when the task is taken up: by then the child is gone.
      expect(stage.childrenOf(first)).toEqual([]);
      await second.wait("task_a");
      expect(stage.journal().map(({ what, attempt, ownerId }) => ({ what, attempt, ownerId }))).toEqual([
        { what: "run", attempt: 1, ownerId: first.ownerId },
        { what: "run", attempt: 2, ownerId: second.ownerId },
        { what: "end", attempt: 2, ownerId: second.ownerId },
      ]);
      expect((await stage.store.listOwners()).map((owner) => owner.ownerId)).toEqual([second.ownerId]);
    });

    test("of which two others hear is replaced by one of them", async () => {
      await addTask(stage.store, "task_a", CHAIN, "/work", { does: { a: { staysOn: [1] } } });
      const first = await stage.host();
      await first.start("task_a");
      await first.until("run a");
      await first.kill();
      const others = await stage.hosts();
      await Promise.all(others.map((other) => other.resume("task_a")));
      await stage.event("task.ended", null, "task_a");
      await stage.expectOneEnd("task_a");
      expect(stage.runs()).toEqual({ a: 2, b: 1, c: 1 });
      expect(await stage.eventsOf("task_a", "task.resumed")).toHaveLength(1);
    });
  });
}
