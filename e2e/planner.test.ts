import { type CallContext, reply } from "@claude-orchestrator/rehearsal";
import { describe, expect, onTestFinished, test } from "vitest";
import { handOver, inOrder, openStage, play, stepOf } from "./fixtures.js";

const PLAN = {
  complexity: "medium",
  rationale: "Two can look at once, then one builds.",
  steps: [
    { role: "scout", scope: "Find the files.", dependsOn: [] },
    { role: "analyst", scope: "Find the cause.", constraints: ["Read only src"], dependsOn: [] },
    { role: "builder", scope: "Mend it.", dependsOn: ["scout", "analyst"], writes: true },
  ],
  skipped: [{ role: "documenter", reason: "nothing to document" }],
};

const give = (plan: unknown) => () => reply().handoff(plan);

describe("a task that is planned by an agent", () => {
  test("runs the plan: shown, stored, with branches side by side", async (context) => {
    const stage = await openStage(context, { script: play({ orchestrator: give(PLAN) }) });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.execute({ prompt: "Fix the bug", plan: "ai" });
    expect(result).toMatchObject({
      status: "unverified",
      planMode: "ai",
      complexity: "medium",
      rationale: PLAN.rationale,
      fallbackReason: null,
      skippedRoles: PLAN.skipped,
      census: { planned: 4, succeeded: 4 },
    });
    expect(result.steps.map(({ stepKey, kind, dependsOn }) => [stepKey, kind, dependsOn])).toEqual([
      ["plan", "plan", []],
      ["scout", "agent", ["plan"]],
      ["analyst", "agent", ["plan"]],
      ["builder", "agent", ["scout", "analyst"]],
    ]);
    expect(stepOf(result, "analyst").instructions).toBe("Find the cause.\n\nKeep to this:\n- Read only src");
    const [scout, analyst] = [stepOf(result, "scout"), stepOf(result, "analyst")];
    expect((scout.startedAt ?? "") < (analyst.endedAt ?? "") && (analyst.startedAt ?? "") < (scout.endedAt ?? "")).toBe(
      true,
    );
    const builder = stage.server.calls.find((call) => call.role === "builder");
    expect(JSON.stringify(builder?.request.messages)).not.toContain(PLAN.rationale);
  });

  test.each([
    ["an unknown role", { ...PLAN, steps: [{ role: "wizard", scope: "Cast.", dependsOn: [] }] }, /no role \\?"wizard/],
    [
      "a circle",
      {
        ...PLAN,
        steps: [
          { role: "scout", scope: "a", dependsOn: ["builder"] },
          { role: "builder", scope: "b", dependsOn: ["scout"] },
        ],
      },
      /circle/,
    ],
    [
      "a reader that is to write",
      { ...PLAN, steps: [{ role: "reviewer", scope: "Mend.", dependsOn: [], writes: true }] },
      /reviewer cannot write/,
    ],
    ["no steps", { ...PLAN, steps: [] }, /steps/],
  ])("with %s three times over ends in the template, with the reason", async (_, plan, reason) => {
    const stage = await openStage({ onTestFinished }, { script: play({ orchestrator: give(plan) }) });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.execute({ prompt: "Fix the typo in the README", plan: "ai" });
    expect(result).toMatchObject({ status: "unverified", planMode: "template", census: { retried: 2 } });
    expect(result.fallbackReason).toMatch(reason);
    expect(result.steps.map((step) => step.stepKey)).toEqual(["plan", "builder", "tester"]);
    expect((await orchestrator.getTaskDetails(result.taskId)).fallbackReason).toMatch(reason);
  });

  test("with one bad answer is told why and mends it", async (context) => {
    const bad = { ...PLAN, steps: [{ role: "wizard", scope: "Cast.", dependsOn: [] }] };
    const stage = await openStage(context, {
      script: play({
        orchestrator: inOrder(give(bad), (call: CallContext) => {
          expect(JSON.stringify(call.request.messages)).toMatch(/no role .{0,3}wizard/);
          return reply().handoff(PLAN);
        }),
      }),
    });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.execute({ prompt: "Fix the bug", plan: "ai" });
    expect(result).toMatchObject({ status: "unverified", planMode: "ai", fallbackReason: null });
    expect(stepOf(result, "plan").attempt).toBe(2);
  });

  test("whose endpoint refuses the key fails: the template would, too", async (context) => {
    const { httpError } = await import("@claude-orchestrator/rehearsal");
    const stage = await openStage(context, { script: play({ orchestrator: httpError(403) }) });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.execute({ prompt: "Fix the bug", plan: "ai" });
    expect(result).toMatchObject({
      status: "failed",
      error: { code: "authentication_failed" },
      census: { planned: 1 },
    });
  });
});

describe("a workflow file", () => {
  test("is run by name, with its own graph", async (context) => {
    const stage = await openStage(context, { script: play() });
    stage.write(
      ".orchestrator/workflows/careful.yaml",
      "description: Look twice\nsteps:\n  - role: scout\n  - role: analyst\n    dependsOn: []\n  - role: builder\n    dependsOn: [scout, analyst]\n    instructions: Only src\n  - role: custom\n    key: poet\n    systemPrompt: You rhyme.\n    tools: [Read]\n",
    );
    const orchestrator = await stage.orchestrator();
    expect(orchestrator.listWorkflows()).toMatchObject([{ name: "careful", description: "Look twice" }]);
    const result = await orchestrator.execute({ prompt: "Do it", workflow: "careful" });
    expect(result).toMatchObject({ status: "unverified", planMode: "workflow", workflow: "careful" });
    expect(result.steps.map(({ stepKey, dependsOn }) => [stepKey, dependsOn])).toEqual([
      ["scout", []],
      ["analyst", []],
      ["builder", ["scout", "analyst"]],
      ["poet", ["builder"]],
    ]);
    expect(result.agents.find((agent) => agent.stepKey === "poet")).toMatchObject({ role: "custom", tools: ["Read"] });
    await expect(orchestrator.execute({ prompt: "Do it", workflow: "careless" })).rejects.toMatchObject({
      code: "not_found",
      hint: expect.stringContaining("careful"),
    });
  });
});

describe("the queue", () => {
  test("starts a task when the one before it has succeeded, and gives it up when that failed", async (context) => {
    const { httpError } = await import("@claude-orchestrator/rehearsal");
    const stage = await openStage(context, {
      script: play({ scout: (call) => handOver(call).delay(600), analyst: httpError(400) }),
    });
    const orchestrator = await stage.orchestrator();
    let firstId = "";
    const first = orchestrator.executeCustomWorkflow({
      prompt: "First",
      roles: ["scout"],
      onCreated: (taskId) => {
        firstId = taskId;
      },
    });
    while (!firstId) await new Promise((resolve) => setImmediate(resolve));
    const second = await orchestrator.executeCustomWorkflow({ prompt: "Second", roles: ["builder"], after: firstId });
    expect(second.success).toBe(true);
    expect((second.startedAt ?? "") >= ((await first).endedAt ?? "")).toBe(true);
    const broken = await orchestrator.executeCustomWorkflow({ prompt: "Third", roles: ["analyst"] });
    const never = await orchestrator.executeCustomWorkflow({
      prompt: "Fourth",
      roles: ["scout"],
      after: broken.taskId,
    });
    expect(never).toMatchObject({ status: "failed", census: { ran: 0, skipped: 1 }, error: { code: "step_failed" } });
    expect(never.error?.message).toContain(broken.taskId);
  });

  test("follows a task up in its directory, with what it handed over", async (context) => {
    const stage = await openStage(context, { script: play() });
    const orchestrator = await stage.orchestrator();
    const first = await orchestrator.executeCustomWorkflow({ prompt: "Build the door", roles: ["builder"] });
    const second = await orchestrator.followUp(first.taskId, { prompt: "Now paint it", taskType: "default" });
    expect(second).toMatchObject({ status: "unverified", followUpOf: first.taskId, workingDirectory: stage.workspace });
    const elsewhere = await stage.orchestrator({ workingDirectory: stage.home });
    const third = await elsewhere.followUp(first.taskId, {
      prompt: "And oil it",
      workingDirectory: undefined,
      taskType: "default",
    });
    expect(third.workingDirectory).toBe(stage.workspace);
    const told = JSON.stringify(stage.server.calls.at(-1)?.request.messages);
    expect(told).toContain("Build the door");
    expect(told).toContain("And oil it");
  });
});

test("an estimate rests on this repository's own past, and says so where there is none", async (context) => {
  const stage = await openStage(context, { script: play() });
  const orchestrator = await stage.orchestrator();
  const prompt = "Fix the typo in the README";
  expect(await orchestrator.estimate({ prompt })).toMatchObject({
    taskType: "simple_fix",
    complexity: "simple",
    agents: 2,
    forecast: null,
  });
  const result = await orchestrator.execute({ prompt });
  const { forecast } = await orchestrator.estimate({ prompt });
  expect(forecast).toMatchObject({ runs: 1, rolesWithoutHistory: [] });
  expect(forecast?.costUsd?.low).toBeCloseTo(result.metrics.totalCostUsd ?? 0, 9);
  expect(forecast?.tokens.high).toBe(result.metrics.totalTokens);
  const elsewhere = await orchestrator.estimate({ prompt, workingDirectory: stage.home });
  expect(elsewhere.forecast).toBeNull();
});
