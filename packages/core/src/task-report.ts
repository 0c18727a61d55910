import { join } from "node:path";
import { requireFromPackage } from "./config/index.js";
import { EVENT_VERSION, OrchestratorError } from "./domain/index.js";
import { PRICES_DATE } from "./ledger/index.js";
import {
  gatherReportEvents,
  hasFailed,
  type ReportDiff,
  type ReportLog,
  readReportLog,
  renderTaskReport,
  type TaskReportInput,
} from "./observability/index.js";
import type { Store } from "./store/index.js";
import type { TaskDetails } from "./task-details.js";
import { type DiffOptions, readTaskDiff } from "./task-diff.js";

const { version } = requireFromPackage("./package.json") as { version: string };

/**
 * Gathers what a report shows, and writes it.
 *
 * @param store - the store
 * @param home - the data folder
 * @param details - the task with its steps, agents, files, checks and workspaces
 * @param claudeVersion - of the CLI as it is installed now; `null` where it is not
 * @returns an HTML document that loads nothing
 */
export async function writeTaskReport(
  store: Store,
  home: string,
  details: TaskDetails,
  claudeVersion: string | null,
): Promise<string> {
  const { taskId, rehearsal } = details;
  const [events, role, model] = await Promise.all([
    gatherReportEvents(store, taskId),
    store.costs("role", { taskId, rehearsal }),
    store.costs("model", { taskId, rehearsal }),
  ]);
  const diff = await readDiff(store, home, details, {});
  const { ownerAlive, steps, agents, files, checks, workspaces, digest } = details;
  const versions: TaskReportInput["versions"] = [
    { name: "Orchestrator", version },
    { name: "Claude Code, as installed now", version: claudeVersion ?? "not installed" },
    { name: "Node.js", version: process.versions.node },
    { name: "Event format", version: String(EVENT_VERSION) },
    { name: "Price list", version: `of ${PRICES_DATE}` },
  ];
  return renderTaskReport({
    task: details,
    ...{ ownerAlive, steps, agents, files, checks, workspaces, digest },
    diff,
    stepDiffs: await readStepDiffs(store, home, details, diff),
    logs: await readLogs(home, details),
    events,
    costs: { role, model },
    versions,
    writtenAt: new Date().toISOString(),
  });
}

/** A report shows less of a step's diff than this; so much of each is held at once. */
const MAX_STEP_PATCH = 1_000_000;

async function readStepDiffs(
  store: Store,
  home: string,
  details: TaskDetails,
  whole: ReportDiff,
): Promise<Map<string, ReportDiff>> {
  const diffs = new Map<string, ReportDiff>();
  // One after another: each is a git process, and a task may have a hundred steps.
  for (const { stepKey, fromTree, toTree } of details.steps) {
    if (!fromTree || !toTree || fromTree === toTree) continue;
    const diff = await readDiff(store, home, details, { stepKey });
    const patch = diff.patch === whole.patch ? whole.patch : cut(diff.patch);
    diffs.set(stepKey, { ...diff, patch });
  }
  return diffs;
}

/** A copy: a mere slice would hold on to the whole. */
function cut(patch: string): string {
  return patch.length <= MAX_STEP_PATCH ? patch : Buffer.from(patch.slice(0, MAX_STEP_PATCH)).toString();
}

/** A diff, or why there is none: a report is written all the same. */
async function readDiff(store: Store, home: string, task: TaskDetails, options: DiffOptions): Promise<ReportDiff> {
  try {
    return { ...(await readTaskDiff(store, home, task, options)), problem: null };
  } catch (error) {
    const problem = OrchestratorError.is(error) || error instanceof Error ? error.message : String(error);
    return { changes: [], patch: "", problem };
  }
}

async function readLogs(home: string, { checks }: TaskDetails): Promise<Map<string, ReportLog>> {
  const logs = new Map<string, ReportLog>();
  for (const check of checks) {
    const { logPath, logHash } = check;
    if (hasFailed(check)) logs.set(logHash, await readReportLog(join(home, "logs"), logPath, logHash));
  }
  return logs;
}
