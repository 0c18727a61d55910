import type { AgentRecord, UsageTotals } from "../../api/types.ts";
import { type Spending, type TokenCounts, totalTokens } from "../../format/amounts.ts";

export type StepUsage = Spending & TokenCounts & { tokens: number; agents: AgentRecord[] };

const COUNTS = [
  "inputTokens",
  "outputTokens",
  "cacheReadTokens",
  "cacheWriteTokens",
  "modelCalls",
  "incompleteCalls",
  "unpricedCalls",
] as const satisfies readonly (keyof UsageTotals)[];

/**
 * What a step has used: all agents that have worked on it. The cost is unknown when there were calls and the price of
 * none is known.
 *
 * @param agents - of the task
 * @param stepKey - the step
 */
export function usageOfStep(agents: readonly AgentRecord[], stepKey: string): StepUsage {
  const own = agents.filter((agent) => agent.stepKey === stepKey);
  const sum = {
    ...{ inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 },
    ...{ modelCalls: 0, incompleteCalls: 0, unpricedCalls: 0 },
  };
  for (const agent of own) for (const key of COUNTS) sum[key] += agent[key];
  const priced = own.flatMap((agent) => agent.costUsd ?? []);
  const costUsd = priced.length === 0 && sum.modelCalls > 0 ? null : priced.reduce((total, cost) => total + cost, 0);
  return { ...sum, costUsd, tokens: totalTokens(sum), agents: own };
}
