import type { FileChange } from "../domain/index.js";
import type { TaskRecord } from "../store/index.js";
import { openTreeSnapshots, type TreeId, type TreeSnapshots } from "../workspaces/index.js";

/** Snapshots of a task's directory, shared by its steps. */
export interface TaskTrees {
  /** The state of the files now; `null` where snapshots do not work here. */
  take(): Promise<TreeId | null>;
  /** The same, but a snapshot of a moment ago will do: one that ended the step before, or that a parallel step took. */
  takeRecent(): Promise<TreeId | null>;
  compare(from: TreeId | null, to: TreeId | null): Promise<FileChange[]>;
  /** Notes that a writing step runs; call the answer when it has ended. */
  beginWriting(): () => void;
  /** How often a writing step has begun or ended: unchanged means that none has run in between. */
  readonly writerActivity: number;
  readonly hasWriter: boolean;
  close(): void;
}

const RECENT_MS = 500;

/**
 * Prepares the snapshots of a task's directory.
 *
 * @param task - the task
 * @param dataDirectory - the data folder
 * @param warn - told once when they cannot be taken; the task goes on without them
 */
export function openTaskTrees(task: TaskRecord, dataDirectory: string, warn: (message: string) => void): TaskTrees {
  let snapshots: Promise<TreeSnapshots | null> | null = null;
  let running: Promise<unknown> = Promise.resolve();
  let writers = 0;
  let activity = 0;
  /** The newest snapshot, perhaps still being taken. */
  let last: { tree: Promise<TreeId | null>; begunMs: number } | null = null;

  const open = () => {
    snapshots ??= openTreeSnapshots(task.workingDirectory, dataDirectory, task.taskId).catch((error: Error) => {
      warn(`Changed files cannot be listed: ${error.message}`);
      return null;
    });
    return snapshots;
  };
  /** One at a time: they share an index. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = running.then(work);
    running = result.catch(() => {});
    return result;
  };

  const take = () => {
    const tree = inTurn(async () => {
      try {
        return (await (await open())?.take()) ?? null;
      } catch (error) {
        warn(`Changed files cannot be listed: ${(error as Error).message}`);
        snapshots = Promise.resolve(null);
        return null;
      }
    });
    last = { tree, begunMs: performance.now() };
    return tree;
  };

  return {
    take,
    takeRecent() {
      const isRecent = last !== null && writers === 0 && performance.now() - last.begunMs < RECENT_MS;
      return isRecent && last ? last.tree : take();
    },
    compare: async (from, to) => (from && to ? ((await (await open())?.compare(from, to)) ?? []) : []),
    beginWriting() {
      writers += 1;
      activity += 1;
      return () => {
        writers -= 1;
        activity += 1;
      };
    },
    get writerActivity() {
      return activity;
    },
    get hasWriter() {
      return writers > 0;
    },
    close: () => void open().then((opened) => opened?.close()),
  };
}
