import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Outcome, runCommand } from "./command-line.js";
import { openStage, play, type Stage } from "./fixtures.js";

/** Every mistake of a user's ends with what was wrong and what to do, and never with a stack trace. */
function expectClearError(outcome: Outcome, code: number, ...words: (string | RegExp)[]): void {
  for (const word of words) expect(outcome.stderr).toMatch(word);
  expect(outcome.stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  expect(outcome.code).toBe(code);
}

function run(stage: Stage, ...args: string[]): Promise<Outcome> {
  return runCommand(args, { environment: stage.environment, cwd: stage.workspace });
}

describe("bad input", () => {
  const mistakes: [name: string, args: string[], ...words: (string | RegExp)[]][] = [
    ["an unknown command", ["exekute"], /unknown command 'exekute'/, /execute/],
    ["an unknown option", ["execute", "--colour", "hi"], /unknown option '--colour'/],
    ["an unknown task type", ["execute", "--task-type", "bugfix", "hi"], /"bugfix" is not a task type/, /bug_fix/],
    ["an unknown mode", ["execute", "--mode", "fast", "hi"], /"fast" is not a mode/, /sequential, parallel/],
    ["an unknown analyst choice", ["execute", "--analyst", "maybe", "hi"], /"maybe"/, /auto, yes, no/],
    ["an unknown role", ["execute", "--roles", "scout,wizard", "hi"], /no role "wizard"/, /scout/],
    ["an empty prompt", ["execute"], /prompt is empty/],
    ["a prompt of blanks", ["execute", "   "], /prompt is empty/],
    ["a prompt file that is missing", ["execute", "-f", "nowhere.txt"], /nowhere\.txt/, /ENOENT/],
    ["two prompts", ["execute", "-f", "README.md", "hi"], /given twice/],
    ["a missing directory", ["execute", "--cwd", "/no/such/place", "hi"], /\/no\/such\/place does not exist/],
    ["a file as directory", ["execute", "--cwd", "README.md", "hi"], /is a file/],
    ["a budget that is no number", ["execute", "--budget", "much", "hi"], /"much" is not a number/],
    ["a budget of zero", ["execute", "--budget", "0", "hi"], /above 0/],
    [
      "a budget on a model without a price",
      ["execute", "--budget", "1", "--model", "my-own-model", "hi"],
      /my-own-model/,
      /not known/,
    ],
    ["a model that is no name", ["execute", "--model", "so net", "hi"], /so net/],
    [
      "a cyclic graph",
      ["execute", "--roles", "scout,planner", "--dependencies", '{"0":[1],"1":[0]}', "hi"],
      /circle/,
      /scout → planner → scout|planner → scout → planner/,
    ],
    ["a dangling graph", ["execute", "--roles", "scout", "--dependencies", '{"0":[7]}', "hi"], /step 7/],
    ["a graph that is no JSON", ["execute", "--roles", "scout", "--dependencies", "0,1", "hi"], /not JSON/],
    ["custom without roles", ["execute", "--task-type", "custom", "hi"], /--roles/],
    ["an unknown task id", ["task-details", "task_nope"], /task_nope/, /list-tasks/],
    ["an empty task id", ["task-details", ""], /No task/],
    ["an unknown agent id", ["agent-details", "zzzz"], /zzzz/, /list-agents/],
    ["logs of an unknown agent", ["logs", "zzzz"], /zzzz/],
    ["an unknown status", ["list-tasks", "--status", "done"], /"done" is not a status/],
    ["a bad limit", ["list-tasks", "--limit", "-3"], /"-3"/],
  ];

  for (const [name, args, ...words] of mistakes) {
    test(`${name} is refused with the remedy`, async (context) => {
      const stage = await openStage(context, { script: play() });
      expectClearError(await run(stage, ...args), 2, ...words);
      expect(stage.server.calls).toEqual([]);
    });
  }

  test("a prompt of one megabyte is refused with the rule", async (context) => {
    const stage = await openStage(context, { script: play() });
    stage.write("prompt.txt", "word ".repeat(210_000));
    expectClearError(await run(stage, "execute", "-f", "prompt.txt"), 2, /1050000 characters/, /100000/);
  });

  test("a directory that may not be read is refused", async (context) => {
    const stage = await openStage(context, { script: play() });
    mkdirSync(join(stage.workspace, "locked"), { mode: 0o000 });
    const outcome = await run(stage, "execute", "--rehearse", "--cwd", "locked", "hi");
    // For root nothing is unreadable; then the task simply runs.
    if (process.getuid?.() === 0) expect(outcome.code).toBe(0);
    else expectClearError(outcome, 2, /cannot be read/);
  });

  test("a broken role file is refused with file and line", async (context) => {
    const stage = await openStage(context, { script: play() });
    stage.write(".orchestrator/roles/bad.md", "---\nname: Bad Name\n---\nDo it.\n");
    expectClearError(await run(stage, "execute", "hi"), 2, /bad\.md:2/, /Bad Name/);
  });

  test("an unknown setting is refused by name", async (context) => {
    const stage = await openStage(context, { script: play(), environment: { ORCHESTRATOR_TURBO: "1" } });
    expectClearError(await run(stage, "status"), 2, /ORCHESTRATOR_TURBO/);
  });

  test("errors of --json commands are one JSON document", async (context) => {
    const stage = await openStage(context, { script: play() });
    const outcome = await run(stage, "task-details", "nope", "--json");
    expect(JSON.parse(outcome.stdout)).toMatchObject({
      error: { code: "not_found", message: expect.stringMatching(/nope/), hint: expect.any(String) },
    });
    expect(outcome.code).toBe(2);
  });
});

describe("credentials", () => {
  test("without a login, execute ends with 3 in under two seconds, and doctor says the same", async (context) => {
    const stage = await openStage(context, { script: play() });
    const { ANTHROPIC_BASE_URL: _, ...environment } = stage.environment;
    const execute = await runCommand(["execute", "hi"], { environment, cwd: stage.workspace });
    expectClearError(execute, 3, /no login/, /claude \/login/, /demo/);
    expect(execute.tookMs).toBeLessThan(2_000);
    const doctor = await runCommand(["doctor"], { environment, cwd: stage.workspace });
    expect(doctor.stdout).toMatch(/✗ login/);
    expect(doctor.stdout).toMatch(/claude \/login/);
    expect(doctor.code).toBe(3);
  });

  test("an address that is none is refused", async (context) => {
    const stage = await openStage(context, { script: play(), environment: { ANTHROPIC_BASE_URL: "localhost:80" } });
    expectClearError(await run(stage, "execute", "hi"), 2, /localhost:80/, /http/);
  });
});

describe("a database that cannot be used", () => {
  test("a file that is no database is refused and left alone", async (context) => {
    const stage = await openStage(context, { script: play() });
    mkdirSync(stage.data, { recursive: true });
    writeFileSync(join(stage.data, "orchestrator.db"), "this is no database, but somebody's notes ".repeat(50));
    expectClearError(await run(stage, "status"), 1, /not a sound SQLite database/, /doctor --repair. Or move it aside/);
  });

  test("a path that is a directory is refused", async (context) => {
    const stage = await openStage(context, { script: play() });
    mkdirSync(join(stage.home, "folder.db"));
    const environment = { ...stage.environment, ORCHESTRATOR_DB_PATH: join(stage.home, "folder.db") };
    const outcome = await runCommand(["status"], { environment, cwd: stage.workspace });
    expectClearError(outcome, 1, /cannot be opened for writing/, /ORCHESTRATOR_DB_PATH/);
  });

  test("a data folder that cannot be made is refused", async (context) => {
    const stage = await openStage(context, { script: play() });
    writeFileSync(join(stage.home, "a-file"), "");
    const environment = { ...stage.environment, ORCHESTRATOR_HOME: join(stage.home, "a-file", "data") };
    expectClearError(
      await runCommand(["status"], { environment, cwd: stage.workspace }),
      1,
      /cannot be created/,
      /ORCHESTRATOR_HOME/,
    );
  });
});
