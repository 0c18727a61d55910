import type { FileChange } from "../domain/index.js";
import type { TreeId, TreeSnapshots } from "../workspaces/index.js";

/** Snapshots of a workspace, shared by the steps that work in it. */
export interface TaskTrees {
  /** The state of the files now; `null` where snapshots do not work here. */
  take(): Promise<TreeId | null>;
  /** The same, but a snapshot of a moment ago will do: one that ended the step before, or that a parallel step took. */
  takeRecent(): Promise<TreeId | null>;
  compare(from: TreeId | null, to: TreeId | null): Promise<FileChange[]>;
  /** Makes the files what they were; answers the paths that differed. */
  restore(from: TreeId | null, to: TreeId | null): Promise<string[]>;
  /** Notes that a writing step runs; call the answer when it has ended. */
  beginWriting(): () => void;
  /** How often a writing step has begun or ended: unchanged means that none has run in between. */
  readonly writerActivity: number;
  readonly hasWriter: boolean;
  /** Why snapshots do not work here; `null` while they do. */
  readonly failure: string | null;
  close(): void;
}

const RECENT_MS = 500;

/**
 * Prepares the snapshots of a workspace.
 *
 * @param openSnapshots - opens them when the first is taken
 * @param warn - told once when they cannot be taken; the task goes on without them
 */
export function openTaskTrees(openSnapshots: () => Promise<TreeSnapshots>, warn: (message: string) => void): TaskTrees {
  let snapshots: Promise<TreeSnapshots | null> | null = null;
  let failure: string | null = null;
  let running: Promise<unknown> = Promise.resolve();
  let writers = 0;
  let activity = 0;
  /** The newest snapshot, perhaps still being taken. */
  let last: { tree: Promise<TreeId | null>; begunMs: number } | null = null;

  const giveUp = (error: unknown) => {
    failure = (error as Error).message;
    warn(`Changed files cannot be listed: ${failure}`);
    return null;
  };
  const open = () => {
    snapshots ??= openSnapshots().catch(giveUp);
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
        snapshots = Promise.resolve(giveUp(error));
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
    async restore(from, to) {
      if (!from || !to || from === to) return [];
      const restored = await inTurn(async () => (await open())?.restore(from, to));
      last = null;
      return restored ?? [];
    },
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
    get failure() {
      return failure;
    },
    close: () => void open().then((opened) => opened?.close()),
  };
}
