import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type CallContext,
  lookAround,
  type RecordedCall,
  type Reply,
  reply,
  type Step,
} from "@claude-orchestrator/rehearsal";
import { describe, expect, it } from "vitest";
import { handOver, lastResult, openStage, play, type Stage, stepOf } from "./fixtures.js";

/** Steps that make these tool calls one after another and then hand over; `told` gets what each call answered. */
function callTools(calls: readonly Reply[], told: string[]): Step[] {
  const hear = (call: CallContext) => void told.push(lastResult(call));
  const steps = calls.map((answer, position): Step => {
    if (position === 0) return answer;
    return (call) => {
      hear(call);
      return answer;
    };
  });
  return [
    ...steps,
    (call) => {
      hear(call);
      return handOver(call);
    },
  ];
}

const bash = (command: string) => reply().tool("Bash", { command, description: "Try" });
const write = (path: string) => reply().tool("Write", { file_path: path, content: "written\n" });

/** The tools on offer in a call, without the one that the CLI adds for tools to be loaded later; there are none. */
function toolsIn(call: RecordedCall | undefined): string[] {
  const names = call?.request.tools?.map((tool) => tool.name) ?? [];
  return names.filter((name) => name !== "DeferredToolPlaceholder").sort();
}

async function run(stage: Stage, ...roles: string[]) {
  const orchestrator = await stage.orchestrator();
  return orchestrator.executeCustomWorkflow({ prompt: "Try it", roles });
}

/** The same in the user's own directory, uncommitted changes and all. */
async function runInPlace(stage: Stage, ...roles: string[]) {
  const orchestrator = await stage.orchestrator();
  return orchestrator.executeCustomWorkflow({ prompt: "Try it", roles, inPlace: true });
}

describe("a role that may not write", () => {
  it("has no tool to write and no command that changes a file", async (test) => {
    const told: string[] = [];
    const steps = callTools([], told);
    const stage = await openStage(test, { script: play({ reviewer: steps }) });
    const commands = ["touch made", "echo made > made", "sed -i s/small/large/ README.md", "cp README.md made"];
    const calls = [write(join(stage.workspace, "made")), ...commands.map(bash), bash("ls"), bash("cat README.md")];
    stage.server.setScript(play({ reviewer: callTools(calls, told) }));
    const result = await run(stage, "reviewer");
    expect(result.error).toBeNull();
    expect(told[0]).toContain("No such tool");
    for (const refused of told.slice(1, 5)) expect(refused).toContain("denied");
    expect(told.slice(5)).toEqual(["README.md", "A small project."]);
    expect(existsSync(join(stage.workspace, "made"))).toBe(false);
    expect(toolsIn(stage.server.calls[0])).toEqual(["Bash", "Glob", "Grep", "Read", "StructuredOutput"]);
  });

  it("cannot read outside the workspace with its file tools", async (test) => {
    const told: string[] = [];
    const stage = await openStage(test, { script: play() });
    writeFileSync(join(stage.home, "secret.txt"), "the word is plum\n");
    symlinkSync(stage.home, join(stage.workspace, "way-out"));
    const read = (path: string) => reply().tool("Read", { file_path: path });
    const grep = reply().tool("Grep", { pattern: "plum", path: stage.home, output_mode: "content" });
    const calls = [read(join(stage.home, "secret.txt")), read(join(stage.workspace, "way-out", "secret.txt")), grep];
    stage.server.setScript(play({ reviewer: callTools(calls, told) }));
    const result = await run(stage, "reviewer");
    expect(result.error).toBeNull();
    expect(told).toHaveLength(3);
    for (const refused of told) {
      expect(refused).toContain("outside the workspace");
      expect(refused).not.toContain("plum");
    }
  });

  it("runs no command that the repository's git settings name for git status", async (test) => {
    const stage = await openStage(test, { script: play(), git: true });
    execFileSync("git", ["config", "core.fsmonitor", "touch made; false"], { cwd: stage.workspace });
    const told: string[] = [];
    stage.server.setScript(play({ reviewer: callTools([bash("git status")], told) }));
    const result = await run(stage, "reviewer");
    expect(told[0]).toContain("On branch");
    expect(existsSync(join(stage.workspace, "made"))).toBe(false);
    expect(result.success).toBe(true);
  });

  it("fails with tree_changed when its shell changes a file all the same, here through a filter of git diff", async (test) => {
    const stage = await openStage(test, { script: play(), git: true });
    // The CLI takes `git diff` for read-only; this repository's own configuration makes it run a command.
    execFileSync("git", ["config", "diff.shown.textconv", "touch made; cat"], { cwd: stage.workspace });
    stage.write(".gitattributes", "README.md diff=shown\n");
    stage.write("README.md", "Another text.\n");
    const told: string[] = [];
    stage.server.setScript(play({ reviewer: callTools([bash("git diff")], told) }));
    const result = await runInPlace(stage, "reviewer", "scout");
    expect(told[0]).toContain("Another text.");
    expect(result).toMatchObject({ status: "failed", error: { code: "tree_changed" } });
    expect(result.error?.message).toContain("made");
    expect(result.steps.map((step) => step.status)).toEqual(["failed", "skipped"]);
  });

  it("fails with tree_changed when somebody else changes a file meanwhile", async (test) => {
    const stage = await openStage(test, { script: play() });
    stage.server.setScript(
      play({
        reviewer: [
          bash("ls"),
          (call) => {
            stage.write("README.md", "Changed from outside.\n");
            return handOver(call);
          },
        ],
      }),
    );
    const result = await run(stage, "reviewer");
    expect(result.error).toMatchObject({ code: "tree_changed", message: expect.stringContaining("README.md") });
  });
});

describe("a role that may write", () => {
  it("writes inside the workspace only, and neither into .git nor .claude", async (test) => {
    const told: string[] = [];
    const stage = await openStage(test, { script: play(), git: true });
    const outside = join(stage.home, "outside");
    mkdirSync(outside);
    symlinkSync(outside, join(stage.workspace, "way-out"));
    writeFileSync(join(outside, "present.txt"), "untouched\n");
    symlinkSync(join(outside, "present.txt"), join(stage.workspace, "link.txt"));
    symlinkSync(join(outside, "absent.txt"), join(stage.workspace, "link-to-nowhere.txt"));
    const config = readFileSync(join(stage.workspace, ".git", "config"), "utf8");
    const inside = (path: string) => join(stage.workspace, path);
    const refused = [
      join(outside, "file.txt"),
      inside("../home/outside/file.txt"),
      inside("way-out/file.txt"),
      inside("link.txt"),
      inside("link-to-nowhere.txt"),
      inside(".git/config"),
      inside(".git/hooks/pre-commit"),
      inside(".claude/settings.json"),
    ];
    stage.server.setScript(play({ builder: callTools([...refused, inside("new/file.txt")].map(write), told) }));
    const result = await runInPlace(stage, "builder");
    expect(result.error).toBeNull();
    // The CLI itself asks for a file to be read before it is replaced, and that the policy refuses for link.txt.
    for (const [position, path] of refused.entries())
      expect(told[position], path).toMatch(
        /outside the workspace|not for agents|symbolic link|sensitive|not been read|been denied/,
      );
    expect(readdirSync(outside)).toEqual(["present.txt"]);
    expect(readFileSync(join(outside, "present.txt"), "utf8")).toBe("untouched\n");
    expect(readFileSync(inside(".git/config"), "utf8")).toBe(config);
    expect(existsSync(inside(".git/hooks/pre-commit"))).toBe(false);
    expect(existsSync(inside(".claude"))).toBe(false);
    expect(readFileSync(inside("new/file.txt"), "utf8")).toBe("written\n");
    expect(result.files.produced.map((file) => file.path)).toEqual(["new/file.txt"]);
  });

  it("has a shell that sees PATH and none of the user's secrets", async (test) => {
    const told: string[] = [];
    const secrets = {
      AWS_SECRET_ACCESS_KEY: "secret-1",
      GITHUB_TOKEN: "secret-2",
      DATABASE_URL: "secret-3",
      CLAUDE_CODE_OAUTH_TOKEN: "secret-4",
    };
    const stage = await openStage(test, {
      script: play({ builder: callTools([bash("env")], told) }),
      environment: { ...secrets, LC_ALL: "C.UTF-8" },
    });
    const result = await run(stage, "builder");
    expect(result.error).toBeNull();
    const names = (told[0] ?? "").split("\n").map((line) => line.split("=")[0]);
    expect(names).toEqual(expect.arrayContaining(["PATH", "HOME", "LC_ALL"]));
    expect(told[0]).not.toContain("secret-");
    for (const name of [...Object.keys(secrets), "VITEST"]) expect(names).not.toContain(name);
  });
});

describe("a repository", () => {
  it("cannot run commands, start servers or move the endpoint by its settings", async (test) => {
    const told: string[] = [];
    const stage = await openStage(test, { script: play({ builder: callTools([bash("echo working")], told) }) });
    const marker = (name: string) => join(stage.home, name);
    const hooks = Object.fromEntries(
      ["SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "Stop"].map((event) => [
        event,
        [{ hooks: [{ type: "command", command: `touch ${marker("hook")}` }] }],
      ]),
    );
    const nowhere = { ANTHROPIC_BASE_URL: "http://127.0.0.1:1" };
    const settings = JSON.stringify({ hooks, env: { ...nowhere, MADE_UP: "1" }, enableAllProjectMcpServers: true });
    stage.write(".claude/settings.json", settings);
    stage.write(".claude/settings.local.json", settings);
    const server = { command: "touch", args: [marker("mcp")] };
    stage.write(".mcp.json", JSON.stringify({ mcpServers: { intruder: server } }));
    stage.write(".env", "ANTHROPIC_BASE_URL=http://127.0.0.1:1\n");
    const result = await run(stage, "builder");
    expect(result.error).toBeNull();
    expect(told).toEqual(["working"]);
    expect(stage.server.calls).toHaveLength(2);
    expect(existsSync(marker("hook"))).toBe(false);
    expect(existsSync(marker("mcp"))).toBe(false);
  });

  it("speaks to every agent through its CLAUDE.md", async (test) => {
    const stage = await openStage(test, { script: play() });
    stage.write("CLAUDE.md", "Always use tabs in this project.\n");
    const result = await run(stage, "scout", "planner");
    expect(result.error).toBeNull();
    expect(stage.server.calls).toHaveLength(2);
    for (const call of stage.server.calls)
      expect(JSON.stringify(call.request.messages)).toContain("Always use tabs in this project.");
  });

  it("brings roles of its own, which run beside all seven built-in ones with a model that only knows schemas", async (test) => {
    const stage = await openStage(test, { script: lookAround() });
    stage.write(
      ".orchestrator/roles/poet.md",
      "---\nname: poet\ndescription: Writes verse.\ntools: Read, Grep\n---\nYou write one line of verse about the project.\n",
    );
    const roles = ["analyst", "planner", "scout", "builder", "tester", "reviewer", "documenter", "poet"];
    const result = await run(stage, ...roles);
    expect(result.error).toBeNull();
    expect(result.status).toBe("unverified");
    expect(result.steps.map(({ role, status }) => [role, status])).toEqual(roles.map((role) => [role, "succeeded"]));
    for (const role of roles) expect(stepOf(result, role).handoff?.summary).toBe("rehearsal");
    const poetry = stage.server.calls.find((call) => call.role === "poet");
    expect(JSON.stringify(poetry?.request.system)).toContain("one line of verse");
    expect(toolsIn(poetry)).toEqual(["Grep", "Read", "StructuredOutput"]);
  });
});
