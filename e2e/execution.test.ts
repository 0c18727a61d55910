import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ERROR_CODES } from "@claude-orchestrator/core";
import { type CallContext, hang, httpError, reply } from "@claude-orchestrator/rehearsal";
import { describe, expect, it } from "vitest";
import { expectSameCount, handOver, openStage, play, stepOf, waitFor } from "./fixtures.js";

const look = reply().tool("Glob", { pattern: "*" });
const DIAMOND = { 1: [0], 2: [0, 1], 3: [2] };
const FOUR = ["scout", "analyst", "planner", "reviewer"];

/** When a step ran, in milliseconds since 1970. */
function spanOf(step: { startedAt: string | null; endedAt: string | null }): { start: number; end: number } {
  return { start: Date.parse(step.startedAt ?? ""), end: Date.parse(step.endedAt ?? "") };
}

describe("the order of steps", () => {
  it("independent readers run at the same time", async (test) => {
    const roles = ["scout", "analyst", "reviewer"];
    // Nobody is answered before all have asked, and then each waits for a second.
    let asked = 0;
    const together = async (call: CallContext) => {
      asked += 1;
      await waitFor("the other agents", () => asked === roles.length);
      return handOver(call).delay(1_000);
    };
    const stage = await openStage(test, { script: play(Object.fromEntries(roles.map((role) => [role, together]))) });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Look", roles, parallel: true });
    expect(result.error).toBeNull();
    const spans = result.steps.map(spanOf);
    for (const { start, end } of spans) expect(end - start).toBeGreaterThanOrEqual(1_000);
    expect(Math.max(...spans.map((span) => span.start))).toBeLessThan(Math.min(...spans.map((span) => span.end)));
  });

  it("a step runs when everything that it depends on has succeeded, and is told of it", async (test) => {
    const stage = await openStage(test, { script: play() });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeWithDependencies({ prompt: "Look", steps: FOUR, dependencies: DIAMOND });
    expect(result.error).toBeNull();
    expect(stage.server.calls.map((call) => call.role)).toEqual(FOUR);
    const spans = FOUR.map((key) => spanOf(stepOf(result, key)));
    for (const [step, dependencies] of Object.entries(DIAMOND)) {
      for (const dependency of dependencies)
        expect(spans[Number(step)]?.start).toBeGreaterThanOrEqual(spans[dependency]?.end ?? Number.NaN);
    }
    const lastPrompt = JSON.stringify(stage.server.calls[3]?.request.messages);
    for (const earlier of FOUR.slice(0, 3)) expect(lastPrompt).toContain(`## ${earlier}`);
  });

  it("a step that fails fails the task, and what depends on it is skipped with the reason", async (test) => {
    const stage = await openStage(test, { script: play({ analyst: httpError(400) }) });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeWithDependencies({ prompt: "Look", steps: FOUR, dependencies: DIAMOND });
    expect(result).toMatchObject({ status: "failed", success: false, error: { code: "model_refused" } });
    expect(result.steps.map(({ status, reason }) => [status, reason])).toEqual([
      ["succeeded", ""],
      ["failed", expect.stringContaining("refused")],
      ["skipped", 'it depends on "analyst", which failed'],
      ["skipped", 'it depends on "planner", which was skipped'],
    ]);
    expect(result.census).toMatchObject({ planned: 4, ran: 2, succeeded: 1, failed: 1, skipped: 2, cancelled: 0 });
    expect(stage.processes()).toEqual([]);
  });
});

describe("ending a task early", () => {
  it("an aborted signal ends a model call that hangs and keeps the steps that are finished", async (test) => {
    const stage = await openStage(test, { script: play({ planner: hang() }) });
    const orchestrator = await stage.orchestrator();
    const abort = new AbortController();
    const running = orchestrator.executeCustomWorkflow({
      prompt: "Look",
      roles: ["scout", "planner", "reviewer"],
      signal: abort.signal,
    });
    await waitFor("the call that hangs", () => stage.server.calls.length === 2);
    const startedMs = performance.now();
    abort.abort();
    const result = await running;
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect(stage.processes()).toEqual([]);
    expect(result).toMatchObject({ status: "cancelled", error: { code: "cancelled" } });
    expect(result.steps.map((step) => step.status)).toEqual(["succeeded", "cancelled", "cancelled"]);
    expect(stepOf(result, "scout").handoff).toMatchObject({ summary: expect.any(String) });
    const rows = await expectSameCount(stage, orchestrator);
    expect(rows.map((row) => row.state)).toEqual(["complete", "incomplete"]);
  });

  it("an aborted signal ends a shell that runs, and what it has done is in the report", async (test) => {
    const stage = await openStage(test, {
      script: play({
        builder: [
          reply().tool("Bash", { command: "echo half > half.txt; sleep 60", description: "Work" }),
          (call) => handOver(call),
        ],
      }),
    });
    const orchestrator = await stage.orchestrator();
    const abort = new AbortController();
    const running = orchestrator.executeCustomWorkflow({
      prompt: "Work",
      roles: ["scout", "builder"],
      signal: abort.signal,
    });
    await waitFor("the shell", () => stage.processes().some((line) => line.includes("sleep 60")));
    const startedMs = performance.now();
    abort.abort();
    const result = await running;
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect(stage.processes()).toEqual([]);
    expect(result.steps.map((step) => step.status)).toEqual(["succeeded", "cancelled"]);
    expect(result.files.produced).toMatchObject([{ path: "half.txt", kind: "created", linesAdded: 1 }]);
  });

  it("a signal that is aborted at once still ends the task in good order", async (test) => {
    const stage = await openStage(test, { script: play() });
    const orchestrator = await stage.orchestrator();
    const abort = new AbortController();
    const result = await orchestrator.executeCustomWorkflow({
      prompt: "Look",
      roles: ["scout", "planner"],
      signal: abort.signal,
      onCreated: () => abort.abort(),
    });
    expect(result.status).toBe("cancelled");
    expect(result.steps.map((step) => step.status)).toEqual(["cancelled", "cancelled"]);
    expect(stage.processes()).toEqual([]);
    const again = orchestrator.executeCustomWorkflow({ prompt: "Look", roles: ["scout"], signal: abort.signal });
    await expect(again).rejects.toThrow();
    expect(await orchestrator.listTasks()).toHaveLength(1);
  });

  it("stopping the orchestrator ends what it runs", async (test) => {
    const stage = await openStage(test, { script: play({ planner: hang() }) });
    const orchestrator = await stage.orchestrator();
    const running = orchestrator.executeCustomWorkflow({ prompt: "Look", roles: ["scout", "planner"] });
    const outcome = running.then(
      (result) => result.status,
      () => "rejected",
    );
    await waitFor("the call that hangs", () => stage.server.calls.length === 2);
    const startedMs = performance.now();
    await orchestrator.stop();
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect(stage.processes()).toEqual([]);
    expect(await outcome).toBe("cancelled");
    const next = await stage.orchestrator();
    const [task] = await next.listTasks();
    const details = await next.getTaskDetails(task?.taskId ?? "");
    expect(details.status).toBe("cancelled");
    expect(details.steps.map((step) => step.status)).toEqual(["succeeded", "cancelled"]);
  });

  it("a budget that is reached ends the task with everything kept, at most one answer per agent later", async (test) => {
    // A hundred thousand tokens of output at $10 for a million: one dollar for each answer.
    const dollar = { inputTokens: 0, outputTokens: 100_000 };
    const endless = () => look.usage(dollar);
    const stage = await openStage(test, {
      script: play({
        scout: (call) => handOver(call).usage(dollar),
        analyst: endless,
        planner: endless,
        reviewer: endless,
      }),
    });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeWithDependencies({
      prompt: "Look",
      steps: FOUR,
      dependencies: { 1: [0], 2: [0], 3: [0] },
      model: "claude-sonnet-5-5",
      budgetUsd: 4.5,
    });
    expect(result).toMatchObject({ status: "failed", error: { code: "budget_reached" } });
    expect(ERROR_CODES.budget_reached.exitCode).toBe(4);
    expect(stepOf(result, "scout")).toMatchObject({ status: "succeeded", handoff: { summary: expect.any(String) } });
    expect(result.metrics.totalCostUsd).toBeGreaterThanOrEqual(4.5);
    expect(result.metrics.totalCostUsd).toBeLessThanOrEqual(4.5 + 3);
    expect(stage.server.usage().calls).toBeLessThanOrEqual(8);
    expect(stage.processes()).toEqual([]);
    await expectSameCount(stage, orchestrator, 3);
  });

  it("a step that runs for longer than its role allows fails", async (test) => {
    const stage = await openStage(test, { script: play({ hasty: hang() }) });
    stage.write(
      ".orchestrator/roles/hasty.md",
      "---\nname: hasty\ntools: Read, Glob\ntimeoutMinutes: 0.05\n---\nBe quick.\n",
    );
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Look", roles: ["hasty"] });
    expect(result).toMatchObject({ status: "failed", error: { code: "step_timeout" } });
    const { start, end } = spanOf(stepOf(result, "hasty"));
    expect(end - start).toBeGreaterThanOrEqual(3_000);
    expect(end - start).toBeLessThan(8_000);
    expect(stage.processes()).toEqual([]);
  });
});

describe("two orchestrators on one database", () => {
  it("may cancel each other's tasks", async (test) => {
    const stage = await openStage(test, { script: play({ scout: hang() }) });
    const [runs, watches] = [await stage.orchestrator(), await stage.orchestrator()];
    const running = runs.executeCustomWorkflow({ prompt: "Look", roles: ["scout", "planner"] });
    await waitFor("the call that hangs", () => stage.server.calls.length === 1);
    const [task] = await watches.listTasks({ status: "running" });
    const startedMs = performance.now();
    await watches.cancel(task?.taskId ?? "", "somebody else wants it so");
    const result = await running;
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect(result).toMatchObject({ status: "cancelled", error: { message: "somebody else wants it so" } });
    expect(stage.processes()).toEqual([]);
  });

  it("do not blame a reader for what the other's writer changes meanwhile", async (test) => {
    const stage = await openStage(test, { script: play() });
    const [reads, writes] = [await stage.orchestrator(), await stage.orchestrator()];
    const writing = () => writes.executeCustomWorkflow({ prompt: "Work", roles: ["builder"] });
    stage.server.setScript(
      play({
        builder: [reply().tool("Bash", { command: "echo more >> README.md", description: "Work" }), handOver],
        scout: async (call) => {
          expect((await writing()).files.produced).toMatchObject([{ path: "README.md" }]);
          return handOver(call);
        },
      }),
    );
    const result = await reads.executeCustomWorkflow({ prompt: "Look", roles: ["scout"] });
    expect(result).toMatchObject({ error: null, files: { produced: [] } });
    expect(await reads.listTasks()).toHaveLength(2);
  });

  it("let one writer at a time into a directory", async (test) => {
    const command = "mkdir alone && sleep 0.5 && rmdir alone && echo turn >> turns.txt";
    const exclusive = [reply().tool("Bash", { command, description: "Work" }), handOver];
    const stage = await openStage(test, { script: play({ builder: exclusive, documenter: exclusive }) });
    const orchestrators = await Promise.all([stage.orchestrator(), stage.orchestrator()]);
    const results = await Promise.all(
      orchestrators.map((orchestrator) =>
        orchestrator.executeCustomWorkflow({
          prompt: "Work",
          roles: ["builder", "documenter", "scout"],
          parallel: true,
        }),
      ),
    );
    for (const result of results) expect(result.error).toBeNull();
    expect(readFileSync(join(stage.workspace, "turns.txt"), "utf8")).toBe("turn\n".repeat(4));
    const writers = results
      .flatMap((result) => result.steps.filter((step) => step.writes).map(spanOf))
      .sort((a, b) => a.start - b.start);
    expect(writers).toHaveLength(4);
    for (const [index, { end }] of writers.slice(0, -1).entries())
      expect(writers[index + 1]?.start).toBeGreaterThanOrEqual(end);
    const [first] = orchestrators;
    expect(await first?.listTasks()).toHaveLength(2);
  });
});
