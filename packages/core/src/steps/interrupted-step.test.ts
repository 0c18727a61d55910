import { expect, test } from "vitest";
import type { StepRecord, Store } from "../store/index.js";
import { findPredecessor } from "./interrupted-step.js";

/** A store that knows agents of one task, and what happened to each. */
function storeOf(agents: readonly { agentId: string; stepKey: string; events: object[] }[]): Store {
  const known = {
    listAgents: async () => agents,
    readEvents: async ({ agentId }: { agentId: string }) => agents.find((each) => each.agentId === agentId)?.events,
  };
  return known as unknown as Store;
}

const step = { taskId: "task_a", stepKey: "builder" } as StepRecord;
const replaced = (summary: string) => ({ type: "step.agent_replaced", data: { percentage: 81, handoff: { summary } } });

test("whoever goes on with a step knows what the last agent handed over whose context was full", async () => {
  const store = storeOf([
    { agentId: "agent_1", stepKey: "builder", events: [replaced("the first half")] },
    { agentId: "agent_2", stepKey: "builder", events: [{ type: "agent.ended" }, replaced("three quarters")] },
    { agentId: "agent_3", stepKey: "builder", events: [{ type: "agent.started" }] },
    { agentId: "agent_4", stepKey: "tester", events: [replaced("another step")] },
  ]);
  expect(await findPredecessor(store, step)).toEqual({ summary: "three quarters" });
});

test("a step whose agents were never full has nothing of the kind", async () => {
  const store = storeOf([{ agentId: "agent_1", stepKey: "builder", events: [{ type: "agent.ended" }] }]);
  expect(await findPredecessor(store, step)).toBeNull();
});
