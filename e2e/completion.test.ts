import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { PROGRAM } from "./command-line.js";
import { openStage, play, type Stage, type TestContext, waitFor } from "./fixtures.js";
import { expectRefusal, openTerminal, type Terminal } from "./terminal.js";

interface Shells {
  stage: Stage;
  terminal: Terminal;
  /** What shells need: `orchestrator` is on their path, as an installation puts it there. */
  environment: Record<string, string>;
}

async function open(test: TestContext): Promise<Shells> {
  const stage = await openStage(test, { script: play() });
  const folder = join(stage.home, "bin");
  mkdirSync(folder);
  writeFileSync(join(folder, "orchestrator"), `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`);
  chmodSync(join(folder, "orchestrator"), 0o755);
  const environment = { ...stage.environment, PATH: `${folder}:${process.env.PATH}`, TERM: "dumb", PS1: "> " };
  return { stage, terminal: openTerminal(test, stage), environment };
}

function runShell({ stage, environment }: Shells, shell: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(shell, args, {
    cwd: stage.workspace,
    env: environment,
    encoding: "utf8",
  });
  expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: "" });
  return stdout;
}

/** What bash offers for each command line, the cursor at its end; words are separated by single spaces. */
function completeInBash(shells: Shells, ...lines: string[]): string[][] {
  const tries = lines.map(
    (line) =>
      `try ${line
        .split(" ")
        .map((word) => `'${word}'`)
        .join(" ")}`,
  );
  const program = [
    'eval "$(orchestrator completion bash)"',
    `try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _orchestrator; printf "%s\\n" "\${COMPREPLY[@]}" =; }`,
    ...tries,
  ];
  const offers = runShell(shells, "bash", "--norc", "--noprofile", "-c", program.join("\n")).split("=\n").slice(0, -1);
  return offers.map((offer) => offer.split("\n").filter(Boolean));
}

/** A shell in a pseudo-terminal: what is typed waits for what the line before has printed. */
async function type(test: TestContext, shells: Shells, shell: string, steps: [keys: string, shown: RegExp][]) {
  const child = spawn("script", ["--quiet", "--flush", "--command", shell, "/dev/null"], {
    cwd: shells.stage.workspace,
    env: shells.environment,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  test.onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  let screen = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    screen += text;
  });
  for (const [keys, shown] of steps) {
    screen = "";
    child.stdin.write(keys);
    await waitFor(`${shown} after ${JSON.stringify(keys)}`, () => shown.test(screen)).catch((error) => {
      throw new Error(`${error.message}; the screen has ${JSON.stringify(screen)}`);
    });
  }
  child.stdin.end("\u0015exit\n");
  await ended;
}

/** Installs a shell where that is allowed. Without it a test is skipped, aloud; in CI it fails. */
function requireShell(context: { skip(note: string): void }, shell: string): void {
  const isThere = () => spawnSync(shell, ["--version"]).status === 0;
  if (!isThere() && process.getuid?.() === 0) {
    const limit = { timeout: 120_000, stdio: "ignore" } as const;
    spawnSync("apt-get", ["update"], limit);
    spawnSync("apt-get", ["install", "--yes", "--no-install-recommends", shell], limit);
  }
  if (isThere()) return;
  expect(process.env.CI, `CI must have ${shell}`).toBeUndefined();
  console.warn(`SKIPPED: ${shell} is not installed, so its completion is not tested`);
  context.skip(`${shell} is not installed`);
}

describe("completion in bash", () => {
  test("offers commands, options, roles and choices, and leaves files to the shell", async (context) => {
    const shells = await open(context);
    shells.stage.write(".orchestrator/workflows/careful.yaml", "steps:\n  - role: scout\n");
    shells.stage.write(".orchestrator/roles/critic.md", "---\nname: critic\n---\nYou criticise.\n");
    const expected: [line: string, offers: string[]][] = [
      ["orchestrator ex", ["execute", "export"]],
      ["orchestrator execute --ro", ["--roles"]],
      ["orchestrator execute --roles s", ["scout"]],
      ["orchestrator execute --roles scout,b", ["scout,builder"]],
      ["orchestrator execute --roles scout,builder,cr", ["scout,builder,critic"]],
      ["orchestrator create-agent te", ["tester"]],
      ["orchestrator create-agent --role te", ["tester"]],
      ["orchestrator execute --workflow ", ["careful"]],
      ["orchestrator execute --task-type simple_", ["simple_implementation", "simple_fix"]],
      ["orchestrator execute --plan ", ["template", "ai"]],
      ["orchestrator list-tasks --status c", ["completed", "cancelled"]],
      ["orchestrator list-agents --status c", ["created", "completed"]],
      ["orchestrator cost-report --by t", ["task", "taskType"]],
      ["orchestrator cost-report --format ", ["table", "json", "csv"]],
      ["orchestrator export ", ["tasks", "steps", "agents", "ledger", "files", "events"]],
      ["orchestrator completion ", ["bash", "zsh", "fish"]],
      ["orchestrator execute --mode ", ["sequential", "parallel"]],
      ["orchestrator apply --mode ", ["merge", "squash", "patch"]],
      ["orchestrator follow-up --uncommitted ", ["bring", "leave"]],
      ["orchestrator execute --in", ["--in-place"]],
      ["orchestrator rescue ", ["list", "restore", "drop"]],
      ["orchestrator rescue drop ", []],
      // Nothing: bash then offers files.
      ["orchestrator execute -f ", []],
      ["orchestrator execute READ", []],
    ];
    const offers = completeInBash(shells, ...expected.map(([line]) => line), "orchestrator ", "orchestrator kill --");
    for (const [index, [line, wanted]] of expected.entries()) expect(offers[index], line).toEqual(wanted);
    const [commands, options] = offers.slice(-2);
    const help = (await shells.terminal.run("--help")).stdout;
    const documented = [...help.matchAll(/^ {2}([a-z][a-z-]+) /gm)].map((match) => match[1]);
    expect(documented.length).toBeGreaterThan(20);
    for (const command of documented) if (command !== "help") expect(commands).toContain(command);
    expect(commands).not.toContain("complete");
    expect(options).toContain("--help");
  });

  test("offers ids of tasks and agents, the newest first, with or without what kind they are of", async (context) => {
    const shells = await open(context);
    const { terminal } = shells;
    const first = await terminal.json("execute", "--roles", "scout", "One");
    const second = await terminal.json("execute", "--roles", "scout", "Two");
    const { agentId } = await terminal.json("create-agent", "builder");
    const bare = agentId.replace("agent_", "");
    const [tasks, after, agents, begun, short, message, steps, forks, others, diffs] = completeInBash(
      shells,
      "orchestrator task-details ",
      "orchestrator execute --after task_",
      "orchestrator send ",
      `orchestrator agent-details ${agentId.slice(0, 12)}`,
      `orchestrator logs ${bare.slice(0, 6)}`,
      `orchestrator send ${agentId} `,
      `orchestrator diff ${first.taskId} --step `,
      `orchestrator fork ${first.taskId} --at `,
      `orchestrator compare ${first.taskId} `,
      "orchestrator diff ",
    );
    expect(tasks).toEqual([second.taskId, first.taskId]);
    expect(after).toEqual(tasks);
    // Those that live come before the deleted ones.
    expect(agents?.[0]).toBe(agentId);
    expect(agents).toHaveLength(3);
    expect(begun).toEqual([agentId]);
    expect(short).toEqual([agentId]);
    expect(message).toEqual([]);
    expect(steps).toEqual(["scout"]);
    expect(forks).toEqual(["scout"]);
    expect(others).toEqual(tasks);
    expect(diffs).toEqual(tasks);
  });

  test("completes as a user types, and stays silent where a file is broken", async (context) => {
    const shells = await open(context);
    shells.stage.write("a task.md", "Do it\n");
    await type(context, shells, "bash --norc --noprofile -i", [
      ['eval "$(orchestrator completion bash)"; echo rea""dy\n', /ready/],
      ["orchestrator exec\t", /execute /],
      ["--roles scout,bui\t", /scout,builder /],
      ["-f a\t", /a\\ task\.md /],
      ["\u0015orchestrator list-agents --sta\t", /--status /],
    ]);
    shells.stage.write(".orchestrator/roles/bad.md", "---\nname: Bad Name\n---\nDo it.\n");
    expect(completeInBash(shells, "orchestrator execute --roles s", "orchestrator ex")).toEqual([
      [],
      ["execute", "export"],
    ]);
  });
});

describe("completion in zsh", () => {
  test("loads, and completes commands, options and roles as a user types", { timeout: 300_000 }, async (context) => {
    requireShell(context, "zsh");
    const shells = await open(context);
    await type(context, shells, "zsh -f -i", [
      ["autoload -Uz compinit; compinit -u -D; unsetopt zle_bracketed_paste; echo rea''dy\n", /ready/],
      ['eval "$(orchestrator completion zsh)"; echo "<$?$_comps[orchestrator]>"\n', /<0_orchestrator>/],
      ["orchestrator exec\t", /execute /],
      ["--roles scout,bui\t", /scout,builder /],
      ["-f READ\t", /README\.md/],
    ]);
  });
});

describe("completion in fish", () => {
  test("loads, and completes commands, options, roles and ids", { timeout: 300_000 }, async (context) => {
    requireShell(context, "fish");
    const shells = await open(context);
    const { agentId } = await shells.terminal.json("create-agent", "scout");
    const lines = [
      "orchestrator ex",
      "orchestrator execute --ro",
      "orchestrator execute --roles scout,b",
      "orchestrator send ",
    ];
    const program = ["orchestrator completion fish | source", ...lines.map((line) => `complete -C '${line}'; echo =`)];
    const offers = runShell(shells, "fish", "--no-config", "--command", program.join("\n")).split("=\n").slice(0, -1);
    expect(offers.map((offer) => offer.trimEnd().split("\n"))).toEqual([
      ["execute", "export"],
      ["--roles"],
      ["scout,builder"],
      [agentId],
    ]);
    const [commands] = runShell(
      shells,
      "fish",
      ...["--no-config", "--command", "orchestrator completion fish | source; complete -C 'orchestrator '"],
    ).split("--help");
    expect(commands).toMatch(/^create-agent$/m);
  });
});

test("a shell that there is no script for is refused", async (context) => {
  const { terminal } = await open(context);
  expectRefusal(await terminal.run("completion", "tcsh"), 2, /"tcsh"/, /bash, zsh, fish/);
  expectRefusal(await terminal.run("completion"), 2, /shell/);
});
