import { type CommandRun, type EventData, OrchestratorError } from "../domain/index.js";
import type { Store, TaskRecord } from "../store/index.js";
import { findSharedFolders, placeFiles, shareFolders } from "../workspaces/index.js";
import type { Commands } from "./commands.js";
import { variablesOf } from "./step-workspace.js";

/** What a workspace needs beyond the files that git has. */
export interface WorkspacePreparation {
  store: Store;
  commands: Commands;
  setup: readonly string[];
  copyFiles: readonly string[];
  linkFiles: readonly string[];
  /** `null`: those that are usual. */
  sharedFolders: readonly string[] | null;
  warn(message: string): void;
  signal: AbortSignal;
}

/** A set-up command that takes longer than this hangs. */
const SETUP_TIMEOUT_MS = 20 * 60_000;

/**
 * Makes a fresh worktree ready to run: dependency folders, files that git does not hold, and set-up commands.
 *
 * @returns what was put into it
 * @throws OrchestratorError `setup_failed` with the end of the log
 */
export async function prepareWorkspace(
  task: TaskRecord,
  created: EventData<"workspace.created">,
  options: WorkspacePreparation,
): Promise<EventData<"workspace.prepared">> {
  const { store, setup, copyFiles, linkFiles, sharedFolders, warn } = options;
  const { root, lane } = created;
  const from = created.repository ?? root;
  const begunMs = performance.now();
  const folders = await findSharedFolders(from, sharedFolders ?? undefined);
  const { shared } =
    folders.length > 0 ? await shareFolders({ from, to: root, folders, onWarning: warn }) : { shared: [] };
  const placed = await placeFiles({ from, to: root, copy: copyFiles, link: linkFiles, onWarning: warn });
  const runs: CommandRun[] = [];
  for (const [position, command] of setup.entries()) {
    const run = await options.commands.run({
      task,
      name: `setup-${position + 1}`,
      command,
      directory: created.directory,
      folder: `setup${lane === null ? "" : `-${lane}`}`,
      timeoutMs: SETUP_TIMEOUT_MS,
      variables: variablesOf(task.taskId, lane, created.portBase),
      signal: options.signal,
    });
    const { output, ...evidence } = run;
    runs.push(evidence);
    if (evidence.outcome !== "passed") throw setupFailed(command, evidence, output);
  }
  const durationMs = performance.now() - begunMs;
  const data = { lane, shared: [...shared], ...placed, setup: runs, durationMs };
  await store.append([{ taskId: task.taskId, stepKey: null, agentId: null, type: "workspace.prepared", data }]);
  return data;
}

function setupFailed(command: string, { outcome, exitCode, logPath }: CommandRun, output: string): OrchestratorError {
  const how =
    outcome === "timed_out"
      ? "took too long"
      : outcome === "not_found"
        ? "was not found"
        : `ended with exit code ${exitCode}`;
  const last = output.trim().split("\n").slice(-3).join(" / ").slice(0, 400);
  return new OrchestratorError(
    "setup_failed",
    `The set-up command \`${command}\` ${how}${last ? `: ${last}` : ""}.`,
    `See ${logPath}; the command stands under setup: in .orchestrator/config.yaml.`,
  );
}
