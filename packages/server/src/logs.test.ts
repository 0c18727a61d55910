import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findLine, readLog } from "./logs.js";
import { temporaryFolder } from "./temporary-folder.testsuite.js";

/** A data folder with the log of one agent. */
function dataFolder() {
  const home = temporaryFolder();
  const folder = join(home, "logs/task/agent");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "text.txt"), "0123456789");
  writeFileSync(join(home, "access.json"), "secret");
  return { home, folder, text: join(folder, "text.txt") };
}
const ALL = { offset: 0, limit: 1_000 };

describe("a part of a log", () => {
  test.each([
    [{ offset: 0, limit: 4 }, "0123"],
    [{ offset: 8, limit: 4 }, "89"],
    [{ offset: 10, limit: 4 }, ""],
    [{ offset: 1_000, limit: Number.MAX_SAFE_INTEGER }, ""],
  ])("%j is %j, of ten bytes", (range, text) => {
    const { home, text: path } = dataFolder();
    expect(readLog(home, path, range)).toEqual({ text, totalBytes: 10 });
  });
});

describe("what lies elsewhere is not told", () => {
  test.each(["../../../access.json", "../../../../etc/passwd", "none.txt", "text.txt/below", ".", "..", "a\0b"])(
    "%j",
    (path) => {
      const { home, folder } = dataFolder();
      expect(() => readLog(home, `${folder}/${path}`, ALL)).toThrow("There is no such log.");
    },
  );

  test("by an absolute path", () => {
    const { home } = dataFolder();
    expect(() => readLog(home, "/etc/passwd", ALL)).toThrow("There is no such log.");
  });

  test("beside the logs, under a name that begins like theirs", () => {
    const { home } = dataFolder();
    mkdirSync(join(home, "logs2"));
    writeFileSync(join(home, "logs2/text.txt"), "secret");
    expect(() => readLog(home, join(home, "logs2/text.txt"), ALL)).toThrow("There is no such log.");
  });

  test("by a link in the place of the file, or of its folder", () => {
    const { home, folder } = dataFolder();
    symlinkSync(join(home, "access.json"), join(folder, "prompt.txt"));
    symlinkSync(home, join(folder, "deep"));
    for (const path of ["prompt.txt", "deep/access.json"])
      expect(() => readLog(home, join(folder, path), ALL)).toThrow("There is no such log.");
  });

  test("nor is a pipe waited for", async () => {
    const { home, folder } = dataFolder();
    execFileSync("mkfifo", [join(folder, "tools.jsonl")]);
    expect(() => readLog(home, join(folder, "tools.jsonl"), ALL)).toThrow("There is no such log.");
    await expect(findLine(home, join(folder, "tools.jsonl"), () => true)).rejects.toThrow("There is no such log.");
  });

  test("where there are no logs yet", () => {
    const home = temporaryFolder();
    expect(() => readLog(home, join(home, "logs/a"), ALL)).toThrow("There is no such log.");
  });
});

describe("a line", () => {
  test("is the last that is wanted", async () => {
    const { home, folder } = dataFolder();
    const path = join(folder, "tools.jsonl");
    writeFileSync(path, "a 1\nb 2\na 3\nb 4");
    expect(await findLine(home, path, (line) => line.startsWith("a"))).toBe("a 3");
    expect(await findLine(home, path, (line) => line.startsWith("b"))).toBe("b 4");
    expect(await findLine(home, path, (line) => line.startsWith("c"))).toBeNull();
  });

  test("of a folder there is none", async () => {
    const { home, folder } = dataFolder();
    await expect(findLine(home, folder, () => true)).rejects.toThrow("There is no such log.");
  });
});
