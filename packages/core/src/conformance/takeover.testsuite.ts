import { type ChildProcess, spawn } from "node:child_process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hostId } from "../ownership/index.js";
import type { HostProcess, Moment } from "./host-process.testsuite.js";
import { Stage } from "./stage.testsuite.js";
import type { Subject } from "./subject.testsuite.js";
import { addTask } from "./tasks.testsuite.js";

const HOUR_MS = 3_600_000;
const LEASE_MS = 300;

/** Moments at which a host is stopped that has more to write. */
const MOMENTS: [string, Moment][] = [
  ["before it claims a step", { when: "before", type: "step.started", stepKey: "b" }],
  ["when it has claimed a step", { when: "after", type: "step.started", stepKey: "b" }],
  ["before it records the end of a step", { when: "before", type: "step.ended", stepKey: "b" }],
  ["when it has recorded the end of a step", { when: "after", type: "step.ended", stepKey: "b" }],
  ["before it skips a step", { when: "before", type: "step.ended", stepKey: "d" }],
  ["before it ends the task", { when: "before", type: "task.ended" }],
];

/** Who may take over from whom, and what becomes of the one before. */
export function testTakeover(subject: Subject): void {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open(subject);
  });
  afterEach(async () => {
    await stage.close();
  });

  /** What a task's log says from a point on, and by whose hand. */
  const logAfter = async (taskId: string, after: number) =>
    (await stage.store.readEvents({ taskId, after })).map(({ type, stepKey }) => `${type} ${stepKey ?? ""}`.trim());

  describe("a host that is stopped until its lease is over, and goes on", () => {
    test("keeps its task while its lease holds", async () => {
      await addTask(stage.store, "task_a", { a: [] }, "/work", { does: { a: { staysOn: "always" } } });
      const [first, second] = await stage.hosts({ leaseMs: HOUR_MS });
      await first.start("task_a");
      await first.until("run a");
      await first.stop();
      await second.resume("task_a");
      await second.start("task_a");
      expect(await stage.store.getTask("task_a")).toMatchObject({ ownerId: first.ownerId });
      expect(stage.childrenOf(first)).toHaveLength(1);
      first.continue();
      await first.end("a");
      await first.wait("task_a");
      expect(stage.runs()).toEqual({ a: 1 });
    });

    test("finds its step with another: it writes nothing more and does the other no harm", async () => {
      const does = { a: { staysOn: "always" } } as const;
      await addTask(stage.store, "task_a", { a: [], b: ["a"] }, "/work", { does });
      const [first, second] = await stage.hosts({ leaseMs: LEASE_MS });
      await first.start("task_a");
      await first.until("run a");
      await first.stop();
      await stage.leaseOver(first);
      await second.resume("task_a");
      expect(stage.childrenOf(first)).toEqual([]);
      await second.until("run a");
      const [child] = stage.childrenOf(second);
      const before = await stage.store.lastSeq();

      first.continue();
      await first.wait("task_a");
      expect(first.story.at(-1)).toBe("finish task_a suspended");
      expect(await logAfter("task_a", before)).toEqual([]);
      expect(stage.childrenOf(second)).toEqual([child]);

      await second.end("a");
      await second.wait("task_a");
      await stage.expectOneEnd("task_a");
      expect(await logAfter("task_a", before)).toEqual([
        "step.ended a",
        "step.started b",
        "step.ended b",
        "task.ended",
      ]);
      expect(await stage.store.listSteps("task_a")).toMatchObject([{ attempt: 2 }, { attempt: 1 }]);
    });

    test.each(MOMENTS)("%s, writes nothing about a task that another has ended", async (_, moment) => {
      const edges = { a: [], b: ["a"], c: [], d: ["c"] };
      await addTask(stage.store, "task_a", edges, "/work", { does: { c: { failsOn: [1] } } });
      const first = await stage.host({ leaseMs: LEASE_MS, signalAt: { ...moment, signal: "SIGSTOP" } });
      const failure = first.run("task_a").then(
        () => null,
        (error: unknown) => error,
      );
      await stage.event(
        moment.type === "task.ended" ? "step.ended" : "task.started",
        moment.type === "task.ended" ? "b" : null,
        "task_a",
      );
      await stage.leaseOver(first);
      const second = await stage.host();
      await second.resume("task_a");
      await second.wait("task_a");
      await stage.expectOneEnd("task_a");
      const before = await stage.store.lastSeq();
      first.continue();
      expect(await failure).toBeNull();
      expect(await logAfter("task_a", before)).toEqual([]);
      expect(first.story.at(-1)).toBe("finish task_a suspended");
    });

    test("with a result in its hands cannot end the step that another runs by now", async () => {
      await addTask(stage.store, "task_a", { a: [], b: ["a"] }, "/work", { does: { a: { staysOn: [2] } } });
      const moment = { when: "before", type: "step.ended", stepKey: "a", signal: "SIGSTOP" } as const;
      const first = await stage.host({ leaseMs: LEASE_MS, signalAt: moment });
      await first.start("task_a");
      await first.until("end a");
      await stage.leaseOver(first);
      const second = await stage.host();
      await second.resume("task_a");
      await second.until("run a");
      const before = await stage.store.lastSeq();
      first.continue();
      await first.wait("task_a");
      expect(await logAfter("task_a", before)).toEqual([]);
      await second.end("a");
      await second.wait("task_a");
      await stage.expectOneEnd("task_a");
      expect(stage.runs()).toEqual({ a: 2, b: 1 });
    });

    test("can run other tasks after that", async () => {
      await addTask(stage.store, "task_a", { a: [] }, "/work", { does: { a: { staysOn: [1] } } });
      const [first, second] = await stage.hosts({ leaseMs: LEASE_MS });
      await first.start("task_a");
      await first.until("run a");
      await first.stop();
      await stage.leaseOver(first);
      await second.resume("task_a");
      await second.wait("task_a");
      first.continue();
      await first.wait("task_a");
      await addTask(stage.store, "task_b", { b: [] });
      await first.run("task_b");
      expect(await stage.store.getTask("task_b")).toMatchObject({ status: "unverified", ownerId: first.ownerId });
    });

    test("while its task was paused, does not go on with it when another did", async () => {
      const does = { a: { staysOn: "always" }, b: { staysOn: "always" } } as const;
      await addTask(stage.store, "task_a", { a: [], b: ["a"] }, "/work", { does });
      const [first, second] = await stage.hosts({ leaseMs: LEASE_MS });
      await first.start("task_a");
      await first.until("run a");
      await first.pause("task_a", { interrupt: false, reason: "lunch" });
      await stage.event("task.paused", null, "task_a");
      await first.end("a");
      await stage.event("step.ended", "a", "task_a");
      await first.stop();
      await stage.leaseOver(first);
      await second.resume("task_a");
      await second.until("run b");
      first.continue();
      await first.resume("task_a");
      await first.wait("task_a");
      expect(first.story).not.toContain("run b");
      await second.end("b");
      await second.wait("task_a");
      await stage.expectOneEnd("task_a");
    });
  });

  describe("a pid that another program has by now", () => {
    let stranger: ChildProcess;
    beforeEach(() => {
      stranger = spawn("sleep", ["600"], { stdio: "ignore" });
    });
    afterEach(() => {
      stranger.kill("SIGKILL");
    });

    test("is not taken for the owner, and the program is left alone", async () => {
      await addTask(stage.store, "task_a", { a: [] });
      const lost = { ownerId: "owner_lost", host: hostId(), pid: stranger.pid ?? 0, pidStarted: "before" };
      await stage.store.putOwner({ ...lost, leaseUntilMs: Date.now() + HOUR_MS });
      await stage.store.claimTask("task_a", lost.ownerId);
      const claim = { taskId: "task_a", stepKey: "a", ownerId: lost.ownerId, maxRunning: 5, isInterrupted: false };
      await stage.store.claimStep({ ...claim, aliveOwnerIds: [], deadOwnerIds: [], nowMs: Date.now() });
      const host = await stage.host();
      await host.resume("task_a");
      await host.wait("task_a");
      expect(await stage.store.listSteps("task_a")).toMatchObject([{ status: "succeeded", attempt: 2 }]);
      expect([stranger.exitCode, stranger.signalCode]).toEqual([null, null]);
    });
  });

  describe("a clock that jumps", () => {
    /** A host that is at work on a step, and another process that tries to get it. */
    async function tryToTake(first: HostProcess, second: HostProcess): Promise<void> {
      await second.resume("task_a");
      await second.start("task_a");
      await second.wait("task_a");
      expect(await stage.store.getTask("task_a")).toMatchObject({ status: "running", ownerId: first.ownerId });
      await first.end("a");
      await first.wait("task_a");
      expect(stage.journal().map(({ what, ownerId }) => [what, ownerId])).toEqual([
        ["run", first.ownerId],
        ["end", first.ownerId],
      ]);
      await stage.expectOneEnd("task_a");
    }

    async function begin(): Promise<HostProcess> {
      await addTask(stage.store, "task_a", { a: [] }, "/work", { does: { a: { staysOn: "always" } } });
      const first = await stage.host({ leaseMs: LEASE_MS });
      await first.start("task_a");
      await first.until("run a");
      return first;
    }

    test.each([
      ["forward", HOUR_MS],
      ["backward", -HOUR_MS],
    ])("%s for another process gives it no step of an owner that is at work", async (_, clockOffsetMs) => {
      const first = await begin();
      await tryToTake(first, await stage.host({ clockOffsetMs }));
    });

    test.each([
      ["forward", HOUR_MS],
      ["backward", -HOUR_MS],
    ])("%s for the owner does not lose it its step", async (_, offsetMs) => {
      const first = await begin();
      await first.setClock(offsetMs);
      await expect
        .poll(async () => Math.abs(((await stage.store.listOwners())[0]?.leaseUntilMs ?? 0) - Date.now()))
        .toBeGreaterThan(HOUR_MS / 2);
      await tryToTake(first, await stage.host());
    });

    test("does not let more steps run than the limit allows", async () => {
      const first = await begin();
      await addTask(stage.store, "task_b", { b: [] });
      const second = await stage.host({ clockOffsetMs: HOUR_MS, maxRunning: 1 });
      await second.start("task_b");
      await stage.event("step.waiting", "b", "task_b");
      await first.end("a");
      await second.wait("task_b");
      expect(stage.journal().map(({ what, stepKey }) => `${what} ${stepKey}`)).toEqual([
        "run a",
        "end a",
        "run b",
        "end b",
      ]);
    });

    test("backward does not keep a task with an owner whose process is gone", async () => {
      const first = await begin();
      await first.kill();
      const second = await stage.host({ clockOffsetMs: -HOUR_MS });
      await second.resume("task_a");
      await second.until("run a");
      await second.end("a");
      await second.wait("task_a");
      await stage.expectOneEnd("task_a");
    });
  });
}
