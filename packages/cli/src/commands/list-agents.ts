import { AGENT_STATUSES, type AgentDetails, type Orchestrator } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { formatCostOf, formatCount, oneLine, paint, paintStatus, tokensOf } from "../output/format.js";
import { renderTable } from "../output/table.js";
import { withOrchestrator } from "../session.js";
import { invalid, parseChoice, parseLimit } from "./options.js";

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
        isGone(agent) ? paint("yellow", "gone") : paintStatus(agent.status),
        oneLine(agent.model, 10),
        formatCount(tokensOf(agent)),
        `${formatCostOf(agent)}${agent.rehearsal ? "*" : ""}`,
        agent.activity || agent.stepKey || agent.name,
      ]);
      console.log(renderTable(["agent", "role", "status", "model", ">tokens", ">cost", "doing"], rows));
      if (agents.some((agent) => agent.rehearsal))
        console.log("* a rehearsal: the model was scripted, nothing was charged");
    });
}

async function findAgents(flags: ListAgentsFlags): Promise<AgentDetails[]> {
  const status = flags.status === undefined ? undefined : parseChoice(flags.status, AGENT_STATUSES, "a status");
  const limit = parseLimit(flags.limit);
  return withOrchestrator({}, async (orchestrator) => {
    const taskId = flags.task === undefined ? undefined : (await orchestrator.getTaskDetails(flags.task)).taskId;
    const agents = await orchestrator.listAgents({
      limit,
      isDeleted: flags.all || status === "deleted" ? undefined : false,
      ...(flags.role === undefined ? {} : { role: flags.role }),
      ...(status ? { status } : {}),
      ...(taskId === undefined ? {} : { taskId }),
    });
    if (agents.length === 0) refuseUnknownRole(orchestrator, flags.role);
    return agents;
  });
}

/** It reads as working, and the process that ran it is not there any more. */
function isGone({ status, ownerAlive, taskId }: AgentDetails): boolean {
  return !ownerAlive && (status === "running" || (status === "created" && taskId !== null));
}

/** Nobody has that role: where there is none of that name either, it was a slip. */
function refuseUnknownRole(orchestrator: Orchestrator, role: string | undefined): void {
  const names = orchestrator.listRoles().roles.map((each) => each.name);
  if (role === undefined || role === "custom" || names.includes(role)) return;
  throw invalid(`No agent has the role "${role}", and there is no such role`, `The roles are: ${names.join(", ")}.`);
}
