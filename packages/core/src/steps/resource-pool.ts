import type { Config } from "../config/index.js";
import type { Store, TaskRecord } from "../store/index.js";
import { findAlteredShares } from "../workspaces/index.js";
import { closableOf, closeWorkspace } from "./close-workspace.js";
import type { Commands } from "./commands.js";
import { recordFiles } from "./record-files.js";
import { createTaskResources, type TaskResources } from "./task-resources.js";

/** What is held for the tasks that run in this process; every executor sees the same. */
export interface ResourcePool {
  of(task: TaskRecord): TaskResources;
  /** The same, when there is something. */
  peek(task: TaskRecord): TaskResources | null;
  /** Whether it is still held. */
  holds(resources: TaskResources): boolean;
  /** The settings of a task's directory. */
  configOf(task: TaskRecord): Config;
  /** What stands for `process.env`. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** The task goes on no more here: its workspaces are removed, unless a person is to work in them. */
  letGo(task: TaskRecord, isSuspended: boolean): Promise<void>;
}

export interface ResourcePoolOptions {
  store: Store;
  commands: Commands;
  configOf(task: TaskRecord): Config;
  variables: Readonly<Record<string, string | undefined>>;
}

/** Shared files are the user's own: a program that rewrites one in place, rather than replacing it, reaches both. */
async function warnOfAlteredShares(resources: TaskResources, store: Store, { taskId }: TaskRecord): Promise<void> {
  const altered = new Set<string>();
  for (const { repository, prepared, createdAt, kind } of await store.listWorkspaces({ taskId })) {
    if (kind !== "worktree" || !repository || !prepared || prepared.shared.length === 0) continue;
    const sinceMs = Date.parse(createdAt);
    for (const path of await findAlteredShares({ from: repository, folders: prepared.shared, sinceMs }))
      altered.add(path);
  }
  if (altered.size === 0) return;
  const names = [...altered].slice(0, 3).join(", ");
  resources.warn(
    `Files that your dependency folders share with the workspace have changed meanwhile: ${names}. Install them again if it was not you.`,
  );
}

/** Keeps what tasks hold while they run. */
export function createResourcePool({ store, commands, configOf, variables }: ResourcePoolOptions): ResourcePool {
  const held = new Map<string, TaskResources>();
  return {
    configOf,
    variables,
    of(task) {
      const resources = held.get(task.taskId) ?? create(task);
      held.set(task.taskId, resources);
      return resources;
    },
    peek: (task) => held.get(task.taskId) ?? null,
    holds: (resources) => [...held.values()].includes(resources),
    async letGo(task, isSuspended) {
      const resources = held.get(task.taskId);
      held.delete(task.taskId);
      const opened = resources?.workspaces() ?? [];
      const steps = await store.listSteps(task.taskId);
      const isHeld = isSuspended || steps.some((step) => step.status === "waiting");
      try {
        if (!isHeld) await end(task, resources ?? create(task));
      } finally {
        for (const workspace of opened) workspace.trees.close();
      }
    },
  };

  function create(task: TaskRecord): TaskResources {
    return createTaskResources(task, { store, commands, config: configOf(task) });
  }

  /** Says what the task has changed, and removes its worktrees, also those that a process before this one has made. */
  async function end(task: TaskRecord, resources: TaskResources): Promise<void> {
    const main = resources.workspaces().find((each) => each.lane === null);
    if (main) await recordFiles(store, task, main);
    await warnOfAlteredShares(resources, store, task).catch(() => {});
    const present = await store.listWorkspaces({ taskId: task.taskId, isPresent: true });
    // The task's own is the last: what others hold is a part of it by then.
    for (const workspace of present.filter((each) => each.kind === "worktree").reverse()) {
      try {
        await closeWorkspace(store, configOf(task), task, await closableOf(workspace));
      } catch (error) {
        resources.warn(
          `The workspace ${workspace.root} is kept: ${(error as Error).message}. It is looked at again by: orchestrator clean`,
        );
      }
    }
  }
}
