import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CallContext, hang, reply } from "@claude-orchestrator/rehearsal";
import { describe, expect, test } from "vitest";
import { handOver, openStage, play, type Stage, type TestContext, waitFor } from "./fixtures.js";
import { expectRefusal, openTerminal, type Terminal } from "./terminal.js";

const GROUPS = ["agent", "task", "role", "model", "taskType", "day"];
const KINDS = ["tasks", "steps", "agents", "ledger", "files", "events"];
/** What CSV must carry: its own signs, and no cell of a spreadsheet's mind. */
const AWKWARD = 'Say "hi, there",\nthen\r\nstop; é, 日本, \t=1+1';
const MAX_COLUMNS = 80;

/** A step's agent hands over; one that was made by hand answers. */
const finish = (call: CallContext) => (call.handoffSchema ? handOver(call) : reply().text("Here I am."));

/** The same, with counts that no other call has. */
const counted = (call: CallContext) =>
  finish(call).usage({ inputTokens: 1_000 + call.index, outputTokens: 100 + call.index, cacheReadTokens: 7 });

async function open(test: TestContext, roles: Parameters<typeof play>[0] = {}) {
  const stage = await openStage(test, { script: play({ scout: finish, ...roles }) });
  return { stage, terminal: openTerminal(test, stage) };
}

async function createAgent(terminal: Terminal, ...args: string[]): Promise<string> {
  return (await terminal.json("create-agent", ...args)).agentId;
}

/** Reads CSV as RFC 4180 says, strictly: one list of cells for each row. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const match = cell.exec(text);
    if (!match) throw new Error(`no CSV at ${JSON.stringify(text.slice(at, at + 60))}`);
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

/** The rows of CSV as objects. */
function readCsv(text: string): Record<string, string>[] {
  const [head = [], ...rows] = parseCsv(text);
  return rows.map((row) => {
    expect(row).toHaveLength(head.length);
    return Object.fromEntries(head.map((name, index) => [name, row[index] ?? ""]));
  });
}

function sumOf(rows: Record<string, number>[], field: string): number {
  return rows.reduce((sum, row) => sum + (row[field] ?? 0), 0);
}

/** Paths below the home whose name has one of these texts. */
function filesOf(stage: Stage, ...texts: string[]): string[] {
  const all = readdirSync(stage.home, { recursive: true, encoding: "utf8" });
  return all.filter((path) => texts.some((text) => path.includes(text)));
}

describe("cost-report", () => {
  test("adds up to the endpoint's own count, by every group and in every format", async (context) => {
    const { stage, terminal } = await open(context, { scout: counted, planner: counted, builder: counted });
    await terminal.run("execute", "--roles", "scout,planner", "Look");
    const id = await createAgent(terminal, "builder", "--model", "haiku");
    await terminal.run("send", id, "hello");
    await terminal.run("execute", "--rehearse", "--roles", "reviewer", "Look");
    const { calls, ...usage } = stage.server.usage();
    expect(calls).toBe(3);
    const { totals } = await terminal.json("status");
    for (const group of GROUPS) {
      const rows = await terminal.json("cost-report", "--by", group);
      expect(sumOf(rows, "modelCalls"), group).toBe(3);
      for (const [field, count] of Object.entries(usage)) expect(sumOf(rows, field), `${group} ${field}`).toBe(count);
      expect(sumOf(rows, "costUsd"), group).toBeCloseTo(totals.costUsd, 9);
    }
    const byRole = await terminal.json("cost-report");
    expect(byRole.map((row: { key: string }) => row.key).sort()).toEqual(["builder", "planner", "scout"]);
    expect(await terminal.json("cost-report", "--by-role")).toEqual(byRole);
    expect(JSON.parse((await terminal.run("cost-report", "--format", "json")).stdout)).toEqual(byRole);
    const csv = readCsv((await terminal.run("cost-report", "--format", "csv")).stdout);
    expect(csv.map((row) => [row.key, Number(row.costUsd)])).toEqual(
      byRole.map((row: { key: string; costUsd: number }) => [row.key, row.costUsd]),
    );
    const table = (await terminal.run("cost-report", "--by-model")).stdout;
    expect(table).toMatch(/^model +calls +in +out +cache +cost\n/);
    expect(table).toMatch(/^\S*haiku\S* +1 /m);
    expect(table).toMatch(/^total +3 .*\$0\.\d{4}$/m);
    const rehearsals = await terminal.json("cost-report", "--rehearsals");
    expect(rehearsals.map((row: { key: string }) => row.key)).toEqual(["reviewer"]);
    expect((await terminal.run("cost-report", "--rehearsals")).stdout).toMatch(/nothing was charged/);
  });

  test("begins at a day of the user's clock, and refuses what is none, or two groups at once", async (context) => {
    const { terminal } = await open(context);
    expect((await terminal.run("cost-report")).stdout).toBe("Nothing was spent.\n");
    expect(await terminal.json("cost-report")).toEqual([]);
    await terminal.run("execute", "--roles", "scout", "Look");
    const today = new Date();
    const two = (value: number) => String(value).padStart(2, "0");
    const since = `${today.getFullYear()}-${two(today.getMonth() + 1)}-${two(today.getDate())}`;
    expect(await terminal.json("cost-report", "--since", since)).toMatchObject([{ key: "scout", modelCalls: 1 }]);
    expect(await terminal.json("cost-report", "--since", "2999-01-01")).toEqual([]);
    for (const day of ["yesterday", "2026-13-01", "2026-1-1"])
      expectRefusal(await terminal.run("cost-report", "--since", day), 2, /is not a day/, /2026-11-22/);
    expectRefusal(await terminal.run("cost-report", "--by-role", "--by-day"), 2, /role and day/, /one of them/);
    expectRefusal(await terminal.run("cost-report", "--by", "task", "--by-agent"), 2, /agent and task/);
    expectRefusal(await terminal.run("cost-report", "--by", "colour"), 2, /"colour"/, /taskType/);
    expectRefusal(await terminal.run("cost-report", "--format", "xml"), 2, /"xml"/, /table, json, csv/);
  });
});

describe("export", () => {
  test("writes each kind as JSON and as CSV, and every text comes back as it was", async (context) => {
    const { stage, terminal } = await open(context, {
      builder: [
        reply().tool("Write", { file_path: "a, b.txt", content: "one\n" }),
        (call) => handOver(call, reply().text("Done.")),
      ],
    });
    await terminal.run("execute", "--roles", "builder", AWKWARD);
    const whole = JSON.parse((await terminal.run("export")).stdout);
    expect(Object.keys(whole)).toEqual(KINDS);
    for (const kind of KINDS) {
      const one = JSON.parse((await terminal.run("export", kind)).stdout);
      expect(one, kind).toEqual(whole[kind]);
      expect(one.length, kind).toBeGreaterThan(0);
      const rows = readCsv((await terminal.run("export", kind, "--format", "csv")).stdout);
      expect(rows.length, kind).toBe(one.length);
      for (const [index, record] of one.entries())
        for (const [field, value] of Object.entries(record)) {
          const expected = value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
          expect(rows[index]?.[field], `${kind} ${field}`).toBe(expected);
        }
    }
    expect(whole.tasks[0].prompt).toBe(AWKWARD);
    expect(whole.files).toMatchObject([{ use: "produced", path: "a, b.txt", kind: "created", linesAdded: 1 }]);
    expect(whole.ledger).toHaveLength(stage.server.calls.length);
  });

  test("-o writes a new file, never over one; a CSV of everything is refused", async (context) => {
    const { stage, terminal } = await open(context);
    await terminal.run("execute", "--roles", "scout", "Look");
    expect(await terminal.run("export", "tasks", "-o", "tasks.json")).toMatchObject({
      code: 0,
      stdout: "",
      stderr: "",
    });
    const written = readFileSync(join(stage.workspace, "tasks.json"), "utf8");
    expect(written).toBe((await terminal.run("export", "tasks")).stdout);
    expectRefusal(await terminal.run("export", "steps", "-o", "tasks.json"), 2, /tasks\.json exists already/);
    expect(readFileSync(join(stage.workspace, "tasks.json"), "utf8")).toBe(written);
    expectRefusal(await terminal.run("export", "-o", "no/such/folder.json"), 2, /cannot be written \(ENOENT\)/);
    expectRefusal(await terminal.run("export", "--format", "csv"), 2, /one table/, /export tasks --format csv/);
    expectRefusal(await terminal.run("export", "--format", "yaml"), 2, /"yaml"/, /json, csv/);
    expectRefusal(await terminal.run("export", "thoughts"), 2, /"thoughts"/, /ledger/);
  });
});

describe("clean", () => {
  test("removes what has ended, with logs and conversations, and keeps the costs and what runs", async (context) => {
    const { stage, terminal } = await open(context, { planner: hang() });
    const ended = await terminal.json("execute", "--roles", "scout", AWKWARD);
    const [deleted, living] = [await createAgent(terminal, "scout"), await createAgent(terminal, "scout")];
    for (const id of [deleted, living]) await terminal.run("send", id, "hello");
    await terminal.run("delete-agent", deleted);
    const running = terminal.start("execute", "--roles", "planner", "Stay");
    await waitFor("the call", () => stage.server.calls.some((call) => call.role === "planner"));
    const everything = async () => JSON.parse((await terminal.run("export")).stdout);
    const before = await everything();
    const sessionOf = (id: string): string =>
      before.agents.find(({ agentId }: { agentId: string }) => agentId === id).sessionId;
    const sessions = [sessionOf(ended.agents[0].agentId), sessionOf(deleted)];
    const costs = await terminal.json("cost-report");
    const { totals } = await terminal.json("status");
    const traces = [ended.taskId, deleted, ...sessions];
    expect(filesOf(stage, ended.taskId)).not.toEqual([]);
    expect(filesOf(stage, deleted)).not.toEqual([]);
    for (const session of sessions) expect(filesOf(stage, session), session).not.toEqual([]);

    // Neither a young record nor a rehearsal of the cleaning removes anything.
    expect((await terminal.run("clean")).stdout).toBe("Nothing ended longer than 30d ago.\n");
    const dry = await terminal.run("clean", "--older-than", "0m", "--dry-run");
    expect(dry.stdout).toMatch(/^id +ended +what\n/);
    expect(dry.stdout).toMatch(new RegExp(`^${ended.taskId} .* Say "hi, there", then stop`, "m"));
    expect(dry.stdout).toMatch(/\nWould be removed: 1 task, 1 agent\.\n$/);
    expect(filesOf(stage, ...traces)).not.toEqual([]);

    const removed = await terminal.json("clean", "--older-than", "0m");
    const gone = { action: "removed", reason: expect.any(String), bytes: null, rescued: [] };
    expect(removed).toEqual([
      { kind: "task", id: ended.taskId, endedAt: ended.endedAt, what: AWKWARD, ...gone },
      { kind: "agent", id: deleted, endedAt: expect.any(String), what: "scout (scout), deleted", ...gone },
    ]);
    expect(filesOf(stage, ...traces)).toEqual([]);
    const after = await everything();
    // The word that they were removed is all that the log has of them.
    const isRemoval = ({ type }: { type: string }) => type === "task.removed" || type === "agent.removed";
    expect(after.events.filter(isRemoval)).toHaveLength(2);
    after.events = after.events.filter((event: { type: string }) => !isRemoval(event));
    for (const kind of ["tasks", "steps", "agents", "events", "files"])
      for (const trace of traces) expect(JSON.stringify(after[kind]), kind).not.toContain(trace);
    expect(after.ledger).toHaveLength(before.ledger.length);
    expect(await terminal.json("cost-report")).toEqual(costs);
    expect((await terminal.json("status")).totals).toEqual(totals);
    expectRefusal(await terminal.run("task-details", ended.taskId), 2, /No task/);
    expectRefusal(await terminal.run("logs", deleted), 2, /No agent/);
    expect((await terminal.json("list-tasks")).map((task: { prompt: string }) => task.prompt)).toEqual(["Stay"]);
    // The one that lives goes on with its conversation.
    expect(filesOf(stage, sessionOf(living))).not.toEqual([]);
    expect((await terminal.run("send", living, "again")).code).toBe(0);
    expect((await terminal.run("clean", "--older-than", "0m")).stdout).toMatch(/^Nothing ended/);
    running.child.kill("SIGINT");
    expect((await running.ended).code).toBe(130);
  });

  test("refuses what is no span of time", async (context) => {
    const { terminal } = await open(context);
    for (const span of ["5", "-5d", "1.5h"])
      expectRefusal(await terminal.run("clean", "--older-than", span), 2, /is not a span of time/, /12h, 30d/);
    for (const span of ["90m", "2w"])
      expect(await terminal.run("clean", "--older-than", span)).toMatchObject({ code: 0, stderr: "" });
  });
});

test("status counts the files that were read and changed", async (context) => {
  const { terminal } = await open(context, {
    builder: [
      reply().tool("Read", { file_path: "README.md" }),
      reply().tool("Write", { file_path: "new.txt", content: "one\n" }),
      (call) => handOver(call),
    ],
  });
  expect((await terminal.run("status")).stdout).toMatch(/^tasks +none yet\nagents +none yet\n[\s\S]*Nothing runs now/);
  await terminal.run("execute", "--roles", "builder", "Write");
  expect((await terminal.run("status")).stdout).toMatch(/^files +1 read, 1 changed$/m);
  expect(await terminal.json("status")).toMatchObject({ files: { consumed: 1, produced: 1 }, tasks: { total: 1 } });
});

describe("watch", () => {
  test("shows tasks of other processes as they go, as lines or as JSON, until Ctrl-C ends it with 0", async (context) => {
    const { terminal } = await open(context);
    await terminal.run("execute", "--roles", "scout", "Before");
    const watching = { lines: terminal.start("watch"), json: terminal.start("watch", "--json") };
    await waitFor("something to see", async () => {
      const { taskId } = await terminal.json("execute", "--roles", "scout", "Begin");
      return Object.values(watching).every(({ printed }) => printed().includes(taskId));
    });
    const seen = await terminal.json("execute", "--roles", "planner", "Look");
    const isOver = () =>
      new RegExp(`^${seen.taskId} +unverified$`, "m").test(watching.lines.printed()) &&
      watching.json.printed().includes(`"task.ended","taskId":"${seen.taskId}"`);
    await waitFor("the end of the task", isOver);
    for (const { child } of Object.values(watching)) child.kill("SIGINT");
    const [lines, json] = await Promise.all([watching.lines.ended, watching.json.ended]);
    expect([lines.code, json.code, lines.stderr, json.stderr]).toEqual([0, 0, "", ""]);
    for (const line of ["created    custom", "started    planner", "succeeded  planner: rehearsal"])
      expect(lines.stdout).toContain(`${seen.taskId}  ${line}\n`);
    const events = json.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.every((event, index) => index === 0 || event.seq > events[index - 1].seq)).toBe(true);
    expect(events.filter(({ taskId }) => taskId === seen.taskId).map(({ type }) => type)).toEqual(
      expect.arrayContaining(["task.created", "step.started", "step.ended", "task.ended"]),
    );
    expect(json.stdout).not.toContain("Before");
  });
});

describe("what commands print where nobody sees it in a terminal", () => {
  test("has no escape sequences, and tables of at most 80 columns", async (context) => {
    const { stage, terminal } = await open(context);
    stage.write(".orchestrator/roles/critic.md", "---\nname: critic\ndescription: Finds faults\n---\nYou criticise.\n");
    const task = await terminal.json("execute", "--roles", "scout", "Look around in this place for a good while");
    const id = await createAgent(terminal, "scout", "--name", "A scout with a name");
    await terminal.run("send", id, "hello");
    const plain = [
      ["list-agents"],
      ["list-agents", "--all"],
      ["roles"],
      ["status"],
      ["clean", "--older-than", "0m", "--dry-run"],
      ["cost-report", "--by", "agent"],
      ["cost-report", "--by", "taskType"],
    ];
    for (const args of plain) {
      const { stdout, stderr, code } = await terminal.run(...args);
      expect({ code, stderr }, args.join(" ")).toEqual({ code: 0, stderr: "" });
      expect(stdout, args.join(" ")).not.toContain("\u001b");
      for (const line of stdout.split("\n"))
        expect([...line].length, `${args.join(" ")}: ${line}`).toBeLessThanOrEqual(MAX_COLUMNS);
    }
    for (const args of [
      ["task-details", task.taskId],
      ["list-tasks"],
      ["workflows"],
      ["agent-details", id],
      ["doctor"],
      ["export", "tasks"],
    ])
      expect((await terminal.run(...args)).stdout, args.join(" ")).not.toContain("\u001b");
    expect((await terminal.run("task-details", "nope")).stderr).not.toContain("\u001b");
    expect(existsSync(join(stage.data, "orchestrator.db"))).toBe(true);
  });
});
