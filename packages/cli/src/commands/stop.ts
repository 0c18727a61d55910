import { isTaskEnded } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { countOf } from "../output/format.js";
import { withOrchestrator } from "../session.js";
import { invalid, NO_LIMIT } from "./options.js";

export function registerStop(program: Command): void {
  program
    .command("stop")
    .description("stop everything: cancel every task and end the processes of agents made by hand")
    .option("--all", "to say that you mean it")
    .action(async (flags: { all?: true }) => {
      if (!flags.all)
        throw invalid("stop ends every task that runs", "Say orchestrator stop --all, or cancel <task-id>.");
      const { tasks, agents } = await withOrchestrator({}, async (orchestrator) => {
        const open = (await orchestrator.listTasks({ limit: NO_LIMIT })).filter((task) => !isTaskEnded(task.status));
        for (const { taskId } of open) await orchestrator.cancel(taskId, "everything was stopped");
        const alive = (await orchestrator.listAgents({ isDeleted: false, limit: NO_LIMIT })).filter(
          (agent) => agent.taskId === null && agent.ownerAlive,
        );
        for (const { agentId } of alive) await orchestrator.killAgent(agentId, "everything was stopped");
        return { tasks: open.length, agents: alive.length };
      });
      console.log(
        `${countOf(tasks, "task")} and ${countOf(agents, "agent")} are being ended. See: orchestrator status`,
      );
    });
}
