import { describe, expect, it } from "vitest";
import type { AgentRecord } from "../../api/types.ts";
import { usageOfStep } from "./steps-usage.ts";

function agent(stepKey: string, costUsd: number | null, modelCalls = 1): AgentRecord {
  return {
    ...{ agentId: "a", taskId: "t", stepKey, name: stepKey, role: stepKey, model: "sonnet", workingDirectory: "/" },
    ...{
      rehearsal: false,
      status: "completed",
      messages: 1,
      toolCalls: 0,
      retries: 0,
      activity: "",
    },
    ...{ contextUsedTokens: null, contextWindowTokens: null, contextPercentage: null, finding: null, error: null },
    ...{ createdAt: "", startedAt: null, endedAt: null, sessionId: null, pid: null, guard: null, startMs: null },
    ...{ inputTokens: 1, outputTokens: 10, cacheReadTokens: 100, cacheWriteTokens: 1_000 },
    ...{ cacheWriteOneHourTokens: 0, webSearches: 0, modelCalls, incompleteCalls: 0, costUsd, unpricedCalls: 0 },
  };
}

describe("what a step has used", () => {
  it("is what all its agents have used", () => {
    const usage = usageOfStep([agent("builder", 0.25), agent("builder", 0.5), agent("tester", 4)], "builder");
    expect([usage.costUsd, usage.tokens, usage.agents.length]).toEqual([0.75, 2_222, 2]);
  });

  it("is unknown in money when the price of no call is known", () => {
    expect(usageOfStep([agent("builder", null)], "builder").costUsd).toBeNull();
  });

  it("is nothing without agents, or where no call was made", () => {
    expect(usageOfStep([], "check").costUsd).toBe(0);
    expect(usageOfStep([agent("builder", null, 0)], "builder").costUsd).toBe(0);
  });
});
