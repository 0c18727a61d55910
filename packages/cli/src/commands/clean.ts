import {
  type CleanedData,
  type CleanedWorkspace,
  type Orchestrator,
  OrchestratorError,
} from "@claude-orchestrator/core";
import type { Command } from "commander";
import { countOf, formatBytes, formatTime, oneLine, paint, wrap } from "../output/format.js";
import { renderTable } from "../output/table.js";
import { withOrchestrator } from "../session.js";
import { NO_LIMIT, parseSpan } from "./options.js";

/** Something that was looked at: an old record, what a task has left in a repository, or what lies in the data folder. */
interface Cleaned {
  kind: "task" | "agent" | "workspace" | CleanedData["kind"];
  /** Of the task, or the agent; `null` for what lies in the data folder. */
  id: string | null;
  /** `null` for all but tasks and agents. */
  endedAt: string | null;
  /** The prompt, the agent's name, the worktree, the branch, the file or the folder. */
  what: string;
  action: CleanedWorkspace["action"] | CleanedData["action"];
  reason: string;
  /** What it takes on the disk, or has freed; `null` where that was not measured. */
  bytes: number | null;
  /** Refs under which what existed nowhere else is kept now. */
  rescued: string[];
}

const OLD_ENOUGH = "it ended long enough ago";

export function registerClean(program: Command): void {
  program
    .command("clean")
    .description("remove what nobody needs: worktrees, branches, old records, logs, copies; compact the database")
    .option("--older-than <span>", "records: ended longer ago than this: 90m, 12h, 30d, 2w", "30d")
    .option("--dry-run", "only say what would be removed")
    .option("--json", "print an array")
    .action(async (flags: { olderThan: string; dryRun?: true; json?: true }) => {
      const before = new Date(Date.now() - parseSpan(flags.olderThan)).toISOString();
      const { workspaces, records, data } = await withOrchestrator({}, async (orchestrator) => {
        const cleaned = await orchestrator.cleanWorkspaces({ dryRun: flags.dryRun });
        const found = await find(orchestrator, before);
        if (!flags.dryRun) for (const each of found) each.rescued = await remove(orchestrator, each);
        // Last, so that the room that was made is seen.
        const lying = (await orchestrator.cleanData({ dryRun: flags.dryRun })).map(toCleanedData);
        return { workspaces: cleaned.map(toCleaned), records: found, data: lying };
      });
      if (flags.json) return console.log(JSON.stringify([...workspaces, ...records, ...data], null, 2));
      if (workspaces.length > 0) console.log(`${renderThings(workspaces, flags.dryRun === true)}\n`);
      console.log(renderRecords(records, flags));
      if (data.length > 0) console.log(`\n${renderThings(data, flags.dryRun === true)}`);
    });
}

function toCleaned({ taskId, what, action, reason, rescued }: CleanedWorkspace): Cleaned {
  const refs = rescued === null ? [] : [rescued];
  return { kind: "workspace", id: taskId, endedAt: null, what, action, reason, bytes: null, rescued: refs };
}

function toCleanedData(data: CleanedData): Cleaned {
  return { ...data, id: null, endedAt: null, rescued: [] };
}

async function find(orchestrator: Orchestrator, before: string): Promise<Cleaned[]> {
  const [tasks, agents] = await Promise.all([
    orchestrator.listTasks({ limit: NO_LIMIT }),
    orchestrator.listAgents({ status: "deleted", limit: NO_LIMIT }),
  ]);
  const old = { action: "removed", reason: OLD_ENOUGH, bytes: null } as const;
  return [
    ...tasks.flatMap(({ taskId, endedAt, prompt }): Cleaned[] =>
      endedAt !== null && endedAt < before
        ? [{ kind: "task", id: taskId, endedAt, what: prompt, ...old, rescued: [] }]
        : [],
    ),
    ...agents.flatMap(({ agentId, taskId, endedAt, name, role }): Cleaned[] =>
      taskId === null && endedAt !== null && endedAt < before
        ? [{ kind: "agent", id: agentId, endedAt, what: `${name} (${role}), deleted`, ...old, rescued: [] }]
        : [],
    ),
  ];
}

/** @returns the refs that hold what was kept */
async function remove(orchestrator: Orchestrator, { kind, id }: Cleaned): Promise<string[]> {
  if (id === null) return [];
  try {
    if (kind === "task") return await orchestrator.deleteTask(id);
    await orchestrator.deleteAgentRecord(id);
  } catch (error) {
    // Somebody else cleans at the same time: what is gone is gone.
    if (!OrchestratorError.is(error) || error.code !== "not_found") throw error;
  }
  return [];
}

const WOULD = { removed: "would be removed", compacted: "would be compacted", kept: "kept" } as const;

/** What is no record: one below the other, with the reason and where the rest of it is. */
function renderThings(things: readonly Cleaned[], isDryRun: boolean): string {
  return things
    .map(({ kind, id, what, action, reason, bytes, rescued }) => {
      const word = paint(action === "kept" ? "yellow" : "green", isDryRun ? WOULD[action] : action);
      const size = bytes === null ? "" : `  ${formatBytes(bytes)}`;
      const refs = rescued.map((ref) => `  kept as ${ref}`);
      return [`${word}  ${id ?? kind}${size}`, `  ${what}`, wrap(reason, 2), ...refs].join("\n");
    })
    .join("\n");
}

function renderRecords(records: readonly Cleaned[], flags: { olderThan: string; dryRun?: true }): string {
  if (records.length === 0) return `Nothing ended longer than ${flags.olderThan} ago.`;
  const rows = records.map(({ id, endedAt, what }) => [
    id ?? "",
    formatTime(endedAt ?? "").slice(0, 16),
    oneLine(what, 36),
  ]);
  const numberOf = (kind: Cleaned["kind"]) => countOf(records.filter((each) => each.kind === kind).length, kind);
  const kept = records.flatMap(({ rescued }) => rescued.map((ref) => `kept as ${ref}`));
  const count = `${numberOf("task")}, ${numberOf("agent")}.`;
  return [
    renderTable(["id", "ended", "what"], rows),
    "",
    flags.dryRun ? `Would be removed: ${count}` : `Removed: ${count}`,
    ...kept,
  ].join("\n");
}
