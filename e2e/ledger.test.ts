import {
  type CallContext,
  type CutPoint,
  cut,
  errorEvent,
  hang,
  httpError,
  malformedEvent,
  type Reply,
  reply,
  resetConnection,
} from "@claude-orchestrator/rehearsal";
import { describe, expect, it } from "vitest";
import { expectSameCount, handOver, inOrder, openStage, play, type Stage, stepOf, waitFor } from "./fixtures.js";

const READERS = ["scout", "analyst", "planner", "reviewer"];

/** Counts that no other call has, so that rows cannot be mistaken for each other. */
function withOwnCount(call: CallContext, answer: Reply): Reply {
  const { index } = call;
  return answer.usage({
    inputTokens: 1_000 + index,
    outputTokens: 100 + index,
    cacheReadTokens: 5_000 + index,
    cacheWriteTokens: 300 + index,
  });
}

const look = reply().text("Looking around").tool("Glob", { pattern: "*" });
const looking = (call: CallContext) => withOwnCount(call, look);
const finishing = (call: CallContext) => withOwnCount(call, handOver(call));

async function runScout(stage: Stage) {
  const orchestrator = await stage.orchestrator();
  const result = await orchestrator.executeCustomWorkflow({ prompt: "Look around", roles: ["scout"] });
  return { orchestrator, result };
}

describe("the ledger has what the endpoint has counted", () => {
  it("for four agents at the same time", async (test) => {
    const stage = await openStage(test, {
      script: play(Object.fromEntries(READERS.map((role) => [role, [looking, looking, finishing]]))),
    });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Look", roles: READERS, parallel: true });
    expect(result.error).toBeNull();
    expect(await expectSameCount(stage, orchestrator)).toHaveLength(12);
    expect(result.metrics).toMatchObject({ modelCalls: 12, agents: 4 });
    const bySession = stage.server.usageBySession();
    for (const agent of result.agents) {
      const { calls = 0, ...usage } = bySession.get(agent.sessionId ?? "") ?? {};
      expect(agent).toMatchObject({ ...usage, modelCalls: calls });
    }
  });

  const mended: [string, Reply][] = [
    ["a 429", httpError(429)],
    ["a 529", httpError(529)],
    ["a reset connection", resetConnection()],
    ["an error event", errorEvent("api_error")],
    ["an overloaded event", errorEvent("overloaded_error")],
    ["a malformed event", malformedEvent()],
    ...(["before-headers", "at-start", "mid-block", "before-stop"] as const).map((where: CutPoint): [string, Reply] => [
      `a cut ${where}`,
      cut(where),
    ]),
  ];
  it.for(mended)("after %s and then an answer", async ([_, failure], test) => {
    const stage = await openStage(test, {
      script: play({ scout: [(call) => looking(call).failFirst(1, failure), finishing] }),
    });
    const { orchestrator, result } = await runScout(stage);
    expect(result.error).toBeNull();
    await expectSameCount(stage, orchestrator);
  });

  // Slow enough for the CLI to take in each block, and to run a tool whose message never ends.
  it.for(["mid-block", "before-stop"] as const)("after a slow answer that is cut %s", async (where, test) => {
    const stage = await openStage(test, {
      script: play({
        scout: inOrder((call) => cut(where, looking(call).delayBetweenEvents(20)), looking, finishing),
      }),
    });
    const { orchestrator, result } = await runScout(stage);
    expect(result.error).toBeNull();
    const rows = await expectSameCount(stage, orchestrator);
    expect(rows.map((row) => row.state)).toEqual(["incomplete", "complete", "complete"]);
  });

  it("for answers that all have the same id", async (test) => {
    const same = (step: (call: CallContext) => Reply) => (call: CallContext) => step(call).messageId("msg_same");
    const stage = await openStage(test, {
      // The CLI takes answers with one id for one answer, so that the conversation does not tell the turn.
      script: play({ scout: inOrder(same(looking), same(looking), same(finishing)), planner: same(finishing) }),
    });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Look", roles: ["scout", "planner"] });
    expect(result.error).toBeNull();
    const rows = await expectSameCount(stage, orchestrator);
    expect(rows.map((row) => row.apiMessageId)).toEqual(Array(4).fill("msg_same"));
  });

  it("for an endpoint that answers under another model's name", async (test) => {
    const renamed = (step: (call: CallContext) => Reply) => (call: CallContext) => step(call).model("other-model");
    const stage = await openStage(test, { script: play({ scout: [renamed(looking), renamed(finishing)] }) });
    const { orchestrator, result } = await runScout(stage);
    expect(result.error).toBeNull();
    const rows = await expectSameCount(stage, orchestrator);
    expect(rows.map((row) => row.model)).toEqual(["other-model", "other-model"]);
    expect(result).toMatchObject({ costUsd: null, unpricedCalls: 2, metrics: { totalCostUsd: null } });
  });

  it("after the agent's process was killed in the middle of a call: one incomplete row, and a second attempt", async (test) => {
    const stage = await openStage(test, {
      script: play({ scout: inOrder(looking, () => hang(), looking, finishing) }),
    });
    const orchestrator = await stage.orchestrator();
    const running = orchestrator.executeCustomWorkflow({ prompt: "Look around", roles: ["scout"] });
    await waitFor("the call that hangs", () => stage.server.calls.length === 2);
    const [agent] = await orchestrator.listAgents({ status: "running" });
    process.kill(agent?.pid ?? 0, "SIGKILL");
    const result = await running;
    expect(result.error).toBeNull();
    expect(stepOf(result, "scout").attempt).toBe(2);
    expect(result.census?.retried).toBe(1);
    expect(result.agents).toHaveLength(2);
    expect(result.agents[0]).toMatchObject({ error: { code: "process_exited" }, incompleteCalls: 1 });
    const rows = await expectSameCount(stage, orchestrator);
    expect(rows.map((row) => row.state)).toEqual(["complete", "incomplete", "complete", "complete"]);
  });
});
