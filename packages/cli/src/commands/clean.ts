import { type Orchestrator, OrchestratorError } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { countOf, formatTime, oneLine } from "../output/format.js";
import { renderTable } from "../output/table.js";
import { withOrchestrator } from "../session.js";
import { NO_LIMIT, parseSpan } from "./options.js";

interface Cleanable {
  kind: "task" | "agent";
  id: string;
  endedAt: string;
  what: string;
}

export function registerClean(program: Command): void {
  program
    .command("clean")
    .description("remove records and logs of what ended long ago; costs stay in the ledger, without any text")
    .option("--older-than <span>", "ended longer ago than this: 90m, 12h, 30d, 2w", "30d")
    .option("--dry-run", "only say what would be removed")
    .option("--json", "print an array")
    .action(async (flags: { olderThan: string; dryRun?: true; json?: true }) => {
      const before = new Date(Date.now() - parseSpan(flags.olderThan)).toISOString();
      const found = await withOrchestrator({}, async (orchestrator) => {
        const cleanable = await find(orchestrator, before);
        if (!flags.dryRun) for (const each of cleanable) await remove(orchestrator, each);
        return cleanable;
      });
      if (flags.json) return console.log(JSON.stringify(found, null, 2));
      if (found.length === 0) return console.log(`Nothing ended longer than ${flags.olderThan} ago.`);
      const rows = found.map(({ id, endedAt, what }) => [id, formatTime(endedAt).slice(0, 16), oneLine(what, 36)]);
      console.log(renderTable(["id", "ended", "what"], rows));
      const count = `${countOf(found.filter((each) => each.kind === "task").length, "task")}, ${countOf(found.filter((each) => each.kind === "agent").length, "agent")}`;
      console.log(flags.dryRun ? `\nWould be removed: ${count}.` : `\nRemoved: ${count}.`);
    });
}

async function find(orchestrator: Orchestrator, before: string): Promise<Cleanable[]> {
  const [tasks, agents] = await Promise.all([
    orchestrator.listTasks({ limit: NO_LIMIT }),
    orchestrator.listAgents({ status: "deleted", limit: NO_LIMIT }),
  ]);
  return [
    ...tasks.flatMap(({ taskId, endedAt, prompt }) =>
      endedAt !== null && endedAt < before ? [{ kind: "task" as const, id: taskId, endedAt, what: prompt }] : [],
    ),
    ...agents.flatMap(({ agentId, taskId, endedAt, name, role }) =>
      taskId === null && endedAt !== null && endedAt < before
        ? [{ kind: "agent" as const, id: agentId, endedAt, what: `${name} (${role}), deleted` }]
        : [],
    ),
  ];
}

async function remove(orchestrator: Orchestrator, { kind, id }: Cleanable): Promise<void> {
  try {
    await (kind === "task" ? orchestrator.deleteTask(id) : orchestrator.deleteAgentRecord(id));
  } catch (error) {
    // Somebody else cleans at the same time: what is gone is gone.
    if (!OrchestratorError.is(error) || error.code !== "not_found") throw error;
  }
}
