import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The small project of the demo: it loses cents when a bill is split, and one of its tests says so. */
const FILES: Readonly<Record<string, string>> = {
  "package.json": `${JSON.stringify({ name: "split-the-bill", version: "1.0.0", type: "module", private: true, scripts: { test: "node --test" } }, null, 2)}\n`,
  "README.md": "# Split the bill\n\n`split(cents, people)` divides a bill so that no cent is lost.\n",
  "src/split.js": `/**
 * Divides a bill among people. No cent may be lost: the shares add up to the bill.
 */
export function split(cents, people) {
  const share = Math.floor(cents / people);
  return Array.from({ length: people }, () => share);
}
`,
  "test/split.test.js": `import assert from "node:assert/strict";
import { test } from "node:test";
import { split } from "../src/split.js";

const sum = (shares) => shares.reduce((total, share) => total + share, 0);

test("divides a bill that comes out even", () => {
  assert.deepEqual(split(900, 3), [300, 300, 300]);
});

test("loses no cent of a bill that does not", () => {
  assert.equal(sum(split(1000, 3)), 1000);
});
`,
};

export interface DemoRepository {
  directory: string;
  /** Runs the project's own tests. */
  runTests(): { passed: boolean; output: string };
  /** What differs from its first commit. */
  diff(): string;
  /** One line for each commit since then, the newest first. */
  log(): string;
  /** The files of these commits. */
  committedFiles(): string[];
}

/**
 * Makes the demo's repository in the folder for temporary files, with one commit.
 *
 * @returns the repository; it is left behind for the user to look at
 */
export function createDemoRepository(): DemoRepository {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "orchestrator-demo-")));
  for (const [path, content] of Object.entries(FILES)) {
    mkdirSync(join(directory, path, ".."), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  const git = (...args: string[]) =>
    execFileSync(
      "git",
      [
        "-c",
        "user.name=Demo",
        "-c",
        "user.email=demo@example.invalid",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "core.hooksPath=/dev/null",
        ...args,
      ],
      {
        cwd: directory,
        encoding: "utf8",
      },
    );
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all");
  git("commit", "--quiet", "-m", "Split a bill");
  const first = git("rev-parse", "HEAD").trim();
  return {
    directory,
    runTests() {
      // A test runner inside a test runner would report to the outer one.
      const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
      const { status, stdout } = spawnSync(process.execPath, ["--test", "--test-reporter=spec"], {
        cwd: directory,
        encoding: "utf8",
        env: environment,
      });
      return { passed: status === 0, output: stdout };
    },
    diff: () => git("diff", first, "HEAD"),
    log: () => git("log", "--graph", "--format=%h %an: %s", `${first}..HEAD`),
    committedFiles() {
      const names = git("log", "--name-only", "--format=", `${first}..HEAD`).split("\n").filter(Boolean);
      return [...new Set(names)].sort();
    },
  };
}
