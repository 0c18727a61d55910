import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readTestResults } from "./test-results.js";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "orchestrator-results-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const CLEAN = { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: "1", CI: "true" };

function print(program: string, ...args: string[]): string {
  const { stdout, stderr } = spawnSync(program, args, { cwd: directory, encoding: "utf8", env: CLEAN });
  return stdout + stderr;
}

function works(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: "ignore" });
    return true;
  } catch {
    // Not installed: its test is left out.
    return false;
  }
}

describe("what node --test really prints", () => {
  const TESTS = `
    import { describe, it, test } from "node:test";
    test("adds", () => {});
    test("takes # away", () => { throw new Error("no"); });
    describe("a suite", () => { it("works", () => {}); it("breaks", () => { throw new Error("x\\nnot ok 9 - fake\\n..."); }); });
    describe("another", () => { describe("inner", () => { it("works", () => {}); }); });
    test("later", { skip: true }, () => {});`;

  test.each(["tap", "spec"])("is read from the %s reporter", (reporter) => {
    writeFileSync(join(directory, "a.test.mjs"), TESTS);
    expect(readTestResults(print(process.execPath, "--test", `--test-reporter=${reporter}`, "a.test.mjs"))).toEqual({
      counts: { passed: 3, failed: 2, skipped: 1 },
      failed: ["takes # away", "a suite > breaks"],
      passed: ["adds", "a suite > works", "another > inner > works"],
    });
  });

  test.each(["tap", "spec"])("counts a test that has tests inside, from the %s reporter", (reporter) => {
    writeFileSync(
      join(directory, "nested.test.mjs"),
      `import { test } from "node:test";
       test("parent", async (t) => { await t.test("child", () => { throw new Error("no"); }); });`,
    );
    const output = print(process.execPath, "--test", `--test-reporter=${reporter}`, "nested.test.mjs");
    expect(readTestResults(output)).toMatchObject({
      counts: { passed: 0, failed: 2, skipped: 0 },
      failed: ["parent > child", "parent"],
    });
  });
});

test.each([
  ["default", []],
  ["verbose", ["sums.test.js > adds", "sums.test.js > suite > works"]],
])("what vitest's %s reporter really prints is read", (reporter, passed) => {
  const root = mkdtempSync(join(directory, "vitest-"));
  const vitest = join(dirname(fileURLToPath(import.meta.resolve("vitest/package.json"))), "vitest.mjs");
  writeFileSync(
    join(root, "sums.test.js"),
    `test("adds", () => {});
     test.skip("later", () => {});
     describe("suite", () => { test("works", () => {}); test("breaks", () => { expect(1).toBe(2); }); });`,
  );
  writeFileSync(join(root, "broken.test.js"), "describe(");
  const output = print(process.execPath, vitest, "run", "--globals", `--root=${root}`, `--reporter=${reporter}`);
  expect(readTestResults(output)).toEqual({
    counts: { passed: 2, failed: 2, skipped: 1 },
    failed: ["broken.test.js", "sums.test.js > suite > breaks"],
    passed,
  });
});

const PYTHON = `
import unittest
class Sums(unittest.TestCase):
    def test_adds(self): pass
    def test_breaks(self): self.assertEqual(1, 2)
    @unittest.skip("later")
    def test_later(self): pass
`;

test.skipIf(!works("python3", "-m", "pytest", "--version"))("what pytest really prints is read", () => {
  writeFileSync(join(directory, "test_sums.py"), PYTHON);
  const expected = { counts: { passed: 1, failed: 1, skipped: 1 }, failed: ["test_sums.py::Sums::test_breaks"] };
  expect(readTestResults(print("python3", "-m", "pytest", "test_sums.py"))).toEqual({ ...expected, passed: [] });
  expect(readTestResults(print("python3", "-m", "pytest", "-q", "test_sums.py"))).toEqual({ ...expected, passed: [] });
  expect(readTestResults(print("python3", "-m", "pytest", "-v", "test_sums.py"))).toEqual({
    ...expected,
    passed: ["test_sums.py::Sums::test_adds"],
  });
  writeFileSync(join(directory, "test_none.py"), "");
  expect(readTestResults(print("python3", "-m", "pytest", "test_none.py")).counts).toEqual({
    passed: 0,
    failed: 0,
    skipped: 0,
  });
});

test.skipIf(!works("python3", "--version"))("what python's unittest really prints is read", () => {
  writeFileSync(join(directory, "test_sums.py"), PYTHON);
  const results = readTestResults(print("python3", "-m", "unittest", "-v", "test_sums"));
  expect(results.counts).toEqual({ passed: 1, failed: 1, skipped: 1 });
  expect(results.failed).toEqual([expect.stringMatching(/^test_breaks \(test_sums\.Sums/)]);
  expect(results.passed).toEqual([expect.stringMatching(/^test_adds \(test_sums\.Sums/)]);
});
