import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { expect } from "vitest";

/** A file system of its own in memory, so small that it can really be filled. */
export interface SmallDisk {
  path: string;
  /** Gives it another size, in KiB. */
  resize(kib: number): void;
  unmount(): void;
}

/**
 * Mounts a small disk.
 *
 * @param path - the folder that it becomes
 * @param kib - its size
 * @returns `null` where mounting is not allowed; never in CI
 */
export function mountSmallDisk(path: string, kib: number): SmallDisk | null {
  mkdirSync(path, { recursive: true });
  const mount = (options: string) => spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", path]).status === 0;
  if (!mount(`size=${kib}k`)) {
    expect(process.env.CI, "CI must be able to mount a small file system").toBeUndefined();
    console.warn("SKIPPED: needs the right to mount a small file system.");
    return null;
  }
  return {
    path,
    resize: (size) => expect(mount(`remount,size=${size}k`)).toBe(true),
    // At once, also where a test that failed has left a file open.
    unmount: () => spawnSync("umount", ["--lazy", path]),
  };
}
