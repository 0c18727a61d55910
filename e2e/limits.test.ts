import { type CallContext, type Reply, reply, script } from "@claude-orchestrator/rehearsal";
import { describe, expect, test } from "vitest";
import { expectSameCount, handOver, openStage, play, stepOf, waitFor } from "./fixtures.js";

/** 10 000 tokens of sonnet's input: two cents. */
const TWO_CENTS = { inputTokens: 10_000, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };

/** An agent that would work for ever, at two cents a call. */
function work(call: CallContext): Reply {
  return reply()
    .tool("Bash", { command: `ls ${call.index}`, description: "look" })
    .usage(TWO_CENTS);
}

describe("the budget of a task", () => {
  test("ends it after the call that reaches it: the third of two cents each, for five cents", async (context) => {
    const stage = await openStage(context, { script: script().otherwise(work) });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Spend", roles: ["scout"], budgetUsd: 0.05 });
    expect(stage.server.calls).toHaveLength(3);
    expect(result).toMatchObject({
      status: "failed",
      error: { code: "budget_reached", message: "The task has spent $0.0600 of its budget of $0.0500." },
      metrics: { totalCostUsd: expect.closeTo(0.06, 9) },
    });
    await expectSameCount(stage, orchestrator);
  });

  test("is shared by agents side by side: none makes more than one call beyond it", async (context) => {
    const stage = await openStage(context, { script: script().otherwise((call) => work(call).delay(100)) });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({
      prompt: "Spend",
      roles: ["scout", "analyst", "reviewer"],
      parallel: true,
      budgetUsd: 0.1,
    });
    expect(result.error?.code).toBe("budget_reached");
    // Five calls reach it; each of the other two agents may have one on its way.
    expect(stage.server.calls.length).toBeLessThanOrEqual(7);
    expect(result.metrics.totalCostUsd).toBeLessThanOrEqual(0.14 + 1e-9);
  });

  test("does not take back an answer that is there: the last one may reach it", async (context) => {
    const stage = await openStage(context, { script: play({ scout: (call) => handOver(call).usage(TWO_CENTS) }) });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Look", roles: ["scout"], budgetUsd: 0.01 });
    expect(result).toMatchObject({ status: "unverified", success: true });
  });
});

describe("the budget of a day", () => {
  test("stops the next task before it starts, and the next message to an agent", async (context) => {
    const stage = await openStage(context, {
      script: play({ scout: (call) => handOver(call).usage(TWO_CENTS) }),
      environment: { ORCHESTRATOR_DAILY_BUDGET_USD: "0.03" },
    });
    const orchestrator = await stage.orchestrator();
    const run = () => orchestrator.executeCustomWorkflow({ prompt: "Look", roles: ["scout"] });
    expect((await run()).success).toBe(true);
    expect((await run()).success).toBe(true);
    await expect(run()).rejects.toMatchObject({
      code: "budget_reached",
      message: "Today's work has spent $0.0400 of its budget of $0.0300.",
    });
    expect(await orchestrator.listTasks()).toHaveLength(2);
    const id = await orchestrator.createAgent({ role: "scout" });
    expect(await orchestrator.sendToAgent(id, "hello")).toMatchObject({
      status: "failed",
      error: { code: "budget_reached" },
    });
    expect(stage.server.calls).toHaveLength(2);
  });
});

describe("an agent whose context is nearly full", () => {
  test("concludes, hands over, and a fresh one goes on; the step succeeds", async (context) => {
    const stage = await openStage(context, {
      script: play({
        scout: (call) => {
          const isSecond = call.userText.includes("Your predecessor's result");
          const isToldToStop = JSON.stringify(call.request.messages).includes("Stop working now");
          const used = { inputTokens: isSecond ? 1_000 : 850_000, outputTokens: 1 };
          if (isSecond)
            return reply().handoff({ summary: "all of it", keyFindings: [], relevantFiles: [] }).usage(used);
          if (isToldToStop)
            return reply().handoff({ summary: "half of it", keyFindings: [], relevantFiles: [] }).usage(used);
          return reply()
            .tool("Glob", { pattern: `*${call.turn}` })
            .usage(used);
        },
      }),
    });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Look", roles: ["scout"] });
    expect(result).toMatchObject({ status: "unverified", output: "all of it", census: { retried: 0 } });
    expect(result.agents.map((agent) => [agent.stepKey, agent.status])).toEqual([
      ["scout", "deleted"],
      ["scout", "deleted"],
    ]);
    expect(result.agents[0]?.contextPercentage).toBeGreaterThanOrEqual(80);
    const second = stage.server.calls.find((call) => JSON.stringify(call.request.messages).includes("predecessor"));
    expect(JSON.stringify(second?.request.messages)).toContain("half of it");
    await expectSameCount(stage, orchestrator);
  });

  test("again and again fails its step in the end", async (context) => {
    const stage = await openStage(context, {
      script: play({
        scout: (call) =>
          (call.turn === 0 ? reply().tool("Glob", { pattern: "*" }) : handOver(call)).usage({ inputTokens: 900_000 }),
      }),
    });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Look", roles: ["scout"] });
    expect(stepOf(result, "scout")).toMatchObject({ status: "failed", error: { code: "context_full" } });
    expect(result.agents).toHaveLength(5);
  });
});

describe("status checks", () => {
  test("report a looping agent, tell it, and stop it, without a model call of their own", async (context) => {
    const stage = await openStage(context, {
      script: script().otherwise(reply().tool("Bash", { command: "ls", description: "look" }).delay(250)),
      environment: { MONITOR_INTERVAL_SECONDS: "1" },
    });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Look", roles: ["scout"] });
    expect(stepOf(result, "scout")).toMatchObject({ status: "failed", error: { code: "agent_stuck" } });
    const checks = [];
    for await (const event of orchestrator.events({ taskId: result.taskId })) {
      if (event.type === "agent.checked") checks.push(event.data);
      if (event.type === "task.ended") break;
    }
    expect(checks.map((check) => check.action).filter((action) => action !== "none")).toEqual([
      "reported",
      "nudged",
      "stopped",
    ]);
    expect(checks.at(-1)).toMatchObject({ finding: "looping" });
    expect(result.agents[0]?.finding).toBe("looping");
    expect(
      stage.server.calls.some((call) => JSON.stringify(call.request.messages).includes("A status check found")),
    ).toBe(true);
    expect(result.digest).toMatchObject({ stepKey: "scout", lastTool: { name: "Bash", input: "ls" } });
  });

  test("leave an agent alone that waits for a slow model", async (context) => {
    const stage = await openStage(context, {
      script: play({ scout: (call) => handOver(call).delay(5_500) }),
      environment: { MONITOR_INTERVAL_SECONDS: "1" },
    });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Look", roles: ["scout"] });
    expect(result.success).toBe(true);
    expect(result.agents[0]?.finding).toBeNull();
  });
});

test("an agent of a step can be written to and killed from another program", async (context) => {
  const stage = await openStage(context, {
    script: script().otherwise((call) =>
      JSON.stringify(call.request.messages).includes("look at b")
        ? handOver(call)
        : reply()
            .tool("Bash", { command: `ls ${call.turn}`, description: "look" })
            .delay(200),
    ),
  });
  const orchestrator = await stage.orchestrator();
  const other = await stage.orchestrator();
  const running = orchestrator.executeCustomWorkflow({ prompt: "Look", roles: ["scout"] });
  const agent = await waitFor("the agent", async () => (await other.listAgents({ status: "running" }))[0]);
  await waitFor("its first call", () => stage.server.calls.length > 0);
  expect(await other.sendToAgent(agent.agentId, "look at b")).toMatchObject({ status: "answered", steered: true });
  expect((await running).success).toBe(true);
  await expect(other.sendToAgent(agent.agentId, "more")).rejects.toMatchObject({ code: "agent_deleted" });

  const second = orchestrator.executeCustomWorkflow({ prompt: "Look", roles: ["scout"] });
  const victim = await waitFor("the next agent", async () => (await other.listAgents({ status: "running" }))[0]);
  await other.killAgent(victim.agentId, "enough");
  expect(await second).toMatchObject({
    status: "failed",
    digest: { cause: { message: "The agent was killed: enough." } },
  });
});
