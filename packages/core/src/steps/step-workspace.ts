import { type EventData, OrchestratorError } from "../domain/index.js";
import type { StepContext } from "../engine/index.js";
import type { Store, TaskRecord } from "../store/index.js";
import {
  type CommitAuthor,
  clearStash,
  commitWorktree,
  findGitDirectory,
  type MadeCommit,
  moveWorktree,
  readSharedState,
  repairWorktree,
  rescueRef,
  resetBranch,
  restoreSharedState,
  type SharedState,
  type TreeId,
  toRefPart,
  type Worktree,
} from "../workspaces/index.js";
import type { TaskTrees } from "./task-trees.js";

/** So many ports are a workspace's own. */
export const PORTS = 10;

/** What a writing step is recorded with. */
export interface StepEnd {
  context: Pick<StepContext, "step" | "record">;
  agentId: string | null;
  /** The files when it began. */
  before: TreeId | null;
  message: string;
  /** The commit that it merges into its branch, for a merge and what follows from one. */
  merged?: string | null;
}

/** The directory in which steps of one task work: a worktree, or the user's own. */
export interface StepWorkspace {
  readonly lane: string | null;
  readonly kind: EventData<"workspace.created">["kind"];
  /** The top of its files. */
  readonly root: string;
  /** Where agents work. */
  readonly directory: string;
  /** The worktree; `null` in place. */
  readonly worktree: Worktree | null;
  /** What its branch stands at; `null` in place. */
  readonly tip: string | null;
  /** What it began with; `null` in place. */
  readonly start: string | null;
  readonly trees: TaskTrees;
  /** What its agents and commands find in their environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** Files and folders of the user's that were put into it. */
  readonly placed: readonly string[];
  /** Mends what an agent or a check has done to its git files. @throws OrchestratorError `workspace_failed` */
  mend(): Promise<void>;
  /** The same before an agent writes in it: what its git commands may change for the user is noted, too. */
  makeReady(): Promise<void>;
  /**
   * Records what a step has left: a commit in a worktree, a tree in place.
   *
   * @throws OrchestratorError `workspace_failed` when the files of a worktree cannot be recorded
   */
  commit(end: StepEnd): Promise<void>;
  /** Makes its files those of a commit, which its branch points to from then on. */
  moveTo(commit: string): Promise<void>;
}

export interface StepWorkspaceOptions {
  store: Store;
  task: TaskRecord;
  created: EventData<"workspace.created">;
  tip: string | null;
  worktree: Worktree | null;
  trees: TaskTrees;
  author: CommitAuthor;
  placed: readonly string[];
  /** Keeps what exists only in the directory. */
  rescue(tip: string): Promise<void>;
  warn(message: string): void;
}

/** Makes a workspace of a directory that is there. */
export function createStepWorkspace(options: StepWorkspaceOptions): StepWorkspace {
  const { store, task, created, worktree, trees, author, warn } = options;
  const { lane, kind, root, directory, portBase } = created;
  let tip = options.tip;
  /** What the user has in common with the agents, when the agent's step began. */
  let shared: SharedState | null = null;

  const record = async (before: TreeId, tree: TreeId, end: StepEnd, made: MadeCommit | null) => {
    const data = { lane, fromTree: before, toTree: tree, commit: made?.commit ?? null, parents: made?.parents ?? [] };
    const subject = { taskId: task.taskId, stepKey: end.context.step.stepKey, agentId: end.agentId };
    await end.context.record({ ...subject, type: "workspace.committed", data });
  };

  const commitTo = async (target: Worktree, before: TreeId, tree: TreeId, end: StepEnd) => {
    const part = toRefPart(end.context.step.stepKey);
    const { commit, rescued } = await commitWorktree(target, {
      tree,
      tip: tip ?? "",
      merged: end.merged ?? null,
      message: end.message,
      author,
      rescueRef: rescueRef(task.taskId, `${part}-head`),
      record: (made) => record(before, tree, end, made),
    });
    tip = commit;
    if (rescued)
      warn(`The agent of "${end.context.step.stepKey}" left its branch; its own commits are kept as ${rescued}.`);
    const stashed = await clearStash(target, (number) => rescueRef(task.taskId, `${part}-stash-${number + 1}`));
    for (const ref of stashed)
      warn(`The agent of "${end.context.step.stepKey}" used git stash; what it held is kept as ${ref}.`);
    const keep = (position: number) => rescueRef(task.taskId, `${part}-user-stash-${position + 1}`);
    const isAgents = () => hasUsedGit(store, end.agentId);
    const restored = shared ? await restoreSharedState(target, shared, { refOf: keep, isAgents }) : [];
    if (restored.length > 0)
      warn(
        `The agent of "${end.context.step.stepKey}" changed what your checkout shares with it; put back: ${restored.join(", ")}.`,
      );
  };

  const mend = async () => {
    if (!worktree || !tip) return;
    if (findGitDirectory(worktree)) return resetBranch(worktree, tip, rescueRef(task.taskId, "moved"));
    // What git ignores is in no commit, and would go with the directory.
    await options.rescue(tip);
    await repairWorktree(worktree, tip);
  };

  return {
    lane,
    kind,
    root,
    directory,
    worktree,
    start: created.startCommit,
    trees,
    placed: options.placed,
    variables: worktree ? variablesOf(task.taskId, lane, portBase) : {},
    get tip() {
      return tip;
    },
    mend,
    async makeReady() {
      await mend();
      if (worktree && tip) shared = await readSharedState(worktree);
    },
    async commit(end) {
      const tree = await trees.take();
      if (!tree && worktree) throw cannotRecord(root, trees.failure);
      if (!tree || !end.before) return;
      if (worktree) await commitTo(worktree, end.before, tree, end);
      else await record(end.before, tree, end, null);
    },
    async moveTo(commit) {
      if (!worktree) return;
      await moveWorktree(worktree, commit);
      tip = commit;
    },
  };
}

/** Whether an agent has run a command that names git or its folder. */
async function hasUsedGit(store: Store, agentId: string | null): Promise<boolean> {
  if (agentId === null) return false;
  const events = await store.readEvents({ agentId, newestFirst: true, limit: 1_000 });
  return events.some((event) => event.type === "tool.started" && /git/i.test(event.data.input));
}

/** What agents and commands of a workspace find in their environment: ports and a database name of their own. */
export function variablesOf(taskId: string, lane: string | null, portBase: number): Record<string, string> {
  const name = `${taskId}${lane === null ? "" : `_${lane}`}`.toLowerCase().replace(/[^a-z0-9]+/g, "_");
  return {
    WORKSPACE_TASK: taskId,
    WORKSPACE_PORT_BASE: String(portBase),
    WORKSPACE_PORT_COUNT: String(PORTS),
    // PostgreSQL allows 63 characters.
    WORKSPACE_DATABASE: name.slice(0, 63),
  };
}

function cannotRecord(root: string, failure: string | null): OrchestratorError {
  return new OrchestratorError(
    "workspace_failed",
    `What is in the workspace ${root} cannot be recorded: ${failure ?? "it is gone"}.`,
    "What earlier steps did is safe on the task's branch. Look whether the agent removed the directory.",
  );
}
