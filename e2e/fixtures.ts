import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type LedgerRow, Orchestrator, type OrchestratorOptions, type TaskResult } from "@claude-orchestrator/core";
import {
  type CallContext,
  type RehearsalServer,
  type Reply,
  reply,
  type Script,
  type Steps,
  sampleFromSchema,
  script,
  startRehearsalServer,
} from "@claude-orchestrator/rehearsal";
import { expect } from "vitest";

/** The variable that every process of an agent carries. */
const OWNER_MARKER = "CLAUDE_ORCHESTRATOR_OWNER=";
const POLL_MS = 20;

/** What a test's context offers; passed on, so that tests may also run side by side. */
export interface TestContext {
  onTestFinished(clean: () => Promise<void>): void;
}

export interface Stage {
  readonly server: RehearsalServer;
  /** HOME of the user who runs the orchestrator. */
  readonly home: string;
  /** `<data>`: where the orchestrator keeps its things. */
  readonly data: string;
  /** The repository that agents work in. */
  readonly workspace: string;
  readonly environment: Readonly<Record<string, string>>;
  /** A started orchestrator; stopped when the test has ended. */
  orchestrator(options?: OrchestratorOptions): Promise<Orchestrator>;
  /** Writes a file below the workspace and answers its path. */
  write(path: string, text: string): string;
  /** Processes of this stage's agents, and of whatever they started. */
  processes(): string[];
}

export interface StageOptions {
  script: Script;
  environment?: Record<string, string>;
  /** True for a workspace that is a git repository with one commit. */
  git?: boolean;
}

/**
 * Sets up a scripted endpoint, a home and a workspace of their own, and takes them down after the test. The endpoint
 * is named by ANTHROPIC_BASE_URL, as a user's own would be.
 */
export async function openStage(test: TestContext, options: StageOptions): Promise<Stage> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "orchestrator-e2e-")));
  const home = join(root, "home");
  const workspace = join(root, "workspace");
  for (const folder of [home, workspace]) mkdirSync(folder);
  const server = await startRehearsalServer({ script: options.script });
  const environment = {
    PATH: process.env.PATH ?? "",
    HOME: home,
    ANTHROPIC_BASE_URL: server.url,
    ORCHESTRATOR_MODEL_CALL_RETRIES: "2",
    ORCHESTRATOR_MODEL_CALL_TIMEOUT_SECONDS: "20",
    // An endpoint that fails for good is told about, rather than waited for.
    ORCHESTRATOR_ENDPOINT_PATIENCE_SECONDS: "0",
    ...options.environment,
  };
  const orchestrators: Orchestrator[] = [];
  const write = (path: string, text: string): string => {
    const file = join(workspace, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  write("README.md", "A small project.\n");
  if (options.git) commitAll(workspace);
  const processes = (): string[] => findProcesses([OWNER_MARKER, `HOME=${home}\0`]);
  test.onTestFinished(async () => {
    await Promise.all(orchestrators.map((orchestrator) => orchestrator.stop()));
    await server.close();
    const left = processes();
    rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    expect(left, "processes left after stop()").toEqual([]);
  });
  return {
    server,
    home,
    data: join(home, ".orchestrator"),
    workspace,
    environment,
    async orchestrator(own = {}) {
      const orchestrator = new Orchestrator({
        workingDirectory: workspace,
        environment,
        resumeInterrupted: false,
        ...own,
      });
      orchestrators.push(orchestrator);
      await orchestrator.start();
      return orchestrator;
    },
    write,
    processes,
  };
}

/** Makes a folder a git repository with everything in one commit. */
export function commitAll(folder: string): void {
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=Test", "-c", "user.email=test@example.com", ...args], {
      cwd: folder,
      stdio: "ignore",
    });
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message", "Begin");
}

/** Processes whose environment holds every one of these texts, as `pid command`. */
export function findProcesses(texts: readonly string[]): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, "latin1");
        if (!texts.every((text) => environment.includes(text))) return [];
        return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ").slice(0, 120)}`];
      } catch {
        // Gone in the meantime.
        return [];
      }
    });
}

/** Waits until a look finds something. */
export async function waitFor<T>(
  what: string,
  look: () => T | Promise<T>,
  limitMs = 20_000,
): Promise<NonNullable<Awaited<T>>> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found as NonNullable<Awaited<T>>;
    if (Date.now() > deadline) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
    await pause(POLL_MS);
  }
}

/** Hands over the smallest value that the role's schema accepts. */
export function handOver(call: CallContext, begun: Reply = reply()): Reply {
  return begun.handoff(sampleFromSchema(call.handoffSchema ?? {}));
}

/** A script in which every role without lines of its own hands over at once. */
export function play(roles: Record<string, Steps> = {}): Script {
  return Object.entries(roles).reduce(
    (whole, [role, steps]) => whole.role(role, steps),
    script().otherwise((call) => handOver(call)),
  );
}

/** A step whose answer differs from one call of the script to the next, whatever session makes it. */
export function inOrder(...steps: readonly ((call: CallContext) => Reply)[]): (call: CallContext) => Reply {
  let next = 0;
  return (call) => {
    const step = steps[Math.min(next, steps.length - 1)];
    next += 1;
    return step ? step(call) : handOver(call);
  };
}

/** The result of the tool that was called last, as the model sees it. */
export function lastResult(call: CallContext): string {
  return call.lastToolResults.map((result) => result.text).join("\n");
}

/** The step with a key. */
export function stepOf(result: Pick<TaskResult, "steps">, key: string): TaskResult["steps"][number] {
  const step = result.steps.find((each) => each.stepKey === key);
  if (!step) throw new Error(`there is no step ${key}`);
  return step;
}

interface Tokens {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
}

function tokensOf({ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens }: Tokens): Tokens {
  return { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens };
}

function sumOf(all: readonly Tokens[]): Tokens {
  const sum = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
  for (const each of all) for (const key of Object.keys(sum) as (keyof Tokens)[]) sum[key] += each[key];
  return sum;
}

/** What the first list has beyond the second, each occurrence counted. */
function beyond(all: readonly string[], known: readonly string[]): string[] {
  const rest = [...known];
  return all.filter((each) => {
    const position = rest.indexOf(each);
    if (position !== -1) rest.splice(position, 1);
    return position === -1;
  });
}

/**
 * Holds the ledger of everything against the endpoint's own count: the complete rows are the calls whose usage was
 * delivered, one by one; the totals are those rows and what is known of the incomplete ones.
 *
 * @param interrupted - agents that were ended in the middle: each may have missed one answer that was on its way,
 *   and then has an incomplete row for it
 */
export async function expectSameCount(stage: Stage, orchestrator: Orchestrator, interrupted = 0): Promise<LedgerRow[]> {
  const rows = await orchestrator.listLedger();
  const complete = rows.filter((row) => row.state === "complete");
  const incomplete = rows.filter((row) => row.state === "incomplete");
  const delivered = stage.server.calls.filter((call) => call.usageDelivered === "final").map((call) => call.usage);
  const described = (all: readonly Tokens[]) => all.map((each) => JSON.stringify(tokensOf(each)));
  expect(beyond(described(complete), described(delivered)), "rows of no call").toEqual([]);
  const missing = beyond(described(delivered), described(complete));
  if (interrupted === 0) {
    expect(missing, "calls without a row").toEqual([]);
    expect(sumOf(complete)).toEqual(tokensOf(stage.server.usage()));
    // Retries of a refused call share its row.
    expect(rows.length).toBeLessThanOrEqual(stage.server.calls.length);
  } else expect(missing.length).toBeLessThanOrEqual(Math.min(interrupted, incomplete.length));
  const { totals } = await orchestrator.getStatus();
  expect(tokensOf(totals)).toEqual(sumOf(rows));
  expect(totals).toMatchObject({ modelCalls: rows.length, incompleteCalls: incomplete.length });
  return rows;
}
