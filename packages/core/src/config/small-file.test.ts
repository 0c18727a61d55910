import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readSmallFile } from "./small-file.js";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "orchestrator-small-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

test("a file is read whole, and one that is missing is nothing", () => {
  writeFileSync(join(directory, "a"), "text");
  expect(readSmallFile(join(directory, "a"))).toBe("text");
  expect(readSmallFile(join(directory, "b"))).toBeNull();
  expect(readSmallFile(join(directory, "a", "b"))).toBeNull();
});

test("a pipe that nobody writes to is refused at once", () => {
  execFileSync("mkfifo", [join(directory, "pipe")]);
  expect(() => readSmallFile(join(directory, "pipe"))).toThrow("not a regular file");
});

test("a folder, a device and a huge file are refused", () => {
  mkdirSync(join(directory, "folder"));
  expect(() => readSmallFile(join(directory, "folder"))).toThrow("not a regular file");
  expect(() => readSmallFile("/dev/zero")).toThrow("not a regular file");
  writeFileSync(join(directory, "huge"), "");
  truncateSync(join(directory, "huge"), 2 * 1024 * 1024);
  expect(() => readSmallFile(join(directory, "huge"))).toThrow("larger than 1024 KiB");
});
