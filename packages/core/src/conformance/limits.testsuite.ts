import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Engine } from "../engine/index.js";
import { DONE, FakeExecutor } from "./fake-executor.testsuite.js";
import { Stage } from "./stage.testsuite.js";
import type { Subject } from "./subject.testsuite.js";
import { addTask } from "./tasks.testsuite.js";

/** How many steps run at once, over all that share the database, and which come first. */
export function testLimits(subject: Subject): void {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open(subject);
  });
  afterEach(async () => {
    await stage.close();
  });

  /** Two engines, as two processes would have them, whose steps the same test ends. */
  const openBoth = async (executor: FakeExecutor, maxRunning: number): Promise<[Engine, Engine]> => [
    await stage.engine(executor, { maxRunning }),
    await stage.engine(executor, { maxRunning }),
  ];

  describe("a limit for all processes", () => {
    test("of three lets never more than three of 24 steps run, whichever process they are in, and all end", async () => {
      const keys = (name: string) => Array.from({ length: 12 }, (_, index) => `${name}${index}`);
      for (const name of ["a", "b"]) {
        const edges = Object.fromEntries(keys(name).map((key) => [key, []]));
        const does = Object.fromEntries(keys(name).map((key) => [key, { seconds: 0.05 }]));
        await addTask(stage.store, `task_${name}`, edges, `/${name}`, { does });
      }
      const [first, second] = await stage.hosts({ maxRunning: 3 });
      await Promise.all([first.run("task_a"), second.run("task_b")]);
      let running = 0;
      let most = 0;
      for (const { what } of stage.journal()) {
        running += what === "run" ? 1 : -1;
        most = Math.max(most, running);
      }
      expect([running, most]).toEqual([0, 3]);
      for (const taskId of ["task_a", "task_b"]) {
        await stage.expectOneEnd(taskId);
        expect((await stage.store.getTask(taskId))?.census).toMatchObject({ planned: 12, succeeded: 12 });
      }
    });

    test("tells a step that has to wait for what it waits, once", async () => {
      const executor = new FakeExecutor();
      const engines = await openBoth(executor, 1);
      await addTask(stage.store, "task_a", { a: [] });
      await addTask(stage.store, "task_b", { b: [] });
      await engines[0].start("task_a");
      await executor.until("run a");
      await engines[1].start("task_b");
      await stage.event("step.waiting", "b");
      expect(await stage.store.listSteps("task_b")).toMatchObject([
        { status: "waiting", reason: "1 step runs already, as many as ORCHESTRATOR_MAX_PARALLEL_AGENTS allows" },
      ]);
      executor.end("a");
      await executor.until("run b");
      executor.end("b");
      await engines[1].wait("task_b");
      expect(await stage.eventsOf("task_b", "step.waiting")).toHaveLength(1);
    });

    test("does not count the steps of a host that has died, nor keep its directory closed", async () => {
      await addTask(stage.store, "task_dead", { "x!": [] }, "/work", { does: { x: { staysOn: "always" } } });
      await addTask(stage.store, "task_a", { "a!": [] });
      const [dead, living] = await stage.hosts({ maxRunning: 1 });
      await dead.start("task_dead");
      await dead.until("run x");
      await dead.kill();
      await living.run("task_a");
      expect((await stage.store.getTask("task_a"))?.status).toBe("unverified");
    });
  });

  test("a step of a greater priority goes first when a place is free, in whichever process it waits", async () => {
    const executor = new FakeExecutor();
    const engines = await openBoth(executor, 1);
    await addTask(stage.store, "task_now", { now: [] });
    await addTask(stage.store, "task_low", { low: [] });
    await addTask(stage.store, "task_high", { high: [] }, "/work", { priority: 7 });
    await engines[0].start("task_now");
    await executor.until("run now");
    await engines[0].start("task_low");
    await engines[1].start("task_high");
    await Promise.all([stage.event("step.waiting", "low"), stage.event("step.waiting", "high")]);
    executor.end("now");
    await executor.until("run high");
    expect(executor.story).not.toContain("run low");
    executor.end("high");
    await executor.until("run low");
    executor.end("low");
    await Promise.all([engines[0].wait("task_low"), engines[1].wait("task_high")]);
  });

  test("one writer at a time is let into a directory, and readers beside it", async () => {
    const executor = new FakeExecutor();
    const engines = await openBoth(executor, 5);
    await addTask(stage.store, "task_a", { "a!": [] });
    await addTask(stage.store, "task_b", { "b!": [], reader: [] });
    await addTask(stage.store, "task_c", { "elsewhere!": [] }, "/other");
    await engines[0].start("task_a");
    await executor.until("run a");
    await engines[1].start("task_b");
    await engines[1].start("task_c");
    await Promise.all([
      executor.until("run reader"),
      executor.until("run elsewhere"),
      stage.event("step.waiting", "b"),
    ]);
    expect(executor.story).not.toContain("run b");
    expect((await stage.store.listSteps("task_b"))[0]?.reason).toBe(
      "task_a/a writes in the same directory; one writer at a time",
    );
    executor.end("a");
    await executor.until("run b");
    expect(executor.story.indexOf("end a")).toBeLessThan(executor.story.indexOf("run b"));
    for (const key of ["b", "reader", "elsewhere"]) executor.end(key);
    await Promise.all([engines[1].wait("task_b"), engines[1].wait("task_c")]);
  });

  describe("of two processes that want one task", () => {
    test("exactly one runs it", async () => {
      const edges = { a: [], b: ["a"], c: ["a"] };
      const hosts = await Promise.all([stage.host(), stage.host(), stage.host()]);
      for (const taskId of ["task_1", "task_2", "task_3"]) {
        await addTask(stage.store, taskId, edges);
        await Promise.all(hosts.map((host) => host.run(taskId)));
        await stage.event("task.ended", null, taskId);
        await stage.expectOneEnd(taskId);
        expect(await stage.eventsOf(taskId, "task.started")).toHaveLength(1);
      }
      expect(stage.runs()).toEqual({ a: 3, b: 3, c: 3 });
    });

    test("each may start it as often as it likes", async () => {
      const executor = new FakeExecutor();
      const engines = await openBoth(executor, 5);
      await addTask(stage.store, "task_a", { a: [] });
      await Promise.all(engines.flatMap((engine) => [engine.start("task_a"), engine.start("task_a")]));
      await executor.until("run a");
      await Promise.all(engines.map((engine) => engine.start("task_a")));
      executor.end("a");
      await Promise.all(engines.map((engine) => engine.wait("task_a")));
      await Promise.all(engines.map((engine) => engine.start("task_a")));
      expect(executor.story.filter((line) => line === "run a")).toHaveLength(1);
      await stage.expectOneEnd("task_a");
    });

    test("none runs more steps than there are places, when they run tasks of their own as well", async () => {
      const executor = new FakeExecutor(() => DONE);
      const engines = await openBoth(executor, 2);
      await addTask(stage.store, "task_a", { a: [], b: [], c: [], d: [] });
      await addTask(stage.store, "task_b", { e: [], f: [], g: ["e"] });
      await Promise.all([engines[0].start("task_a"), engines[1].start("task_b")]);
      await Promise.all([engines[0].wait("task_a"), engines[1].wait("task_b")]);
      expect(executor.most).toBe(2);
      await stage.expectOneEnd("task_a");
      await stage.expectOneEnd("task_b");
    });
  });
}
