import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findExcess } from "./directory-size.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "orchestrator-size-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** A file that seems large and takes no room. */
function writeHollow(path: string, megabytes: number): void {
  writeFileSync(join(directory, path), "");
  truncateSync(join(directory, path), megabytes * 1024 * 1024);
}

describe("a directory", () => {
  test("of a few files is small enough", async () => {
    mkdirSync(join(directory, "src"));
    writeFileSync(join(directory, "src", "a.txt"), "a");
    expect(await findExcess(directory, new Set())).toBeNull();
  });

  test("that holds too much is told by how much, also where it lies deep", async () => {
    mkdirSync(join(directory, "deep", "er"), { recursive: true });
    writeHollow("deep/er/disk.img", 513);
    expect(await findExcess(directory, new Set())).toBe("more than 512 MB");
  });

  test("may hold more where nobody looks", async () => {
    mkdirSync(join(directory, "node_modules"));
    writeHollow("node_modules/large.bin", 2_000);
    expect(await findExcess(directory, new Set(["node_modules"]))).toBeNull();
  });

  test("that is not there holds nothing", async () => {
    expect(await findExcess(join(directory, "nowhere"), new Set())).toBeNull();
  });
});
