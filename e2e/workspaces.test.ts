import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CallContext, type Reply, reply } from "@claude-orchestrator/rehearsal";
import { describe, expect, test } from "vitest";
import { commitAll, handOver, openStage, play, type Stage, stepOf } from "./fixtures.js";

const git = (cwd: string, ...args: string[]) =>
  execFileSync("git", ["-c", "user.name=Test", "-c", "user.email=test@example.com", ...args], {
    cwd,
    encoding: "utf8",
  });

/** Everything of a checkout that must not change before the result is applied. */
function look({ workspace }: Stage) {
  return {
    status: git(workspace, "status", "--porcelain=v2", "--branch", "--untracked-files=all"),
    stash: git(workspace, "stash", "list"),
    index: readFileSync(join(workspace, ".git", "index")).toString("base64"),
    head: readFileSync(join(workspace, ".git", "HEAD"), "utf8"),
    config: readFileSync(join(workspace, ".git", "config"), "utf8"),
  };
}

/** Agents told apart by the instructions of their step: each runs its own command and hands over. */
function commands(byInstructions: Readonly<Record<string, string>>): (call: CallContext) => Reply {
  return (call) => {
    const prompt = JSON.stringify(call.request.messages[0]);
    const found = Object.entries(byInstructions).find(([words]) => prompt.includes(words));
    return call.turn === 0 && found ? reply().tool("Bash", { command: found[1] }) : handOver(call);
  };
}

const builder = (instructions: string, key?: string) => ({ role: "builder", instructions, ...(key ? { key } : {}) });

describe("a task's own worktree", () => {
  test("leaves the user's checkout alone until the result is applied", async (context) => {
    const script = play({
      builder: commands({ "Part one": "echo new > made.txt; sed -i s/small/fine/ README.md; git stash list" }),
    });
    const stage = await openStage(context, { script, git: true });
    stage.write("mine.txt", "not committed\n");
    git(stage.workspace, "stash", "push", "--include-untracked", "--message", "kept aside");
    stage.write("other.txt", "not committed either\n");
    git(stage.workspace, "status");
    const before = look(stage);
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Do it", roles: [builder("Part one")] });
    expect(result.status).toBe("unverified");
    expect(look(stage)).toEqual(before);
    expect(existsSync(join(stage.workspace, "made.txt"))).toBe(false);
    expect(result.files.produced.map((file) => [file.kind, file.path])).toEqual([
      ["created", "made.txt"],
      ["modified", "README.md"],
    ]);

    const branch = `orchestrator/${result.taskId}`;
    const message = git(stage.workspace, "log", "-1", "--format=%an <%ae>%n%B", branch);
    expect(message).toContain("Claude Orchestrator <agents@claude-orchestrator.invalid>");
    expect(message).toContain(
      `Orchestrator-Task: ${result.taskId}\nOrchestrator-Step: builder\nOrchestrator-Agent: agent_`,
    );
    expect(message).toMatch(/Orchestrator-Cost: \d+\.\d{4} USD/);
    // The user's uncommitted file was brought along, as a commit of its own.
    expect(git(stage.workspace, "show", "--stat", "--format=%s", `${branch}~1`)).toContain("other.txt");
    expect(git(stage.workspace, "worktree", "list").trim().split("\n")).toHaveLength(1);

    await orchestrator.apply(result.taskId);
    expect(readFileSync(join(stage.workspace, "made.txt"), "utf8")).toBe("new\n");
    expect(readFileSync(join(stage.workspace, "other.txt"), "utf8")).toBe("not committed either\n");
  });

  test("begins without the user's uncommitted changes where that is asked for, and is merged then", async (context) => {
    const script = play({ builder: commands({ "Part one": "ls > made.txt" }) });
    const stage = await openStage(context, { script, git: true });
    stage.write("other.txt", "not committed\n");
    const orchestrator = await stage.orchestrator();
    const options = { prompt: "Do it", roles: [builder("Part one")], uncommitted: "leave" as const };
    const result = await orchestrator.executeCustomWorkflow(options);
    expect(await orchestrator.apply(result.taskId)).toMatchObject({ mode: "merge" });
    expect(readFileSync(join(stage.workspace, "made.txt"), "utf8")).not.toContain("other.txt");
    expect(git(stage.workspace, "log", "--oneline").trim().split("\n")).toHaveLength(3);
    await expect(orchestrator.apply(result.taskId)).rejects.toMatchObject({ code: "not_applied" });
  });

  test("maps the paths of the user's checkout, whichever tool names them", async (context) => {
    const at = (name: string) => join(stage.workspace, name);
    const script = play({
      builder: (call) => {
        const steps = [
          reply().tool("Write", { file_path: at("written.txt"), content: `see ${at("README.md")}\n` }),
          reply().tool("Bash", { command: `cd ${stage.workspace} && cp README.md "${at("copied.txt")}"` }),
          reply().tool("Read", { file_path: at("copied.txt") }),
        ];
        return steps[call.turn] ?? handOver(call);
      },
    });
    const stage = await openStage(context, { script, git: true });
    const before = look(stage);
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({
      prompt: `Work in ${stage.workspace}`,
      roles: ["builder"],
    });
    expect(look(stage)).toEqual(before);
    expect(result.files.produced.map((file) => file.path)).toEqual(["copied.txt", "written.txt"]);
    expect(result.files.consumed).toEqual(["copied.txt"]);
    const { patch } = await orchestrator.getDiff(result.taskId);
    expect(patch).toContain(`see ${at("README.md")}`);
  });

  test("follows up on the branch of the task before", async (context) => {
    const script = play({
      builder: commands({ "Part one": "echo one > one.txt", "Part two": "cat one.txt > two.txt" }),
    });
    const stage = await openStage(context, { script, git: true });
    const orchestrator = await stage.orchestrator();
    const first = await orchestrator.executeCustomWorkflow({ prompt: "Do it", roles: [builder("Part one")] });
    const second = await orchestrator.followUp(first.taskId, { prompt: "Part two", taskType: "simple_implementation" });
    expect(second.files.produced.map((file) => file.path)).toEqual(["two.txt"]);
    await orchestrator.apply(second.taskId);
    expect(readFileSync(join(stage.workspace, "two.txt"), "utf8")).toBe("one\n");
  });

  test("has ports and a database name of its own, and files that git does not hold", async (context) => {
    const script = play({
      builder: commands({
        "Part one":
          "env | grep ^WORKSPACE_ | sort > env.txt; cat .env > seen.txt; node -e 'require(\"left\")' && echo ok >> seen.txt; cat ready.txt >> seen.txt",
      }),
    });
    const stage = await openStage(context, { script });
    stage.write(".gitignore", ".env\nnode_modules\nready.txt\n");
    stage.write(".env", "SECRET=1234567\n");
    stage.write("node_modules/left/index.js", "module.exports = 1;\n");
    stage.write(".orchestrator/config.yaml", 'setup: ["echo ready > ready.txt"]\ncopyFiles: [.env]\n');
    commitAll(stage.workspace);
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Do it", roles: [builder("Part one")] });
    const { patch } = await orchestrator.getDiff(result.taskId);
    expect(patch).toContain("SECRET=1234567");
    expect(patch).toMatch(/\+ok\n\+ready/);
    expect(patch).toMatch(new RegExp(`\\+WORKSPACE_DATABASE=${result.taskId}`));
    expect(patch).toMatch(/\+WORKSPACE_PORT_BASE=\d{5}/);
    expect(result.workspaces[0]?.prepared).toMatchObject({ shared: ["node_modules"], copied: [".env"] });
    expect(existsSync(join(stage.workspace, "ready.txt"))).toBe(false);
  });

  test("a set-up command that fails fails the task before an agent costs anything", async (context) => {
    const stage = await openStage(context, { script: play() });
    stage.write(".orchestrator/config.yaml", 'setup: ["echo no such luck; exit 3"]\n');
    commitAll(stage.workspace);
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Do it", roles: ["builder"] });
    expect(result).toMatchObject({ status: "failed", error: { code: "setup_failed" } });
    expect(result.error?.message).toContain("no such luck");
    expect(stage.server.calls).toHaveLength(0);
  });
});

describe("writers side by side", () => {
  const parallel = (one: string, two: string) => play({ builder: commands({ "Part one": one, "Part two": two }) });

  test("that change different files make one result", async (context) => {
    const stage = await openStage(context, {
      script: parallel("echo one > one.txt; sleep 0.5; ls > seen-one.txt", "echo two > two.txt"),
      git: true,
    });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({
      prompt: "Both",
      roles: [builder("Part one"), builder("Part two")],
      parallel: true,
    });
    expect(result.steps.map((step) => [step.stepKey, step.kind, step.status, step.lane])).toEqual([
      ["builder", "agent", "succeeded", "builder"],
      ["builder#2", "agent", "succeeded", "builder#2"],
      ["merge", "merge", "succeeded", null],
    ]);
    const { patch, changes } = await orchestrator.getDiff(result.taskId);
    expect(changes.map((change) => change.path)).toEqual(["one.txt", "seen-one.txt", "two.txt"]);
    // Neither saw the other's files while it worked.
    expect(patch).not.toContain("+two.txt");
    expect(git(stage.workspace, "branch", "--list", "orchestrator/*").trim()).toBe(`orchestrator/${result.taskId}`);
    expect(git(stage.workspace, "worktree", "list").trim().split("\n")).toHaveLength(1);
    await orchestrator.apply(result.taskId);
    expect(readFileSync(join(stage.workspace, "two.txt"), "utf8")).toBe("two\n");
  });

  test("that change the same line need a conflict step, which settles it", async (context) => {
    const told: string[] = [];
    const script = play({
      builder: (call) => {
        const prompt = JSON.stringify(call.request.messages[0]);
        if (prompt.includes("contradict each other")) {
          told.push(prompt);
          return call.turn === 0 ? reply().tool("Bash", { command: "echo one and two > README.md" }) : handOver(call);
        }
        return commands({ "Part one": "echo one > README.md", "Part two": "echo two > README.md" })(call);
      },
    });
    const stage = await openStage(context, { script, git: true });
    const orchestrator = await stage.orchestrator();
    const roles = [builder("Part one"), builder("Part two")];
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Both", roles, parallel: true });
    expect(result.steps.map((step) => [step.stepKey, step.kind, step.status])).toEqual([
      ["builder", "agent", "succeeded"],
      ["builder#2", "agent", "succeeded"],
      ["merge", "merge", "succeeded"],
      ["conflict", "conflict", "succeeded"],
    ]);
    expect(told[0]).toContain("README.md");
    const branch = `orchestrator/${result.taskId}`;
    expect(git(stage.workspace, "show", `${branch}:README.md`)).toBe("one and two\n");
    // Both sides are in its history: nothing is lost whichever way it was settled.
    const sides = ["builder", "builder#2"].map((key) => stepOf(result, key).commit ?? "");
    for (const side of sides) git(stage.workspace, "merge-base", "--is-ancestor", side, branch);
  });

  test("a conflict without marks that the agent leaves as it is waits for the user", async (context) => {
    const stage = await openStage(context, {
      script: parallel("git rm -q README.md", "echo two > README.md"),
      git: true,
    });
    const orchestrator = await stage.orchestrator();
    const roles = [builder("Part one"), builder("Part two")];
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Both", roles, parallel: true });
    expect(result.status).toBe("needs_attention");
    expect(result.attention?.reason).toContain("README.md");
    // Whoever resumes has looked.
    expect((await orchestrator.resume(result.taskId)).status).toBe("unverified");
  });

  test("a round in a lane of its own is part of the merge", async (context) => {
    let tries = 0;
    const script = play({
      builder: (call) => {
        const prompt = JSON.stringify(call.request.messages[0]);
        if (call.turn > 0) return handOver(call);
        if (prompt.includes("Part two")) return reply().tool("Bash", { command: "echo two > two.txt" });
        tries += 1;
        return reply().tool("Bash", { command: tries === 1 ? "echo bad > one.txt" : "echo good > one.txt" });
      },
    });
    const stage = await openStage(context, { script });
    stage.write(".orchestrator/config.yaml", 'checks: ["test ! -e one.txt || grep -q good one.txt"]\n');
    commitAll(stage.workspace);
    const orchestrator = await stage.orchestrator();
    const roles = [builder("Part one"), builder("Part two")];
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Both", roles, parallel: true });
    expect(result).toMatchObject({ status: "completed", census: { rounds: 1 } });
    expect(git(stage.workspace, "show", `orchestrator/${result.taskId}:one.txt`)).toBe("good\n");
    expect(git(stage.workspace, "show", `orchestrator/${result.taskId}:two.txt`)).toBe("two\n");
  });

  test("a lane whose check is run again holds what its writer has left", async (context) => {
    const stage = await openStage(context, { script: parallel("echo one > one.txt", "echo two > two.txt") });
    const flag = join(stage.home, "ready");
    const check = `test -e ${flag} && { test -e one.txt || test -e two.txt; }`;
    stage.write(".orchestrator/config.yaml", `maxRounds: 0\nbaseline: false\nchecks: ["${check}"]\n`);
    commitAll(stage.workspace);
    const orchestrator = await stage.orchestrator();
    const roles = [builder("Part one"), builder("Part two")];
    const failed = await orchestrator.executeCustomWorkflow({ prompt: "Both", roles, parallel: true });
    expect(stepOf(failed, "check-builder").status).toBe("failed");
    writeFileSync(flag, "");
    for (const key of ["check-builder", "check-builder#2"]) await orchestrator.retry(failed.taskId, key);
    expect(await orchestrator.getTaskDetails(failed.taskId)).toMatchObject({ status: "completed" });
    expect(git(stage.workspace, "show", `orchestrator/${failed.taskId}:one.txt`)).toBe("one\n");
  });

  test("a conflict that the agent leaves open waits for the user, who settles it and goes on", async (context) => {
    const stage = await openStage(context, {
      script: parallel("echo one > README.md", "echo two > README.md"),
      git: true,
    });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeWithDependencies({
      prompt: "Both",
      steps: [builder("Part one"), builder("Part two"), "reviewer"],
      dependencies: { 2: [0, 1] },
    });
    expect(result).toMatchObject({ status: "needs_attention", success: false, endedAt: null });
    const directory = result.workspaces.find((each) => each.lane === null)?.directory ?? "";
    expect(result.attention?.hint).toContain(directory);
    expect(result.attention?.hint).toContain(`orchestrator resume ${result.taskId}`);
    expect(stepOf(result, "reviewer").status).toBe("pending");
    expect(readFileSync(join(directory, "README.md"), "utf8")).toContain("<<<<<<<");

    const again = await orchestrator.resume(result.taskId);
    expect(again.status).toBe("needs_attention");
    writeFileSync(join(directory, "README.md"), "one, then two\n");
    const ended = await orchestrator.resume(result.taskId);
    expect(ended).toMatchObject({ status: "unverified", attention: null });
    expect(stepOf(ended, "reviewer").status).toBe("succeeded");
    const branch = `orchestrator/${result.taskId}`;
    expect(git(stage.workspace, "show", `${branch}:README.md`)).toBe("one, then two\n");
    for (const key of ["builder", "builder#2"])
      git(stage.workspace, "merge-base", "--is-ancestor", stepOf(ended, key).commit ?? "", branch);
    expect(existsSync(directory)).toBe(false);
  });
});

describe("in place", () => {
  test("agents work in the directory itself, and what they did can be put back", async (context) => {
    const script = play({
      builder: commands({ "Part one": "sed -i s/small/fine/ README.md; echo new > made.txt; rm gone.txt" }),
    });
    const stage = await openStage(context, { script, git: true });
    stage.write("gone.txt", "still here\n");
    const orchestrator = await stage.orchestrator();
    const options = { prompt: "Do it", roles: [builder("Part one")], inPlace: true };
    const result = await orchestrator.executeCustomWorkflow(options);
    expect(readFileSync(join(stage.workspace, "made.txt"), "utf8")).toBe("new\n");
    const { changes } = await orchestrator.getDiff(result.taskId);
    expect(changes.map((change) => change.kind).sort()).toEqual(["created", "deleted", "modified"]);
    await expect(orchestrator.apply(result.taskId)).rejects.toMatchObject({ code: "not_applied" });
    expect((await orchestrator.undo(result.taskId)).sort()).toEqual(["README.md", "gone.txt", "made.txt"]);
    expect(readFileSync(join(stage.workspace, "gone.txt"), "utf8")).toBe("still here\n");
    expect(existsSync(join(stage.workspace, "made.txt"))).toBe(false);
    await expect(orchestrator.undo(result.taskId)).rejects.toMatchObject({ code: "not_applied" });
  });

  test("outside git the same holds, and edits since are never overwritten", async (context) => {
    const script = play({ builder: commands({ "Part one": "sed -i s/small/fine/ README.md" }) });
    const stage = await openStage(context, { script });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Do it", roles: [builder("Part one")] });
    expect(result.workspaces).toMatchObject([{ kind: "in_place", repository: null }]);
    expect((await orchestrator.getDiff(result.taskId)).patch).toContain("+A fine project.");
    stage.write("README.md", "My own words.\n");
    await expect(orchestrator.undo(result.taskId)).rejects.toMatchObject({ code: "not_applied" });
    expect(readFileSync(join(stage.workspace, "README.md"), "utf8")).toBe("My own words.\n");
  });
});

describe("agents that meddle with git", () => {
  test.each([
    [
      "commits by itself",
      "echo one > one.txt && git add -A && git -c user.name=A -c user.email=a@a commit -qm own",
      ["one.txt"],
    ],
    [
      "switches the branch",
      "git checkout -q -b elsewhere && echo one > one.txt && git add -A && git -c user.name=A -c user.email=a@a commit -qm own",
      ["one.txt"],
    ],
    [
      "goes back in history",
      "echo one > one.txt; git checkout -q --orphan fresh; git -c user.name=A -c user.email=a@a commit -qm own",
      ["one.txt"],
    ],
    ["removes the .git file", "echo one > one.txt; node -e 'fs.unlinkSync(`.g` + `it`)'", ["one.txt"]],
    [
      "breaks the registration",
      "echo one > one.txt; node -e 'fs.rmSync(String(child_process.execSync(`git rev-parse --git-dir`)).trim(), {recursive: true})'",
      ["one.txt"],
    ],
    ["puts its work on the stash", "echo one > one.txt; git add -A; git stash -q; echo two > two.txt", ["two.txt"]],
    ["leaves a locked index", 'echo one > one.txt; touch "$(git rev-parse --git-dir)/index.lock"', ["one.txt"]],
  ])("one that %s loses nothing", async (_, command, paths) => {
    let clean = async () => {};
    const context = {
      onTestFinished(given: () => Promise<void>) {
        clean = given;
      },
    };
    const script = play({
      builder: commands({ "Part one": command }),
      tester: commands({ "Part two": "echo test > test.txt" }),
    });
    const stage = await openStage(context, { script, git: true });
    const before = look(stage);
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({
      prompt: "Do it",
      roles: [builder("Part one"), { role: "tester", instructions: "Part two" }],
    });
    expect(result.error).toBeNull();
    expect(look(stage)).toEqual(before);
    expect((await orchestrator.getDiff(result.taskId)).changes.map((change) => change.path)).toEqual(
      [...paths, "test.txt"].sort(),
    );
    if (command.includes("stash")) expect(result.warnings.join()).toContain("git stash");
    await orchestrator.apply(result.taskId);
    await clean();
  });

  test("one that changes what the user's checkout shares with it has it put back", async (context) => {
    const meddle =
      "git config user.email evil@example.com; git stash pop; echo 'exit 1' > \"$(git rev-parse --git-common-dir)/hooks/pre-commit\"; echo one > one.txt";
    const script = play({ builder: commands({ "Part one": meddle }) });
    const stage = await openStage(context, { script, git: true });
    stage.write("mine.txt", "kept aside\n");
    git(stage.workspace, "stash", "push", "--include-untracked", "--message", "mine");
    const before = look(stage);
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Do it", roles: [builder("Part one")] });
    expect(result.error).toBeNull();
    expect(look(stage)).toEqual(before);
    expect(existsSync(join(stage.workspace, ".git", "hooks", "pre-commit"))).toBe(false);
    expect(result.warnings.join()).toContain("put back");
  });

  test("one that deletes its directory fails its step with a clear word, and what came before is kept", async (context) => {
    const script = play({ builder: commands({ "Part one": "echo one > one.txt", "Part two": 'rm -rf "$PWD"' }) });
    const stage = await openStage(context, { script, git: true });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({
      prompt: "Do it",
      roles: [builder("Part one"), builder("Part two")],
    });
    expect(result.status).toBe("failed");
    expect((await orchestrator.getDiff(result.taskId)).changes.map((change) => change.path)).toContain("one.txt");
  });

  test("a repository made inside keeps the workspace from being removed", async (context) => {
    const script = play({
      builder: commands({
        "Part one":
          "mkdir inner && cd inner && git init -q && echo x > x.txt && git add -A && git -c user.name=A -c user.email=a@a commit -qm own",
      }),
    });
    const stage = await openStage(context, { script, git: true });
    const orchestrator = await stage.orchestrator();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Do it", roles: [builder("Part one")] });
    expect(result.warnings.join()).toContain("is kept");
    expect(readFileSync(join(result.workspaces[0]?.root ?? "", "inner", "x.txt"), "utf8")).toBe("x\n");
  });
});

describe("repositories of every kind", () => {
  const script = () => play({ builder: commands({ "Part one": "echo one > one.txt" }) });
  const execute = async (stage: Stage, workingDirectory = stage.workspace) => {
    const orchestrator = await stage.orchestrator({ workingDirectory });
    return {
      orchestrator,
      result: await orchestrator.executeCustomWorkflow({ prompt: "Do it", roles: [builder("Part one")] }),
    };
  };

  test("without a commit", async (context) => {
    const stage = await openStage(context, { script: script() });
    git(stage.workspace, "init", "--quiet");
    const { orchestrator, result } = await execute(stage);
    expect(result.status).toBe("unverified");
    expect(await orchestrator.apply(result.taskId)).toMatchObject({ mode: "patch" });
    expect(readFileSync(join(stage.workspace, "one.txt"), "utf8")).toBe("one\n");
  });

  test("with a detached HEAD, in a folder with spaces and signs of its own", async (context) => {
    const stage = await openStage(context, { script: script() });
    const folder = join(stage.home, "a folder — ünïcode 'quoted'");
    mkdirSync(folder);
    writeFileSync(join(folder, "file.txt"), "x\n");
    commitAll(folder);
    git(folder, "checkout", "--quiet", "--detach");
    const { orchestrator, result } = await execute(stage, folder);
    expect(result.error).toBeNull();
    await orchestrator.apply(result.taskId);
    expect(readFileSync(join(folder, "one.txt"), "utf8")).toBe("one\n");
  });

  test("a bare one is refused with a clear word", async (context) => {
    const stage = await openStage(context, { script: script() });
    const bare = join(stage.home, "bare.git");
    git(stage.home, "init", "--quiet", "--bare", bare);
    await expect(execute(stage, bare)).rejects.toMatchObject({
      code: "workspace_failed",
      message: expect.stringContaining("bare"),
    });
  });

  test("from a folder below the top, agents work in the same folder of their copy", async (context) => {
    const stage = await openStage(context, { script: script() });
    stage.write("packages/inner/a.txt", "a\n");
    commitAll(stage.workspace);
    const { orchestrator, result } = await execute(stage, join(stage.workspace, "packages", "inner"));
    expect(result.files.produced.map((file) => file.path)).toEqual(["one.txt"]);
    await orchestrator.apply(result.taskId);
    expect(existsSync(join(stage.workspace, "packages", "inner", "one.txt"))).toBe(true);
  });

  test("with hooks that fail, which never run", async (context) => {
    const stage = await openStage(context, { script: script(), git: true });
    for (const hook of ["pre-commit", "post-checkout", "post-commit", "pre-merge-commit", "reference-transaction"])
      writeFileSync(join(stage.workspace, ".git", "hooks", hook), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    const { orchestrator, result } = await execute(stage);
    expect(result.error).toBeNull();
    expect(await orchestrator.apply(result.taskId, { mode: "squash" })).toMatchObject({ mode: "squash" });
  });

  test("whose user goes on meanwhile", async (context) => {
    const stage = await openStage(context, { script: script(), git: true });
    const { orchestrator, result } = await execute(stage);
    stage.write("README.md", "Changed by the user.\n");
    commitAll(stage.workspace);
    await orchestrator.apply(result.taskId);
    expect(readFileSync(join(stage.workspace, "README.md"), "utf8")).toBe("Changed by the user.\n");
    expect(readFileSync(join(stage.workspace, "one.txt"), "utf8")).toBe("one\n");
  });
});
