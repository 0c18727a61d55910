import { randomInt } from "node:crypto";
import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { join, sep } from "node:path";
import { type EventData, type NewEvent, OrchestratorError } from "../domain/index.js";
import { hostId } from "../ownership/index.js";
import type { StepRecord, Store, TaskRecord, WorkspaceRecord } from "../store/index.js";
import { findAncestors } from "../workflows/index.js";
import {
  branchOf,
  type CommitAuthor,
  createWorktree,
  findGitDirectory,
  findRepository,
  isAncestor,
  makeStartCommit,
  openTreeSnapshots,
  openWorktreeSnapshots,
  type Repository,
  removeWorktree,
  resolveCommit,
  treeOf,
  type Worktree,
  worktreeRoot,
} from "../workspaces/index.js";
import { closeWorkspace, indexOf, rescueWorkspace } from "./close-workspace.js";
import { prepareWorkspace, type WorkspacePreparation } from "./prepare-workspace.js";
import { createStepWorkspace, PORTS, type StepWorkspace } from "./step-workspace.js";
import { openTaskTrees } from "./task-trees.js";

export interface OpenWorkspaceOptions extends WorkspacePreparation {
  store: Store;
  /** The data folder. */
  home: string;
  author: CommitAuthor;
  /** Given once for each message. */
  warn(message: string): void;
}

type Created = EventData<"workspace.created">;

/**
 * Opens the workspace of a task, or of one of its parallel writers; what a process before this one has made is taken
 * over as it stands.
 *
 * @param task - the task
 * @param lane - the step that has it for itself; `null` for the task's own
 * @throws OrchestratorError `workspace_failed` or `setup_failed`
 */
export async function openWorkspace(
  task: TaskRecord,
  lane: string | null,
  options: OpenWorkspaceOptions,
): Promise<StepWorkspace> {
  if (task.workspaceKind === "in_place") return openInPlace(task, options);
  const known = await options.store.listWorkspaces({ taskId: task.taskId });
  const own = known.find((each) => each.lane === lane);
  const isPresent = own?.removedAt === null;
  if (own && isPresent && existsSync(own.root)) return adopt(task, own, options);
  const repository = await requireRepository(task);
  // Deleted by hand, perhaps: git still takes it for the place of its branch.
  if (own?.branch && isPresent) {
    const { commonDirectory, topLevel } = repository;
    await removeWorktree({ root: own.root, branch: own.branch, repository: topLevel, commonDirectory });
  }
  return create(task, lane, repository, known, options);
}

async function openInPlace(task: TaskRecord, options: OpenWorkspaceOptions): Promise<StepWorkspace> {
  const { store, home, author, warn } = options;
  const trees = openTaskTrees(() => openTreeSnapshots(task.workingDirectory, home, task.taskId), warn);
  const [known] = await store.listWorkspaces({ taskId: task.taskId });
  // A directory that git refuses can still be worked in; that its changes cannot be listed is told when one is looked for.
  const repository = known ? null : await findRepository(task.workingDirectory).catch(() => null);
  const created: Created = known ?? {
    kind: "in_place",
    lane: null,
    root: repository?.topLevel ?? task.workingDirectory,
    directory: task.workingDirectory,
    repository: repository?.topLevel ?? null,
    branch: repository?.branch ?? null,
    userCommit: repository?.head ?? null,
    startCommit: null,
    startTree: await trees.takeRecent(),
    tip: null,
    uncommittedFiles: 0,
    portBase: 0,
    host: hostId(),
  };
  if (!known) await store.append([createdEvent(task, created)]);
  return createStepWorkspace({
    store,
    task,
    created,
    tip: null,
    worktree: null,
    trees,
    author,
    placed: [],
    rescue: async () => {},
    warn,
  });
}

async function requireRepository(task: TaskRecord): Promise<Repository> {
  const repository = await findRepository(task.workingDirectory);
  if (repository) return repository;
  throw new Error(`${task.workingDirectory} is in no git repository any more`);
}

/** Where a lane begins: with what the last writing step before it left; `null` for the task's own beginning. */
function startOf(steps: readonly StepRecord[], lane: string | null): string | null {
  if (lane === null) return null;
  const graph = steps.map(({ stepKey, dependsOn }) => ({ key: stepKey, dependsOn }));
  const ancestors = findAncestors(graph, lane);
  const sources = steps.filter((step): step is StepRecord & { commit: string } => {
    return step.commit !== null && ancestors.includes(step.stepKey);
  });
  const last = sources.find((step) =>
    sources.every((other) => other === step || findAncestors(graph, step.stepKey).includes(other.stepKey)),
  );
  return last?.commit ?? null;
}

/** What the steps of a lane have left that were reused from another task. */
function findReusedTip(steps: readonly StepRecord[], lane: string | null): string | null {
  const reused = steps.filter((step) => step.reusedFrom !== null && step.commit !== null && step.lane === lane);
  return reused.sort((a, b) => (a.endedAt ?? "").localeCompare(b.endedAt ?? "")).at(-1)?.commit ?? null;
}

/** What a workspace begins with. */
type Beginning = Pick<Created, "userCommit" | "uncommittedFiles"> & { startCommit: string };

async function create(
  task: TaskRecord,
  lane: string | null,
  repository: Repository,
  known: readonly WorkspaceRecord[],
  options: OpenWorkspaceOptions,
): Promise<StepWorkspace> {
  const { store, home, warn } = options;
  const { topLevel, commonDirectory, prefix } = repository;
  const root = worktreeRoot(home, task.taskId, topLevel, lane);
  // The CLI keeps agents from writing below such a folder, whatever its settings say.
  if (root.split(sep).includes(".claude")) throw belowClaude(root);
  const isFirst = mkdirSync(join(home, "workspaces", task.taskId), { recursive: true, mode: 0o700 }) !== undefined;
  const main = known.find((each) => each.lane === null);
  const steps = await store.listSteps(task.taskId);
  const { startCommit, userCommit, uncommittedFiles } = main?.startCommit
    ? { ...main, startCommit: startOf(steps, lane) ?? main.startCommit }
    : await beginTask(task, repository, options);
  // Made again after it was lost or removed it goes on from where it stood, not from its beginning.
  const tip = known.find((each) => each.lane === lane)?.tip ?? findReusedTip(steps, lane) ?? startCommit;
  const worktree: Worktree = { root, branch: branchOf(task.taskId, lane), repository: topLevel, commonDirectory };
  // A process that was killed before it could record it may have made it, or half of it: nobody has worked in it.
  if (!isFirst) await removeWorktree(worktree);
  await createWorktree(worktree, tip, warn);
  const directory = join(realpathSync(root), prefix);
  // Untracked before and left out: agents still begin where the user is.
  mkdirSync(directory, { recursive: true });
  const created: Created = {
    kind: "worktree",
    lane,
    root: realpathSync(root),
    directory,
    repository: topLevel,
    branch: worktree.branch,
    userCommit,
    startCommit,
    startTree: await treeOf(commonDirectory, startCommit),
    tip,
    uncommittedFiles,
    portBase: await choosePorts(store),
    host: hostId(),
  };
  await store.append([createdEvent(task, created)]);
  return finish(task, created, tip, worktree, options, true);
}

/** The commit that a task begins with: that of the task it forks, what it follows up, or where the user is. */
async function beginTask(task: TaskRecord, repository: Repository, options: OpenWorkspaceOptions): Promise<Beginning> {
  const { store, home, author, warn } = options;
  const { commonDirectory: cwd, head } = repository;
  const forked = await findForked(task, options);
  if (forked?.startCommit) return { ...forked, startCommit: forked.startCommit };
  const earlier = task.followUpOf === null ? null : await store.listWorkspaces({ taskId: task.followUpOf });
  const tip = earlier?.find((each) => each.lane === null)?.tip;
  const known = tip ? await resolveCommit(cwd, tip) : null;
  // What has been applied is in the user's own history, which may have gone on since.
  if (known && !(head && (await isAncestor(cwd, known, head)))) {
    return { startCommit: known, userCommit: head, uncommittedFiles: 0 };
  }
  const index = join(home, "workspaces", task.taskId, "start.index");
  const start = await makeStartCommit(repository, { bring: task.uncommitted === "bring", index, author });
  for (const path of start.tooLarge) warn(`${path} is too large to be brought along; the workspace is without it.`);
  return { startCommit: start.commit, userCommit: head, uncommittedFiles: start.uncommitted.length };
}

/** Where the task worked that this one forks; `null` for one that forks none, or one that had not begun. */
async function findForked({ forkOf }: TaskRecord, { store }: OpenWorkspaceOptions): Promise<WorkspaceRecord | null> {
  if (forkOf === null) return null;
  if (!(await store.getTask(forkOf.taskId))) throw new Error(`the task ${forkOf.taskId} that it forks was removed`);
  return (await store.listWorkspaces({ taskId: forkOf.taskId })).find((each) => each.lane === null) ?? null;
}

async function adopt(task: TaskRecord, known: WorkspaceRecord, options: OpenWorkspaceOptions): Promise<StepWorkspace> {
  const repository = await requireRepository(task);
  const { root, branch, repository: topLevel } = known;
  const worktree: Worktree = {
    root,
    branch: branch ?? branchOf(task.taskId, known.lane),
    repository: topLevel ?? repository.topLevel,
    commonDirectory: repository.commonDirectory,
  };
  return finish(task, known, known.tip ?? "", worktree, options, known.prepared === null);
}

async function finish(
  task: TaskRecord,
  created: Created,
  tip: string,
  worktree: Worktree,
  options: OpenWorkspaceOptions,
  isNew: boolean,
): Promise<StepWorkspace> {
  const { store, home, author, warn } = options;
  const { root, directory, lane } = created;
  const { commonDirectory } = worktree;
  const gitDirectory = findGitDirectory(worktree) ?? commonDirectory;
  const index = indexOf({ home }, task.taskId, lane);
  const place = { root, directory, commonDirectory, gitDirectory };
  let placed: Pick<EventData<"workspace.prepared">, "shared" | "copied" | "linked"> | null = null;
  // A link to a file that git ignores is not ignored where the pattern is one for folders.
  const trees = openTaskTrees(async () => openWorktreeSnapshots(place, index, placed?.linked ?? []), warn);
  const config = { home, commitAuthor: author };
  placed = isNew
    ? await prepareWorkspace(task, created, options).catch(async (error: unknown) => {
        await closeWorkspace(store, config, task, {
          worktree,
          lane,
          root,
          tip,
          start: created.startCommit,
          placed: [],
        });
        throw error;
      })
    : ((await store.listWorkspaces({ taskId: task.taskId })).find((each) => each.lane === lane)?.prepared ?? null);
  // A copied file that an agent has changed is its work; what is shared or linked is the user's.
  const names = placed ? [...placed.shared, ...placed.linked] : [];
  const rescue = async (at: string) => {
    await rescueWorkspace(store, config, task.taskId, {
      worktree,
      lane,
      root,
      tip: at,
      start: created.startCommit,
      placed: names,
    });
  };
  return createStepWorkspace({ store, task, created, tip, worktree, trees, author, placed: names, rescue, warn });
}

const FIRST_PORT = 20_000;
const LAST_PORT = 60_000;

/** A block of ports that no other workspace has. */
async function choosePorts(store: Store): Promise<number> {
  const taken = new Set((await store.listWorkspaces({ isPresent: true })).map((each) => each.portBase));
  const blocks = (LAST_PORT - FIRST_PORT) / PORTS;
  for (;;) {
    const base = FIRST_PORT + randomInt(blocks) * PORTS;
    if (!taken.has(base) || taken.size >= blocks) return base;
  }
}

function belowClaude(root: string): OrchestratorError {
  return new OrchestratorError(
    "workspace_failed",
    `The workspace ${root} would lie below a .claude folder, where agents cannot write.`,
    "Set ORCHESTRATOR_HOME to another folder, or work in the directory itself: --in-place.",
  );
}

function createdEvent({ taskId }: TaskRecord, data: Created): NewEvent {
  return { taskId, stepKey: null, agentId: null, type: "workspace.created", data };
}
