import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HostProcess } from "./host-process.testsuite.js";
import { Stage } from "./stage.testsuite.js";
import type { Subject } from "./subject.testsuite.js";
import { addTask } from "./tasks.testsuite.js";

const STAYS = { does: { a: { staysOn: "always" } } } as const;

/** Commands to a task, from the process that runs it and from any other. */
export function testControl(subject: Subject): void {
  let stage: Stage;
  let host: HostProcess;
  let other: HostProcess;
  beforeEach(async () => {
    stage = await Stage.open(subject);
    [host, other] = await stage.hosts();
  });
  afterEach(async () => {
    await stage.close();
  });

  /** A task whose step `a` runs until it is told to end, and `b` after it. */
  async function begin(taskId = "task_a"): Promise<void> {
    await addTask(stage.store, taskId, { a: [], b: ["a"] }, "/work", STAYS);
    await host.start(taskId);
    await host.until("run a");
    expect(stage.childrenOf(host)).toHaveLength(1);
  }

  describe("cancelling", () => {
    test.each(["the same process", "another process"])("from %s ends the child process of the step", async (from) => {
      await begin();
      await (from === "the same process" ? host : other).cancel("task_a", "enough");
      await host.wait("task_a");
      expect(stage.childrenOf(host)).toEqual([]);
      expect(await stage.store.listSteps("task_a")).toMatchObject([
        { status: "cancelled", reason: "enough", attempt: 1 },
        { status: "cancelled", reason: "enough", attempt: 0 },
      ]);
      expect(await stage.store.getTask("task_a")).toMatchObject({
        status: "cancelled",
        error: { code: "cancelled", message: "enough" },
        census: { planned: 2, ran: 1, cancelled: 2 },
      });
      await stage.expectOneEnd("task_a");
    });

    test("may be a bare event in the log", async () => {
      await begin();
      const subject = { taskId: "task_a", stepKey: null, agentId: null };
      await stage.store.append([{ ...subject, type: "task.cancel_requested", data: { reason: "by hand" } }]);
      await host.wait("task_a");
      expect(stage.childrenOf(host)).toEqual([]);
      expect((await stage.store.getTask("task_a"))?.status).toBe("cancelled");
    });

    test("twice, from two processes at once, ends it once", async () => {
      await begin();
      await Promise.all([host.cancel("task_a", "enough"), other.cancel("task_a", "enough")]);
      await host.wait("task_a");
      await stage.expectOneEnd("task_a");
      expect((await stage.store.getTask("task_a"))?.status).toBe("cancelled");
    });

    test("a task that has ended changes nothing", async () => {
      await addTask(stage.store, "task_a", { a: [] });
      await host.run("task_a");
      const before = await stage.store.lastSeq();
      await Promise.all([host.cancel("task_a", "late"), other.cancel("task_a", "late")]);
      expect(await stage.store.lastSeq()).toBe(before);
    });

    test("a task before it starts keeps every step of it from running", async () => {
      await addTask(stage.store, "task_a", { a: [], b: ["a"] });
      await other.cancel("task_a", "never mind");
      await host.run("task_a");
      expect(stage.journal()).toEqual([]);
      expect(await stage.store.getTask("task_a")).toMatchObject({ status: "cancelled", census: { ran: 0 } });
      await stage.expectOneEnd("task_a");
    });

    test("a task that nobody runs, from two processes at once, ends it once", async () => {
      await addTask(stage.store, "task_a", { a: [], b: ["a"] });
      await Promise.all([host.cancel("task_a", "never mind"), other.cancel("task_a", "never mind")]);
      await stage.expectOneEnd("task_a");
      expect((await stage.store.getTask("task_a"))?.status).toBe("cancelled");
    });

    test("a task whose host was killed ends it, and what the host has left running", async () => {
      await begin();
      await host.kill();
      expect(stage.childrenOf(host)).toHaveLength(1);
      const third = await stage.host();
      await Promise.all([other.cancel("task_a", "enough"), third.cancel("task_a", "enough")]);
      await stage.event("task.ended", null, "task_a");
      await stage.expectOneEnd("task_a");
      expect(stage.childrenOf(host)).toEqual([]);
      expect(await stage.statuses("task_a")).toEqual({ a: "cancelled", b: "cancelled" });
    });

    test("reaches a step that still waits for room, and leaves the one alone that has it", async () => {
      const [one, two] = await stage.hosts({ maxRunning: 1 });
      await addTask(stage.store, "task_a", { a: [] }, "/work", STAYS);
      await addTask(stage.store, "task_b", { b: [] });
      await one.start("task_a");
      await one.until("run a");
      await two.start("task_b");
      await stage.event("step.waiting", "b");
      await one.cancel("task_b", "not needed");
      await two.wait("task_b");
      expect(await stage.store.listSteps("task_b")).toMatchObject([{ status: "cancelled", attempt: 0 }]);
      await one.end("a");
      await one.wait("task_a");
      expect((await stage.store.getTask("task_a"))?.status).toBe("unverified");
    });
  });

  describe("pausing from another process", () => {
    test("starts nothing new until it is resumed; what runs goes on", async () => {
      await begin();
      await other.pause("task_a", { interrupt: false, reason: "lunch" });
      await stage.event("task.paused", null, "task_a");
      await host.end("a");
      await stage.event("step.ended", "a", "task_a");
      expect(await stage.store.getTask("task_a")).toMatchObject({ status: "paused", ownerId: host.ownerId });
      expect(stage.runs()).toEqual({ a: 1 });
      await other.resume("task_a");
      await host.wait("task_a");
      expect(stage.journal().filter(({ stepKey }) => stepKey === "b")).toMatchObject([
        { ownerId: host.ownerId },
        { ownerId: host.ownerId },
      ]);
      await stage.expectOneEnd("task_a");
    });

    test("with an interrupt ends what runs and lets go of it; whoever resumes it begins the step again", async () => {
      await begin();
      await other.pause("task_a", { interrupt: true, reason: "lunch" });
      await stage.event("task.paused", null, "task_a");
      await host.wait("task_a");
      expect(stage.childrenOf(host)).toEqual([]);
      expect(await stage.store.getTask("task_a")).toMatchObject({ status: "paused", ownerId: null });
      expect(await stage.eventsOf("task_a", "step.ended")).toEqual([]);
      await other.resume("task_a");
      await other.until("run a");
      await other.end("a");
      await other.wait("task_a");
      expect(stage.runs()).toEqual({ a: 2, b: 1 });
      await stage.expectOneEnd("task_a");
    });

    test("and cancelling then ends it", async () => {
      await begin();
      await other.pause("task_a", { interrupt: false, reason: "lunch" });
      await stage.event("task.paused", null, "task_a");
      await other.cancel("task_a", "enough");
      await host.wait("task_a");
      expect(stage.childrenOf(host)).toEqual([]);
      expect(await stage.statuses("task_a")).toEqual({ a: "cancelled", b: "cancelled" });
      await stage.expectOneEnd("task_a");
    });
  });

  /** Messages are no part of Engine: whoever runs a step hears them in the log, as the executors of agents do. */
  describe("a message to a running step", () => {
    const message = (messageId: string, text: string) => ({
      type: "agent.messaged" as const,
      taskId: "task_a",
      stepKey: "a",
      agentId: "agent_a",
      data: { messageId, text, whenBusy: "queue" as const },
    });
    beforeEach(async () => {
      await addTask(stage.store, "task_a", { a: [], b: ["a"] }, "/work", {
        does: { a: { staysOn: "always", listens: true } },
      });
      await stage.addAgent("agent_a", "task_a", "a");
    });

    test("from another process reaches it", async () => {
      await host.start("task_a");
      await host.until("listen a");
      await stage.store.append([message("m1", "hello from outside")]);
      await host.wait("task_a");
      expect((await stage.store.listSteps("task_a"))[0]).toMatchObject({ handoff: { summary: "hello from outside" } });
    });

    test("waits for it when it came before the step was there to hear", async () => {
      await stage.store.append([message("m1", "early")]);
      await host.run("task_a");
      expect((await stage.store.listSteps("task_a"))[0]).toMatchObject({ handoff: { summary: "early" } });
    });

    test("reaches the next attempt when the host of this one is killed before it has read it", async () => {
      await host.start("task_a");
      await host.until("listen a");
      await host.stop();
      await stage.store.append([message("m1", "to whom it may concern")]);
      await host.kill();
      await other.resume("task_a");
      await other.wait("task_a");
      expect((await stage.store.listSteps("task_a"))[0]).toMatchObject({
        attempt: 2,
        handoff: { summary: "to whom it may concern" },
      });
    });
  });
}
