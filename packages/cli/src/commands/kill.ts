import type { Command } from "commander";
import { withOrchestrator } from "../session.js";

export function registerKill(program: Command): void {
  program
    .command("kill")
    .description("end an agent's process at once; a step's agent fails its step, one made by hand lives on")
    .argument("<agent-id>", "the id, or the beginning of it")
    .action(async (agentId: string) => {
      const agent = await withOrchestrator({}, async (orchestrator) => {
        const { agentId: id } = await orchestrator.getAgentDetails(agentId);
        await orchestrator.killAgent(id, "from the command line");
        return orchestrator.getAgentDetails(id);
      });
      const after = agent.taskId === null ? "It comes back with its next message." : "Its step has failed.";
      console.log(`The process of ${agent.agentId} is gone. ${after}`);
    });
}
