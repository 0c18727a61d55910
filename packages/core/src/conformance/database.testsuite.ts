import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Stage } from "./stage.testsuite.js";
import type { Subject } from "./subject.testsuite.js";
import { addTask } from "./tasks.testsuite.js";

/** Longer than a step takes to be recorded, shorter than a writer waits. */
const LOCK_MS = 1_000;
const CHAIN = { a: [], b: ["a"], c: ["b"] };

/** A database that is not to be had for a while. */
export function testDatabase(subject: Subject): void {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open(subject);
  });
  afterEach(async () => {
    await stage.close();
  });

  describe("a database that another process has locked", () => {
    test("is waited for when a step ends: nothing is lost", async () => {
      await addTask(stage.store, "task_a", CHAIN, "/work", { does: { a: { staysOn: "always" } } });
      const host = await stage.host();
      await host.start("task_a");
      await host.until("run a");
      const before = await stage.store.lastSeq();
      const { released } = await stage.lock(LOCK_MS);
      await host.end("a");
      await host.until("end a");
      expect(await stage.store.lastSeq()).toBe(before);
      await released;
      await host.wait("task_a");
      await stage.expectOneEnd("task_a");
      expect(stage.runs()).toEqual({ a: 1, b: 1, c: 1 });
    });

    test("is waited for when two processes start their tasks", async () => {
      await addTask(stage.store, "task_a", CHAIN, "/a");
      await addTask(stage.store, "task_b", CHAIN, "/b");
      const [first, second] = await stage.hosts();
      const { released } = await stage.lock(LOCK_MS);
      await Promise.all([first.run("task_a"), second.run("task_b"), released]);
      for (const taskId of ["task_a", "task_b"]) await stage.expectOneEnd(taskId);
      expect(stage.runs()).toEqual({ a: 2, b: 2, c: 2 });
    });
  });

  describe("a database that is restarted", () => {
    test("has everything that was there, and numbers that go on; the task is gone on with", async () => {
      await addTask(stage.store, "task_a", CHAIN, "/work", { does: { b: { staysOn: [1] } } });
      const host = await stage.host();
      await host.start("task_a");
      await host.until("run b");
      await host.kill();
      const before = await stage.store.readEvents({});
      const [owners, steps] = [await stage.store.listOwners(), await stage.store.listSteps("task_a")];
      await stage.restart();
      expect(await stage.store.readEvents({})).toEqual(before);
      expect(await stage.store.listOwners()).toEqual(owners);
      expect(await stage.store.listSteps("task_a")).toEqual(steps);
      const next = await stage.host();
      await next.resume("task_a");
      await next.wait("task_a");
      await stage.expectOneEnd("task_a");
      expect(stage.runs()).toEqual({ a: 1, b: 2, c: 1 });
      const [first] = await stage.store.readEvents({ after: before.at(-1)?.seq ?? 0 });
      expect(first?.seq).toBe((before.at(-1)?.seq ?? 0) + 1);
    });
  });
}
