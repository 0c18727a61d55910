import { AGENT_STATUSES, type AgentRecord } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { formatCost, formatCount, oneLine, paintStatus, tokensOf } from "../output/format.js";
import { renderTable } from "../output/table.js";
import { withOrchestrator } from "../session.js";
import { unknownStatus } from "./list-tasks.js";
import { parseLimit } from "./options.js";

interface ListAgentsFlags {
  role?: string;
  status?: string;
  task?: string;
  all?: true;
  limit: string;
  json?: true;
}

export function registerListAgents(program: Command): void {
  program
    .command("list-agents")
    .description("the agents that live; a workflow's agents are deleted when their task ends")
    .option("--role <role>", "only those of a role")
    .option("--status <status>", `only those that are ${AGENT_STATUSES.join(", ")}`)
    .option("--task <id>", "only those of a task")
    .option("--all", "the deleted ones, too")
    .option("--limit <count>", "at most so many", "1000")
    .option("--json", "print an array")
    .action(async (flags: ListAgentsFlags) => {
      const agents = await findAgents(flags);
      if (flags.json) return console.log(JSON.stringify(agents, null, 2));
      if (agents.length === 0)
        return console.log("No agents live now. To see those of ended tasks: orchestrator list-agents --all");
      const rows = agents.map((agent) => [
        agent.agentId,
        oneLine(agent.role, 12),
        paintStatus(agent.status),
        oneLine(agent.model, 10),
        formatCount(tokensOf(agent)),
        `${formatCost(agent.costUsd)}${agent.rehearsal ? "*" : ""}`,
        oneLine(agent.activity || agent.stepKey || "", 20),
      ]);
      console.log(renderTable(["agent", "role", "status", "model", ">tokens", ">cost", "doing"], rows));
      if (agents.some((agent) => agent.rehearsal))
        console.log("* a rehearsal: the model was scripted, nothing was charged");
    });
}

async function findAgents(flags: ListAgentsFlags): Promise<AgentRecord[]> {
  const status = AGENT_STATUSES.find((each) => each === flags.status);
  if (flags.status !== undefined && !status) throw unknownStatus(flags.status, AGENT_STATUSES);
  const limit = parseLimit(flags.limit);
  return withOrchestrator({}, async (orchestrator) => {
    const taskId = flags.task === undefined ? undefined : (await orchestrator.getTaskDetails(flags.task)).taskId;
    const agents = await orchestrator.listAgents({
      limit,
      ...(flags.role === undefined ? {} : { role: flags.role }),
      ...(status ? { status } : {}),
      ...(taskId === undefined ? {} : { taskId }),
    });
    return agents.filter((agent) => flags.all || status === "deleted" || agent.status !== "deleted");
  });
}
