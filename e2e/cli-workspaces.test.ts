import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CallContext, hang, reply } from "@claude-orchestrator/rehearsal";
import { describe, expect, test } from "vitest";
import { commitAll, handOver, inOrder, openStage, play, type Stage, type TestContext, waitFor } from "./fixtures.js";
import { expectRefusal, openTerminal, type Terminal } from "./terminal.js";

/** The project's own check: it passes once somebody has written the file. */
const CHECK = "checks:\n  - test -f fixed.txt\n";

/** An agent that writes a file, and hands over. */
function writes(path: string, content: string) {
  return [reply().tool("Write", { file_path: path, content }), (call: CallContext) => handOver(call)];
}

/** A repository with one commit, in which git knows who the user is. */
async function open(test: TestContext, roles: Parameters<typeof play>[0], config = "") {
  const stage = await openStage(test, { script: play(roles) });
  if (config) stage.write(".orchestrator/config.yaml", config);
  commitAll(stage.workspace);
  git(stage, "config", "user.name", "Ada");
  git(stage, "config", "user.email", "ada@example.org");
  return { stage, terminal: openTerminal(test, stage) };
}

function git(stage: Stage, ...args: string[]): string {
  return execFileSync("git", args, { cwd: stage.workspace, encoding: "utf8" });
}

async function lastTask(terminal: Terminal) {
  const [task] = await terminal.json("list-tasks", "--limit", "1");
  return task;
}

describe("a task on a copy of the repository", () => {
  test("is announced, proven, looked at, applied and taken back", async (context) => {
    const { stage, terminal } = await open(context, { builder: writes("fixed.txt", "one\ntwo\n") }, CHECK);
    const ran = await terminal.run("execute", "--roles", "builder,documenter", "Mend it");
    expect(ran, ran.stdout).toMatchObject({ code: 0, stderr: "" });
    const { taskId } = await lastTask(terminal);
    expect(ran.stdout).toContain(`Agents work on a copy of ${stage.workspace}; your files stay as they are`);
    expect(ran.stdout).toMatch(/^Checks: `test -f fixed\.txt` \(\.orchestrator\/config\.yaml\)$/m);
    expect(ran.stdout).toMatch(/ planned {4}builder → documenter\n/);
    expect(ran.stdout).toMatch(/ checked {4}baseline: test -f fixed\.txt: failed, exit code 1, /);
    expect(ran.stdout).toMatch(/ passed {5}check-builder: test passed\./);
    expect(ran.stdout).toMatch(/^✓ completed - every step succeeded, proven by `test -f fixed\.txt`$/m);
    expect(ran.stdout).toMatch(/^Checks\n +check +result +exit +time +tests\n {2}✓ test +passed +0 +\d\.\d s +–$/m);
    expect(ran.stdout).toMatch(/ 0 retried, 0 further rounds$/m);
    expect(ran.stdout).toMatch(
      new RegExp(`^Next\n {2}orchestrator diff ${taskId} .*\n {2}orchestrator apply ${taskId} `, "m"),
    );
    expect(git(stage, "status", "--porcelain")).toBe("");

    const patch = (await terminal.run("diff", taskId)).stdout;
    expect(patch).toMatch(/^diff --git a\/fixed\.txt b\/fixed\.txt\nnew file mode 100644\n/);
    expect(patch).toMatch(/\n\+one\n\+two\n$/);
    expect(await terminal.json("diff", taskId)).toEqual({
      changes: [{ path: "fixed.txt", kind: "created", previousPath: null, linesAdded: 2, linesRemoved: 0 }],
      patch,
    });
    expect((await terminal.run("diff", taskId, "--stat")).stdout).toBe("  A fixed.txt  +2 -0\n1 file, +2 -0\n");
    expect((await terminal.run("diff", taskId, "--step", "builder")).stdout).toBe(patch);
    expect(await terminal.run("diff", taskId, "--step", "documenter")).toMatchObject({
      code: 0,
      stdout: "",
      stderr: "Nothing was changed by documenter.\n",
    });
    expect((await terminal.run("diff", taskId, "--by-step")).stdout).toBe(`builder  1 file, +2 -0\n${patch}`);
    expect(await terminal.json("diff", taskId, "--by-step")).toMatchObject([{ stepKey: "builder", patch }]);
    expectRefusal(await terminal.run("diff", taskId, "--step", "wizard"), 2, /no step "wizard"/, /builder/);
    expectRefusal(await terminal.run("diff", taskId, "--step", "builder", "--by-step"), 2, /--step/);

    const before = git(stage, "rev-parse", "HEAD").trim();
    const applied = await terminal.run("apply", taskId, "--message", "Take the fix in");
    expect(applied).toMatchObject({ code: 0, stderr: "" });
    const [head, parents, subject, author] = git(stage, "log", "-1", "--format=%H|%P|%s|%an").trim().split("|");
    expect(applied.stdout).toContain(`as the merge commit ${head?.slice(0, 10)}, with the commits of its steps`);
    expect(applied.stdout).not.toContain("unverified");
    expect([subject, author, parents?.split(" ")[0]]).toEqual(["Take the fix in", "Ada", before]);
    expect(readFileSync(join(stage.workspace, "fixed.txt"), "utf8")).toBe("one\ntwo\n");
    expectRefusal(await terminal.run("apply", taskId), 1, /applied before/, /--force/);
    const details = (await terminal.run("task-details", taskId)).stdout;
    expect(details).toMatch(
      new RegExp(`^workspace +removed, branch orchestrator/${taskId}, from ${before.slice(0, 10)}$`, "m"),
    );
    expect(details).toMatch(/^checks +`test -f fixed\.txt` \(\.orchestrator\/config\.yaml\)$/m);
    expect(details).toMatch(/^commit +[0-9a-f]{10} builder$/m);
    expect(details).toMatch(/^applied +\S+ \S+, merge [0-9a-f]{10}$/m);
    expectRefusal(await terminal.run("undo", taskId), 1, /worktree of its own/, /git revert/);

    const back = /^To go back: git -C (\S+) reset --keep (\S+)$/m.exec(applied.stdout);
    git(stage, "-C", back?.[1] ?? "", "reset", "--quiet", "--keep", back?.[2] ?? "");
    expect(git(stage, "rev-parse", "HEAD").trim()).toBe(before);
    expect(existsSync(join(stage.workspace, "fixed.txt"))).toBe(false);
    const again = await terminal.json("apply", taskId, "--mode", "squash", "--force");
    expect(again).toEqual({ mode: "squash", from: before, commit: expect.any(String), repository: stage.workspace });
    expectRefusal(await terminal.run("apply", taskId, "--mode", "rebase"), 2, /"rebase"/, /merge, squash, patch/);
  });

  test("says how many uncommitted files came along, and brings its result among them as a patch", async (context) => {
    const { stage, terminal } = await open(context, { builder: writes("new.txt", "new\n") });
    stage.write("mine.txt", "mine\n");
    const ran = await terminal.run("execute", "--roles", "builder", "Write");
    expect(ran.stdout).toMatch(
      /^Checks: none found, so the task can end unverified at best; name some under checks: in /m,
    );
    expect(ran.stdout).toMatch(/ workspace {2}1 uncommitted file of yours was brought along\n/);
    expect(ran.stdout).toMatch(/^✓ unverified - every step succeeded; no check was found that could prove it$/m);
    const { taskId } = await lastTask(terminal);
    const applied = await terminal.run("apply", taskId);
    expect(applied.stdout).toMatch(/as changed files; nothing is committed/);
    expect(applied.stdout).toMatch(/^It is unverified: no check has proven it\.$/m);
    expect(git(stage, "status", "--porcelain")).toBe("?? mine.txt\n?? new.txt\n");
    const back = /^To go back: (orchestrator diff \S+) \| git -C (\S+) apply -R$/m.exec(applied.stdout);
    expect(back?.slice(1)).toEqual([`orchestrator diff ${taskId}`, stage.workspace]);
    const patch = (await terminal.run("diff", taskId)).stdout;
    execFileSync("git", ["apply", "-R"], { cwd: stage.workspace, input: patch });
    expect(git(stage, "status", "--porcelain")).toBe("?? mine.txt\n");

    const left = await terminal.run("execute", "--roles", "builder", "--uncommitted", "leave", "Write");
    expect(left.stdout).toMatch(/ workspace {2}1 uncommitted file of yours was left out\n/);
    expectRefusal(await terminal.run("execute", "--uncommitted", "burn", "x"), 2, /"burn"/, /bring, leave/);
    expectRefusal(await terminal.run("execute", "--uncommitted", "leave", "--in-place", "x"), 2, /--in-place/);
  });

  test("that needs a check fails without one", async (context) => {
    const { terminal } = await open(context, { builder: writes("new.txt", "new\n") });
    const ran = await terminal.run("execute", "--roles", "builder", "--require-checks", "Write");
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(/^Checks: none found, and one is required, so the task will fail; /m);
    expect(ran.stdout).toMatch(/no check has proven the work, and one was required/);
    const { taskId } = await lastTask(terminal);
    expect((await terminal.run("checks", taskId)).stdout).toMatch(/^No check was found for /);
    expect(await terminal.json("checks", taskId)).toEqual([]);
    expectRefusal(await terminal.run("apply", taskId), 1, /ended as failed/, /--force applies it all the same/);
    expect((await terminal.run("apply", taskId, "--force")).stdout).toMatch(/^It is failed: look at it with care\.$/m);
  });
});

describe("a check that fails", () => {
  test("begins a further round, and what was run can be seen with its log", async (context) => {
    const write = (call: CallContext) =>
      call.lastToolResults.length > 0
        ? handOver(call)
        : reply().tool("Write", { file_path: "fixed.txt", content: "x\n" });
    const config = 'checks:\n  - "echo looking; test -f fixed.txt"\n';
    const builder = inOrder((call) => handOver(call), write);
    const { terminal } = await open(context, { builder }, config);
    const ran = await terminal.run("execute", "--roles", "builder", "Mend it");
    expect(ran, ran.stdout).toMatchObject({ code: 0 });
    expect(ran.stdout).toMatch(/ failed {5}check-builder: test \(`echo looking; /);
    expect(ran.stdout).toMatch(/ planned {4}round 1 of 2: the checks failed \(check-builder\)\n/);
    expect(ran.stdout).toMatch(/^Checks {2}after round 1$/m);
    expect(ran.stdout).toMatch(/ 1 further round$/m);
    const { taskId } = await lastTask(terminal);
    expect((await terminal.run("task-details", taskId)).stdout).toMatch(
      /^✗ check-builder +failed .*\n {2}round 1\n✓ builder#2 +succeeded .*\n✓ check-builder#2 +passed /m,
    );

    const shown = (await terminal.run("checks", taskId)).stdout;
    expect(shown).toMatch(/^step +check +result +exit +seconds +tests$/m);
    expect(shown).toMatch(/^baseline +test +✗ failed +1 +\d\.\d +–$/m);
    expect(shown).toMatch(/^check-builder#2 +test +✓ passed +0 /m);
    expect(shown).toMatch(/^check-builder, test: failed\n {2}command +echo looking; test -f fixed\.txt\n/m);
    expect(shown).toMatch(/^ {2}log +\S+\.log\n {2}sha-256 +[0-9a-f]{64}\n +the log is as it was recorded$/m);
    expect(
      Math.max(
        ...shown
          .split("\n")
          .filter((line) => !line.includes(".log"))
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(80);
    expect((await terminal.run("checks", taskId, "--log")).stdout.match(/^looking$/gm)).toHaveLength(3);

    const [first] = await terminal.json("checks", taskId);
    expect(first).toMatchObject({ taskId, stepKey: "baseline", passed: false, exitCode: 1, logIntact: true });
    appendFileSync(first.logPath, "tampered\n");
    expect((await terminal.json("checks", taskId))[0].logIntact).toBe(false);
    expect((await terminal.run("checks", taskId)).stdout).toMatch(/THE LOG WAS CHANGED/);
  });
});

describe("a task in the directory itself", () => {
  test("says so, and can be undone once", async (context) => {
    const { stage, terminal } = await open(context, { builder: writes("new.txt", "new\n") });
    const ran = await terminal.run("execute", "--roles", "builder", "--in-place", "Write");
    expect(ran.stdout).toContain(`Agents work in ${stage.workspace} itself, one writer at a time`);
    const { taskId } = await lastTask(terminal);
    expect(ran.stdout).toMatch(
      new RegExp(`^Next\n {2}orchestrator diff ${taskId} .*\n {2}orchestrator undo ${taskId} `, "m"),
    );
    expect((await terminal.run("task-details", taskId)).stdout).toMatch(/^workspace +the directory itself$/m);
    expect((await terminal.run("diff", taskId)).stdout).toMatch(/^\+new$/m);
    expectRefusal(await terminal.run("apply", taskId), 1, /in the directory itself/, /orchestrator undo/);
    expect(existsSync(join(stage.workspace, "new.txt"))).toBe(true);
    expect((await terminal.run("undo", taskId)).stdout).toBe("Put back: 1 file\n  new.txt\n");
    expect(existsSync(join(stage.workspace, "new.txt"))).toBe(false);
    expectRefusal(await terminal.run("undo", taskId), 1, /undone before/);
    expect((await terminal.run("task-details", taskId)).stdout).toMatch(/^undone +\d{4}-/m);
    const again = await terminal.json("execute", "--roles", "builder", "--in-place", "Write");
    writeFileSync(join(stage.workspace, "new.txt"), "mine\n");
    expectRefusal(await terminal.run("undo", again.taskId), 1, /you have changed since: new\.txt/);
    expect(readFileSync(join(stage.workspace, "new.txt"), "utf8")).toBe("mine\n");
  });
});

describe("resume", () => {
  test("goes on with a task whose conflict the user has settled", async (context) => {
    const begins = (content: string) => reply().tool("Write", { file_path: "shared.txt", content });
    const documenter = inOrder(
      () => begins("theirs\n"),
      (call) => handOver(call),
    );
    const { stage, terminal } = await open(context, { builder: writes("shared.txt", "ours\n"), documenter });
    const ran = await terminal.run("execute", "--roles", "builder,documenter", "--mode", "parallel", "Write");
    expect(ran.code, ran.stdout).toBe(1);
    expect(ran.stdout).toMatch(/ attention {2}A conflict in shared\.txt needs you/);
    expect(ran.stdout).toMatch(/^! needs_attention - it goes on when you have seen to it$/m);
    const task = await lastTask(terminal);
    const { taskId } = task;
    expect(task).toMatchObject({ status: "needs_attention", attention: { reason: expect.any(String) } });
    const [, directory = ""] = /Edit it in (\S+), then: orchestrator resume/.exec(ran.stdout) ?? [];
    expect((await terminal.run("status")).stdout).toMatch(/^! needs attention\n {2}A conflict in shared\.txt/m);
    const list = (await terminal.run("list-tasks")).stdout;
    expect(list).toMatch(new RegExp(`^${taskId} +needs_attention `, "m"));
    expect(list).not.toMatch(/gone/);
    expect((await terminal.run("clean")).stdout).toMatch(/^kept {2}task_\w+\n {2}\S+\n {2}it waits for you/m);
    expect(existsSync(directory)).toBe(true);
    expectRefusal(await terminal.run("apply", taskId), 1, /is needs_attention/);

    const tooSoon = await terminal.run("resume", taskId);
    expect(tooSoon.code).toBe(1);
    expect(tooSoon.stdout).toMatch(/both sides are still marked in shared\.txt/);
    writeFileSync(join(directory, "shared.txt"), "ours\ntheirs\n");
    const resumed = await terminal.run("resume", taskId);
    expect(resumed, resumed.stdout).toMatchObject({ code: 0, stderr: "" });
    expect(resumed.stdout).not.toMatch(/ started {4}builder/);
    expect(resumed.stdout).toMatch(/The user settled the conflict/);
    expect(resumed.stdout).toMatch(/^✓ unverified/m);
    expect((await terminal.run("apply", taskId)).code).toBe(0);
    expect(readFileSync(join(stage.workspace, "shared.txt"), "utf8")).toBe("ours\ntheirs\n");
    expectRefusal(await terminal.run("resume", taskId), 2, /is unverified; there is nothing to resume/);
    expectRefusal(await terminal.run("resume", "task_nobody"), 2, /task_nobody/);
  });
});

describe("rescue and clean", () => {
  test("what nobody has taken in is kept when its task is removed, and can be had again", async (context) => {
    const { stage, terminal } = await open(context, { builder: writes("new.txt", "new\n") });
    expect((await terminal.run("rescue")).stdout).toMatch(/^Nothing is kept here/);
    expect(await terminal.json("rescue", "list", "--cwd", stage.home)).toEqual([]);
    const tasks = [
      await terminal.json("execute", "--roles", "builder", "One"),
      await terminal.json("execute", "--roles", "builder", "Two"),
    ];
    const removed = await terminal.json("clean", "--older-than", "0m");
    const ofTasks = removed.filter((each: { kind: string }) => each.kind === "task");
    expect(ofTasks).toHaveLength(2);
    const refs: string[] = ofTasks.flatMap((each: { rescued: string[] }) => each.rescued);
    expect(refs).toHaveLength(2);
    const listed = await terminal.json("rescue");
    expect(listed.map((each: { ref: string }) => each.ref).sort()).toEqual([...refs].sort());
    const [first = "", second = ""] = refs;
    const shown = (await terminal.run("rescue", "list")).stdout;
    for (const ref of refs) expect(shown).toContain(`\n  ${ref}\n`);

    const shared = first.split("/").at(-1) ?? "";
    expectRefusal(await terminal.run("rescue", "restore", shared, "--branch", "kept"), 2, /fits 2 refs/);
    const short = first.split("/").slice(-2).join("/");
    expectRefusal(await terminal.run("rescue", "restore", short), 2, /none was named/, /--branch/);
    expect((await terminal.run("rescue", "restore", short, "--branch", "kept")).stdout).toContain(
      `The branch kept holds ${first}.`,
    );
    expect(git(stage, "show", "kept:new.txt")).toBe("new\n");
    expectRefusal(
      await terminal.run("rescue", "restore", second, "--branch", "kept"),
      2,
      /No branch "kept" could be made/,
    );
    expectRefusal(await terminal.run("rescue", "drop", second), 2, /for good/, /--yes/);
    expect(await terminal.json("rescue", "drop", second, "--yes")).toMatchObject({ ref: second });
    expect(await terminal.json("rescue")).toHaveLength(1);
    expectRefusal(await terminal.run("rescue", "drop", "refs/heads/kept", "--yes"), 2, /Nothing is kept/);
    expect(git(stage, "branch", "--list", "kept")).toMatch(/kept/);
    expectRefusal(await terminal.run("rescue", "burn"), 2, /"burn"/, /list, restore, drop/);
    expectRefusal(await terminal.run("rescue", "drop"), 2, /drop needs a ref/);
    expect(tasks.map((task) => task.status)).toEqual(["unverified", "unverified"]);
  });

  test("clean keeps the worktree of a task whose process is gone, and removes it when the task has ended", async (context) => {
    const { stage, terminal } = await open(context, {
      builder: [reply().tool("Write", { file_path: "half.txt", content: "half\n" }), hang()],
    });
    const running = terminal.start("execute", "--roles", "builder", "Write");
    await waitFor("the second call", () => stage.server.calls.length > 1);
    expect((await terminal.run("clean")).stdout).toBe("Nothing ended longer than 30d ago.\n");
    running.child.kill("SIGKILL");
    await running.ended;
    await waitFor("the end of what was left", () => stage.processes().length === 0);
    const { taskId, workspaces } = await terminal.json("task-details", (await lastTask(terminal)).taskId);
    const kept = await terminal.run("clean");
    expect(kept.stdout).toMatch(
      new RegExp(
        `^kept {2}${taskId}\n.*\n {2}its process is gone; .*\n {2}kept as refs/orchestrator/rescue/${taskId}/files$`,
        "m",
      ),
    );
    expect(existsSync(workspaces[0].root)).toBe(true);
    // Where its repository is away, it stays when the task ends.
    const [repository, away] = [".git", ".git-away"].map((name) => join(stage.workspace, name)) as [string, string];
    renameSync(repository, away);
    await terminal.run("cancel", taskId);
    renameSync(away, repository);
    const { status, warnings } = await terminal.json("task-details", taskId);
    expect(status).toBe("cancelled");
    expect(warnings).toContainEqual(expect.stringMatching(/is kept: its repository .*orchestrator clean/));
    expect((await terminal.run("clean", "--dry-run")).stdout).toMatch(/^would be removed {2}task_/m);
    expect(existsSync(workspaces[0].root)).toBe(true);
    expect((await terminal.run("clean")).stdout).toMatch(/^removed {2}task_/m);
    expect(existsSync(workspaces[0].root)).toBe(false);
    const [rescued] = await terminal.json("rescue");
    expect(git(stage, "show", `${rescued.ref}:half.txt`)).toBe("half\n");
  });
});
