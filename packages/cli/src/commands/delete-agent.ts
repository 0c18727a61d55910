import type { Command } from "commander";
import { withOrchestrator } from "../session.js";

export function registerDeleteAgent(program: Command): void {
  program
    .command("delete-agent")
    .description("end and delete an agent that was made by hand; its record, log and costs stay")
    .argument("<agent-id>", "the id, or the beginning of it")
    .option("--conversation", "delete also what the CLI has kept of its conversation")
    .option("--json", "print the agent as an object")
    .action(async (agentId: string, flags: { conversation?: true; json?: true }) => {
      const agent = await withOrchestrator({}, async (orchestrator) => {
        const { agentId: id } = await orchestrator.getAgentDetails(agentId);
        await orchestrator.deleteAgent(id, { deleteConversation: flags.conversation === true });
        return orchestrator.getAgentDetails(id);
      });
      console.log(flags.json ? JSON.stringify(agent, null, 2) : `${agent.agentId} is deleted.`);
    });
}
