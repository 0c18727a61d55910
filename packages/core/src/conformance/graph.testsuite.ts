import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { NewEvent } from "../domain/index.js";
import type { StepContext, StepOutcome } from "../engine/index.js";
import { BAD, DONE, FakeExecutor } from "./fake-executor.testsuite.js";
import { Stage } from "./stage.testsuite.js";
import type { Subject } from "./subject.testsuite.js";
import { addTask, plannedStep } from "./tasks.testsuite.js";

/** In which order steps run, and which do not. */
export function testGraphs(subject: Subject): void {
  let stage: Stage;
  beforeEach(async () => {
    stage = await Stage.open(subject);
  });
  afterEach(async () => {
    await stage.close();
  });

  /** Runs a task whose steps all answer at once; the order in which they were begun and ended. */
  async function runAtOnce(edges: Record<string, string[]>, answer: (context: StepContext) => StepOutcome) {
    const executor = new FakeExecutor(answer);
    const engine = await stage.engine(executor);
    await addTask(stage.store, "task_a", edges);
    await engine.start("task_a");
    await engine.wait("task_a");
    return executor.story.filter((line) => /^(run|end) /.test(line));
  }

  describe("a graph of steps", () => {
    test("runs each step when what it depends on has succeeded", async () => {
      const story = await runAtOnce({ c: ["b"], b: ["a"], a: [] }, () => DONE);
      expect(story).toEqual(["run a", "end a", "run b", "end b", "run c", "end c"]);
      await stage.expectOneEnd("task_a");
    });

    test("runs what does not depend on each other side by side", async () => {
      const executor = new FakeExecutor();
      const engine = await stage.engine(executor);
      await addTask(stage.store, "task_a", { root: [], left: ["root"], right: ["root"], join: ["left", "right"] });
      await engine.start("task_a");
      await executor.until("run root");
      executor.end("root");
      await Promise.all([executor.until("run left"), executor.until("run right")]);
      executor.end("right");
      await executor.until("end right");
      executor.end("left");
      await executor.until("run join");
      executor.end("join");
      await engine.wait("task_a");
      expect(executor.most).toBe(2);
      await stage.expectOneEnd("task_a");
    });

    test("skips the whole chain behind a failure, with the reason of each, and runs the other branches", async () => {
      const edges = { bad: [], next: ["bad"], last: ["next"], other: [], more: ["other"] };
      await runAtOnce(edges, ({ step }) => (step.stepKey === "bad" ? BAD : DONE));
      expect(await stage.store.listSteps("task_a")).toMatchObject([
        { stepKey: "bad", status: "failed" },
        { stepKey: "next", status: "skipped", reason: 'it depends on "bad", which failed', attempt: 0 },
        { stepKey: "last", status: "skipped", reason: 'it depends on "next", which was skipped', attempt: 0 },
        { stepKey: "other", status: "succeeded" },
        { stepKey: "more", status: "succeeded" },
      ]);
      expect(await stage.store.getTask("task_a")).toMatchObject({
        status: "failed",
        census: { planned: 5, ran: 3, succeeded: 2, failed: 1, skipped: 2 },
      });
      await stage.expectOneEnd("task_a");
    });

    test("grows by the steps that a step adds, before whatever waits for it", async () => {
      const steps = [plannedStep("builder#2", ["check"]), plannedStep("check#2", ["builder#2"])].map((step) => ({
        ...step,
        round: 1,
      }));
      const extension = { reason: "the check failed", steps, continuedBy: "check#2", plan: null };
      const story = await runAtOnce({ builder: [], check: ["builder"], reviewer: ["check"] }, ({ step }) =>
        step.stepKey === "check" ? { status: "succeeded", handoff: { summary: "" }, extension } : DONE,
      );
      expect(story.filter((line) => line.startsWith("run"))).toEqual([
        "run builder",
        "run check",
        "run builder#2",
        "run check#2",
        "run reviewer",
      ]);
      const listed = await stage.store.listSteps("task_a");
      expect(listed.find((step) => step.stepKey === "reviewer")?.dependsOn).toEqual(["check#2"]);
      expect((await stage.store.getTask("task_a"))?.census).toMatchObject({ planned: 5, succeeded: 5, rounds: 1 });
      await stage.expectOneEnd("task_a");
    });
  });

  describe("a failed step that is run again", () => {
    const again = (stepKey: string): NewEvent => ({
      type: "step.reopened",
      taskId: "task_a",
      stepKey,
      agentId: null,
      data: { reason: "once more" },
    });

    test("runs with what was skipped because of it, in another process as well; what had succeeded does not", async () => {
      const does = { flaky: { failsOn: [1] } };
      const edges = { first: [], flaky: ["first"], behind: ["flaky"], beside: [] };
      await addTask(stage.store, "task_a", edges, "/work", { does });
      const [one, other] = await stage.hosts();
      await one.run("task_a");
      expect(await stage.statuses("task_a")).toEqual({
        first: "succeeded",
        flaky: "failed",
        behind: "skipped",
        beside: "succeeded",
      });
      const reopened = { type: "task.reopened", taskId: "task_a", stepKey: null, agentId: null } as const;
      await stage.store.append([{ ...reopened, data: { reason: "once more" } }, again("flaky"), again("behind")]);
      await other.resume("task_a");
      await other.wait("task_a");
      expect(stage.runs()).toEqual({ first: 1, flaky: 2, behind: 1, beside: 1 });
      expect(await stage.store.listSteps("task_a")).toMatchObject([
        { status: "succeeded", attempt: 1 },
        { status: "succeeded", attempt: 2 },
        { status: "succeeded", attempt: 1 },
        { status: "succeeded", attempt: 1 },
      ]);
      expect(await stage.store.getTask("task_a")).toMatchObject({
        status: "unverified",
        census: { planned: 4, ran: 4, succeeded: 4, retried: 1 },
      });
    });

    test("counts an attempt that it begins by itself as well", async () => {
      const executor = new FakeExecutor();
      const engine = await stage.engine(executor);
      await addTask(stage.store, "task_a", { a: [] });
      await engine.start("task_a");
      await executor.until("run a");
      await executor.contexts.get("a")?.attemptFailed({ code: "process_exited", message: "gone", hint: "" });
      executor.end("a");
      await engine.wait("task_a");
      expect(await stage.store.listSteps("task_a")).toMatchObject([{ status: "succeeded", attempt: 2 }]);
      await stage.expectOneEnd("task_a");
    });
  });
}
