import { statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { StepStage } from "./stage.testsuite.js";

let stage: StepStage;

afterEach(() => stage.close());

/** A builder that has written one file, and a check of its work. */
async function open(command: string, maxRounds?: number) {
  stage = await StepStage.open({
    builders: { builder: [] },
    checks: [command],
    ...(maxRounds === undefined ? {} : { maxRounds }),
  });
  return stage.build("builder", (root) => stage.write(root, "built.txt", "built\n"));
}

const CHECK = "check-builder";

describe("what a check leaves behind", () => {
  test.each([
    ["a changed file", "echo changed > shared.txt"],
    ["a new file, in a new folder", "mkdir -p reports/deep && echo 1 > reports/deep/new.txt"],
    ["a removed file", "rm built.txt"],
    ["a file that can be run", "chmod +x script.sh"],
    ["a file that it moved", "mv built.txt moved.txt"],
    ["a commit of its own", "git -c user.name=x -c user.email=x@y commit --quiet --allow-empty -m mine"],
    ["another branch", "git switch --quiet -c elsewhere"],
  ])("is put back: %s", async (_, command) => {
    const workspace = await open(command);
    const [tree, tip] = [await workspace.trees.take(), workspace.tip];
    const head = stage.git(workspace.root, "symbolic-ref", "HEAD");
    expect(await stage.run(CHECK)).toMatchObject({ status: "succeeded", handoff: { verdict: "passed" } });
    expect(await workspace.trees.take()).toBe(tree);
    expect(stage.git(workspace.root, "status", "--porcelain")).toBe("");
    expect(statSync(join(workspace.root, "script.sh")).mode & 0o111).toBe(0);
    expect(stage.read(workspace, "reports")).toBeNull();
    expect([stage.git(workspace.root, "rev-parse", "HEAD"), stage.git(workspace.root, "symbolic-ref", "HEAD")]).toEqual(
      [tip, head],
    );
  });

  test("is put back after each of two checks, and no part of what the next step records", async () => {
    stage = await StepStage.open({
      builders: { first: [], second: ["first"] },
      checks: ["date +%N >> noise.txt; echo x >> shared.txt"],
    });
    await stage.build("first", (root) => stage.write(root, "first.txt", "1\n"));
    await stage.run("check-first");
    const workspace = await stage.build("second", (root) => stage.write(root, "second.txt", "2\n"));
    await stage.run("check-second");
    const names = stage.git(workspace.root, "diff", "--name-only", `${workspace.start}`, `${workspace.tip}`);
    expect(names.split("\n")).toEqual(["first.txt", "second.txt"]);
    expect(stage.git(workspace.root, "status", "--porcelain")).toBe("");
  });

  test("stays where git ignores it, as what a build has made", async () => {
    const workspace = await open("echo made > made.log");
    stage.write(stage.repository, ".git/info/exclude", "*.log\n");
    await stage.run(CHECK);
    expect(stage.read(workspace, "made.log")).toBe("made\n");
  });
});

describe("a check", () => {
  test("that was interrupted is run on the files as they were before it", async () => {
    const workspace = await open("test ! -f leftover.txt && touch leftover.txt");
    await stage.run(CHECK, { isRecorded: false });
    stage.write(workspace.root, "leftover.txt", "of a process that is gone\n");
    expect(await stage.run(CHECK)).toMatchObject({ status: "succeeded", handoff: { verdict: "passed" } });
    expect(stage.read(workspace, "leftover.txt")).toBeNull();
  });

  test("that fails sends the work back to its builder, and is run again after it", async () => {
    await open("echo broken; exit 1");
    const outcome = await stage.run(CHECK);
    expect(outcome).toMatchObject({
      status: "succeeded",
      handoff: { verdict: "failed", checks: [{ passed: false, exitCode: 1, output: "broken" }] },
    });
    const added = outcome.status === "succeeded" ? outcome.extension?.steps : [];
    expect(added?.map(({ key, kind, round }) => [key, kind, round])).toEqual([
      ["builder#2", "agent", 1],
      ["check-builder#2", "check", 1],
    ]);
  });

  test("that fails fails the task where no round is left", async () => {
    await open("exit 1", 0);
    expect(await stage.run(CHECK)).toMatchObject({
      status: "failed",
      error: { code: "check_failed", message: expect.stringContaining("no further round is allowed") },
    });
  });

  test("is evidence: its exit code and the tree that it judged are recorded", async () => {
    const workspace = await open("test -f built.txt");
    await stage.run(CHECK);
    expect(await stage.store.listChecks(stage.taskId)).toMatchObject([
      { stepKey: CHECK, exitCode: 0, passed: true, tree: await workspace.trees.take() },
    ]);
  });
});
