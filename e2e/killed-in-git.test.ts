import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { reply } from "@claude-orchestrator/rehearsal";
import { describe, expect, onTestFinished, test } from "vitest";
import { commitAll, handOver, openStage, play, type Stage } from "./fixtures.js";

const PROGRAM = fileURLToPath(new URL("./fixtures/host-task.mjs", import.meta.url));
const WORKFLOW = `steps:
  - { role: builder, key: one, instructions: Part one, dependsOn: [] }
  - { role: builder, key: two, instructions: Part two, dependsOn: [] }
`;
const bothParts = play({
  builder: (call) => {
    if (call.turn > 0) return handOver(call);
    const name = JSON.stringify(call.request.messages[0]).includes("Part one") ? "one" : "two";
    return reply().tool("Bash", { command: `echo ${name} > ${name}.txt` });
  },
});
const git = (cwd: string, ...args: string[]) => execFileSync("git", args, { cwd, encoding: "utf8" }).trim();

/** Hosts a task in another process, with or without a folder of programs before all others. */
function host(stage: Stage, args: string[], programs: string | null): ChildProcess {
  const path = stage.environment.PATH ?? "";
  return spawn(process.execPath, [PROGRAM, stage.workspace, ...args], {
    env: { ...stage.environment, PATH: programs ? `${programs}:${path}` : path },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** A git that does what it is told, and then kills whoever has told it: once, after the first command with some words. */
function makeKillingGit(stage: Stage, words: string): string {
  const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
  const script = `#!/bin/sh
"${real}" "$@"
code=$?
case "$*" in *${words}*) mkdir "$HOME/struck" 2>/dev/null && kill -KILL $PPID ;; esac
exit $code
`;
  const file = stage.write("../programs/git", script);
  chmodSync(file, 0o755);
  return join(file, "..");
}

const MOMENTS: [string, string][] = [
  ["the task's worktree was made", '"worktree add"*"/workspace "'],
  ["a lane was made", '"worktree add"*"@two "'],
  ["the commit of a step was made", '"commit-tree"*"-F -"'],
  ["the branch of a lane has moved", '"update-ref refs/heads/orchestrator/"*".one "'],
  ["the files of a merge have come into the worktree", '"reset --quiet --hard"'],
  ["a worktree was removed", '"worktree remove"'],
];

describe("an orchestrator that is killed when", () => {
  test.each(MOMENTS)("%s goes on to the same end", async (_, words) => {
    const stage = await openStage({ onTestFinished }, { script: bothParts });
    stage.write(".orchestrator/workflows/both.yaml", WORKFLOW);
    commitAll(stage.workspace);
    const child = host(stage, ["new", '{"workflow":"both"}'], makeKillingGit(stage, words));
    expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
    const [task] = await (await stage.orchestrator()).listTasks();
    const taskId = task?.taskId ?? "";
    expect(await once(host(stage, [taskId], null), "exit")).toEqual([0, null]);

    const { status, steps, agents } = await (await stage.orchestrator()).getTaskDetails(taskId);
    expect(status).toBe("unverified");
    expect(steps.map((step) => step.status)).toEqual(["succeeded", "succeeded", "succeeded"]);
    expect(agents.map((agent) => agent.stepKey).sort()).toEqual(["one", "two"]);
    const branch = `orchestrator/${taskId}`;
    expect(git(stage.workspace, "show", `${branch}:one.txt`, `${branch}:two.txt`)).toBe("one\ntwo");
    const trailer = "--format=%(trailers:key=Orchestrator-Step,valueonly)";
    const commits = git(stage.workspace, "log", trailer, `HEAD..${branch}`).split("\n").filter(Boolean);
    expect(commits.sort()).toEqual(["merge", "one", "two"]);
    // Nothing is left behind, and nothing had to be kept.
    const refs = git(stage.workspace, "for-each-ref", "--format=%(refname)").split("\n");
    expect(refs.filter((ref) => !ref.startsWith("refs/heads/ma"))).toEqual([`refs/heads/${branch}`]);
    expect(git(stage.workspace, "worktree", "list").split("\n")).toHaveLength(1);
    expect(readdirSync(join(stage.data, "workspaces"))).toEqual([]);
  });
});
