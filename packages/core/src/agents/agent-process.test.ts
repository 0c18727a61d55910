import { expect, test } from "vitest";
import { OrchestratorError } from "../domain/index.js";
import { AgentProcess, type AgentProcessOptions } from "./agent-process.js";

test("an agent whose process does not start listens for the fleet's holds no more", async () => {
  let listening = 0;
  const onHeld = () => {
    listening += 1;
    return () => {
      listening -= 1;
    };
  };
  const start = async () => {
    throw new OrchestratorError("start_failed", "The Claude process did not start.", "Run: orchestrator doctor");
  };
  const agent = { agentId: "agent_a", taskId: null, stepKey: null, settings: {}, tools: [] };
  const options = { runtime: { start }, config: { costTracking: true, prices: [] }, holds: { onHeld }, agent };
  const process = new AgentProcess(options as unknown as AgentProcessOptions);
  expect(listening).toBe(1);
  await expect(process.ready()).rejects.toMatchObject({ code: "start_failed" });
  expect(listening).toBe(0);
});
