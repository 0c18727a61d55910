import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runProgram } from "./program.js";

const CAMPAIGN = fileURLToPath(new URL("../bench/crash/run.mjs", import.meta.url));
/** All of the shape `lanes`: an agent killed alone, the orchestrator while it makes a worktree, and both. */
const SEEDS = [7, 24];

test("a few runs of the crash campaign lose nothing, repeat nothing and leave nothing behind", async () => {
  const environment = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "" };
  const { code, stdout, stderr } = await runProgram(CAMPAIGN, ["--only", SEEDS.join(",")], {
    environment,
    cwd: process.cwd(),
  });
  const lines = stdout.split("\n");
  for (const seed of SEEDS)
    expect(lines).toContainEqual(
      expect.stringMatching(new RegExp(`^seed ${seed} .* sound  .*(process|child|both) @ `)),
    );
  expect(stdout).toContain("0 lost, 0 repeated, 0 orphans, 0 leftovers, 0 ledger, 0 checkout");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
}, 240_000);
