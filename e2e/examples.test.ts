import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStage, play } from "./fixtures.js";
import { type Ending, runProgram } from "./program.js";

const FOLDER = fileURLToPath(new URL("../examples", import.meta.url));
const EXAMPLES = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".mjs") && !["run.mjs", "stage.mjs"].includes(file))
  .map((file) => file.replace(/\.mjs$/, ""));
const REHEARSAL = "REHEARSAL: a script answers in place of a model. Nothing is charged.";

/** What each example must have printed, beside saying that it is a rehearsal. */
const FACTS: Readonly<Record<string, (lines: string[]) => void>> = {
  "basic-orchestration"(lines) {
    expect(lines).toContain("planned    simple_implementation: builder → tester");
    expect(lines).toContain("status     unverified, success true, verified false");
    expect(lines).toContain("output     The note is there.");
    expect(lines).toContain("file       created NOTES.md +3");
    expect(lines).toContainEqual(expect.stringMatching(/^cost {7}\$0\.0\d{3} in 3 model calls$/));
  },
  "specialised-agents"(lines) {
    expect(lines).toContainEqual(expect.stringMatching(/^scout {5}sonnet, tools Read Glob Grep Bash, \$0\.\d{4}$/));
    expect(lines).toContainEqual(expect.stringMatching(/^analyst {3}opus, /));
    expect(lines).toContainEqual(expect.stringMatching(/^reviewer {2}sonnet, tools Read, /));
    expect(lines).toContain("analyst   → Up: Math.round, src/round.js:1.");
    expect(lines).toContain("living    0");
  },
  "parallel-execution"(lines) {
    const spans = lines.map((line) => /^\w+ +([\d.]+) s to ([\d.]+) s: I looked at the /.exec(line)).filter(Boolean);
    expect(spans).toHaveLength(3);
    // Each began before any had ended.
    const latestBegin = Math.max(...spans.map((span) => Number(span?.[1])));
    expect(latestBegin).toBeLessThan(Math.min(...spans.map((span) => Number(span?.[2]))));
    const [, sum, wall] = /one after another ([\d.]+) s, side by side ([\d.]+) s/.exec(lines.join("\n")) ?? [];
    expect(Number(wall)).toBeLessThan(Number(sum) * 0.7);
  },
  dependencies(lines) {
    const order = lines.map((line) => /^(\w+) +after .*: succeeded$/.exec(line)?.[1]).filter(Boolean);
    expect(order).toHaveLength(4);
    expect([order[0], order[3]]).toEqual(["files", "verdict"]);
    expect(lines).toContain("output   Not ready: no licence. I was given 3 results.");
    expect(lines).toContainEqual(expect.stringMatching(/^refused {2}invalid_workflow: .*scout → analyst → scout\.$/));
  },
  "manual-agent-control"(lines) {
    expect(lines).toContainEqual(expect.stringMatching(/^context {3}\d+ of \d+ tokens$/));
    expect(lines).toContain("steered   true, src/round.js");
    expect(lines).toContain("stopped   cancelled: The turn was interrupted: on request.");
    expect(lines).toContain("again     heron");
    expect(lines).toContainEqual(expect.stringMatching(/^deleted {3}deleted, 5 messages, \$0\.\d{4}$/));
  },
  observability(lines) {
    const live = lines.filter((line) => line.startsWith("live"));
    expect(live).toEqual([
      "live    scout begins",
      "live    scout uses Glob",
      "live    analyst begins",
      "live    analyst uses Glob",
    ]);
    const costs = lines.map((line) => /^cost {4}(?:scout|analyst): 2 calls, \$([\d.]+)$/.exec(line)?.[1]);
    const sum = /^sum {5}\$([\d.]+)$/m.exec(lines.join("\n"))?.[1];
    const total = costs.filter(Boolean).reduce((all, cost) => all + Number(cost), 0);
    expect(total).toBeGreaterThan(0);
    expect(total).toBeCloseTo(Number(sum), 3);
    expect(lines).toContain(`ledger  4 calls, $${sum}`);
  },
  events(lines) {
    expect(lines.indexOf("live     task.created")).toBe(1);
    expect(lines).toContain("live     agent.started");
    expect(lines).toContain("resumed  Glob: ok");
    expect(lines).toContain("resumed  unverified, 1 of 1 steps");
    expect(lines).toContainEqual(expect.stringMatching(/^counted {2}\d+ events, in order: true$/));
  },
  "custom-role"(lines) {
    expect(lines).toContain("role      licence-checker from .orchestrator/roles/licence-checker.md, writes: false");
    expect(lines).toContain("workflow  careful: licence-checker[] scout[] poet[licence-checker,scout]");
    expect(lines).toContain("unverified  No licence in sight, that cannot be right.");
    expect(lines).toContain("unverified  I doubt it.");
  },
  webhook(lines) {
    expect(lines).toContain("anna     heard: two (2)");
    expect(lines).toContain("ben      heard: one (1)");
    expect(lines).toContain("task     unverified: Two files.");
    expect(lines).toContain("unknown  not_found");
    expect(lines).toContain("stranger 401");
  },
  "queue-worker"(lines) {
    const jobs = lines.filter((line) => line.startsWith("job ")).map((line) => line.replace(/ \$0\.\d{4}$/, " $"));
    expect([...jobs].sort()).toEqual([
      "job 1  Looked: What is here? $",
      "job 2  Looked: Is it licensed? (overloaded once) $",
      "job 2  back in the queue: model_unavailable",
      "job 3  given up: model_refused",
      "job 4  Looked: Is it documented? $",
    ]);
    expect(lines).toContain("tasks  5, of which 5 made model calls");
  },
};

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "examples-test-")));
  for (const folder of ["home", "tmp", "here"]) mkdirSync(join(root, folder));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Runs a program with a home, a temporary folder and a directory of its own; afterwards all three must be empty. */
async function run(file: string, ...args: string[]): Promise<Ending> {
  const ending = await runProgram(join(FOLDER, file), args, {
    environment: {
      PATH: process.env.PATH ?? "",
      HOME: join(root, "home"),
      TMPDIR: join(root, "tmp"),
      // What a user may have set must not lead a rehearsal to the user's own things.
      ORCHESTRATOR_HOME: join(root, "here", "data"),
      ORCHESTRATOR_DB_PATH: join(root, "here", "own.db"),
      ANTHROPIC_API_KEY: "not-to-be-used",
    },
    cwd: join(root, "here"),
  });
  for (const folder of ["home", "tmp", "here"])
    expect(readdirSync(join(root, folder)), `left in ${folder}`).toEqual([]);
  return ending;
}

test("each example is listed here", () => {
  expect(Object.keys(FACTS).sort()).toEqual([...EXAMPLES].sort());
});

test.each(EXAMPLES)("the example %s does what it shows, as a rehearsal, and leaves nothing", async (name) => {
  const { code, stdout, stderr } = await run(`${name}.mjs`);
  expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" });
  const lines = stdout.trimEnd().split("\n");
  expect(lines[0]).toBe(REHEARSAL);
  expect(lines.at(-1)).toContain("This was a rehearsal");
  FACTS[name]?.(lines);
});

test("each example says in its first lines how it is run", () => {
  for (const name of EXAMPLES) {
    const text = readFileSync(join(FOLDER, `${name}.mjs`), "utf8");
    expect(text.startsWith("// @ts-check\n/**"), name).toBe(true);
    expect(text.slice(0, 400)).toContain(`node examples/${name}.mjs`);
  }
});

describe("the runner of examples", () => {
  test("runs one by name", async () => {
    const { code, stdout } = await run("run.mjs", "events");
    expect(code).toBe(0);
    expect(stdout).toContain(REHEARSAL);
  });

  test("lists them without a name, and for a name that there is not", async () => {
    const missing = await run("run.mjs");
    expect(missing.code).toBe(0);
    for (const name of EXAMPLES) expect(missing.stdout).toContain(`  ${name}\n`);
    const unknown = await run("run.mjs", "stage");
    expect(unknown).toMatchObject({ code: 2, stderr: 'There is no example "stage".\n', stdout: missing.stdout });
  });
});

describe("with --real", () => {
  test("an example uses the user's endpoint and data folder, and the current directory", async (context) => {
    const stage = await openStage(context, { script: play() });
    const { code, stdout, stderr } = await runProgram(join(FOLDER, "basic-orchestration.mjs"), ["--real"], {
      environment: stage.environment,
      cwd: stage.workspace,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^REAL: your login and your data folder/);
    expect(stdout).not.toContain("REHEARSAL");
    const orchestrator = await stage.orchestrator();
    expect(await orchestrator.listTasks()).toMatchObject([{ workingDirectory: stage.workspace, rehearsal: false }]);
  });

  test("the webhook serves until it is interrupted, and then ends in order", async (context) => {
    const stage = await openStage(context, { script: play() });
    let isAsked = false;
    const { code, stdout, stderr } = await runProgram(join(FOLDER, "webhook.mjs"), ["--real"], {
      environment: stage.environment,
      cwd: stage.workspace,
      onOutput(printed, kill) {
        const found = /Bearer ([\w-]+)".* (http:\/\/127\.0\.0\.1:\d+)\/messages/.exec(printed);
        if (!found || isAsked) return;
        isAsked = true;
        const headers = { authorization: `Bearer ${found[1]}` };
        fetch(`${found[2]}/tasks`, { method: "POST", headers, body: JSON.stringify({ prompt: "Look" }) })
          .then((response) => expect(response.status).toBe(202))
          .finally(() => kill("SIGTERM"));
      },
    });
    expect({ code, stderr, isAsked }, stdout).toEqual({ code: 0, stderr: "", isAsked: true });
    const [task] = await (await stage.orchestrator()).listTasks();
    expect(["cancelled", "unverified"]).toContain(task?.status);
  });
});
