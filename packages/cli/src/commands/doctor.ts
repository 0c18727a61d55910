import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { Orchestrator, OrchestratorError } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { paint } from "../output/format.js";

/** One thing that was looked at. `notice`: works, but the user should know. */
interface Finding {
  name: string;
  state: "ok" | "notice" | "bad";
  message: string;
  remedy: string;
  /** What the command ends with when this is the worst. */
  exitCode: number;
}

const PROBE_TIMEOUT_MS = 5_000;

export function registerDoctor(program: Command): void {
  program
    .command("doctor")
    .description("look for whatever would keep the orchestrator from working")
    .option("--repair", "first mend what can be mended without losing anything, and say what was done")
    .option("--json", "print an array")
    .action(async (flags: { repair?: true; json?: true }) => {
      const findings = await examine(flags.repair === true);
      if (flags.json) console.log(JSON.stringify(findings, null, 2));
      else for (const finding of findings) console.log(render(finding));
      process.exitCode = Math.max(...findings.map((finding) => (finding.state === "bad" ? finding.exitCode : 0)));
    });
}

function render({ name, state, message, remedy }: Finding): string {
  const mark = { ok: paint("green", "✓"), notice: paint("yellow", "!"), bad: paint("red", "✗") }[state];
  return `${mark} ${name.padEnd(12)} ${message}${remedy ? paint("gray", `\n${" ".repeat(15)}${remedy}`) : ""}`;
}

async function examine(mayRepair: boolean): Promise<Finding[]> {
  const findings: Finding[] = [ok("node", `${process.version}, ${process.platform}-${process.arch}`)];
  // It looks, and takes up nothing that was interrupted.
  const orchestrator = new Orchestrator({ resumeInterrupted: false });
  if (mayRepair) findings.push(...(await repair(orchestrator)));
  findings.push(...(await examineData(orchestrator)));
  try {
    await attempt(findings, "claude", async () => {
      const { login, version, guard } = await orchestrator.checkRuntime();
      findings.push(
        version
          ? ok("claude", `Claude CLI ${version}`)
          : bad("claude", "the Claude CLI does not run here", "npm ci --include=optional", 3),
      );
      findings.push(guardFinding(guard));
      return login.ok
        ? ok("login", `${login.method}; only a model call proves that it works`)
        : bad(
            "login",
            "no claude login, no API key, no endpoint",
            "Run: claude /login - or set ANTHROPIC_API_KEY. To try without an account: orchestrator demo",
            3,
          );
    });
  } finally {
    await orchestrator.stop().catch(() => {});
  }
  findings.push(gitFinding());
  findings.push(sandboxFinding());
  await attempt(findings, "roles", async () => {
    const { roles, warnings } = orchestrator.listRoles();
    for (const warning of warnings) findings.push(notice("roles", warning, ""));
    return ok("roles", `${roles.length}: ${roles.map((role) => role.name).join(", ")}`);
  });
  await attempt(findings, "workflows", async () => {
    const names = orchestrator.listWorkflows().map((workflow) => workflow.name);
    return ok("workflows", names.length === 0 ? "no files of this repository" : names.join(", "));
  });
  return findings;
}

/** Before anything else has the database open. */
async function repair(orchestrator: Orchestrator): Promise<Finding[]> {
  try {
    const done = await orchestrator.repairData();
    return (done.length > 0 ? done : ["nothing had to be repaired"]).map((sentence) => ok("repair", sentence));
  } catch (error) {
    return [toFinding("repair", error)];
  }
}

/** Opens the orchestrator, which whoever looks further needs as well. */
async function examineData(orchestrator: Orchestrator): Promise<Finding[]> {
  const { databasePath, home } = orchestrator.config;
  try {
    await orchestrator.start();
    requireWritable(home);
    const found = (await orchestrator.examineData()).map(({ subject, isBad, message, remedy }) =>
      isBad ? bad(subject, message, remedy, 1) : notice(subject, message, remedy),
    );
    return found.some((finding) => finding.state === "bad")
      ? found
      : [ok("database", `${databasePath} is sound`), ...found];
  } catch (error) {
    return [toFinding("database", error)];
  }
}

function requireWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new OrchestratorError(
      "database_read_only",
      `The data folder ${folder} cannot be written (${(error as NodeJS.ErrnoException).code}).`,
      "Give yourself the right to write there, or set ORCHESTRATOR_HOME to another folder.",
    );
  }
}

async function attempt(findings: Finding[], name: string, look: () => Promise<Finding>): Promise<void> {
  try {
    findings.push(await look());
  } catch (error) {
    findings.push(toFinding(name, error));
  }
}

function toFinding(name: string, error: unknown): Finding {
  if (OrchestratorError.is(error)) return bad(name, error.message, error.hint, error.exitCode);
  return bad(name, (error as Error).message, "", 1);
}

function guardFinding(guard: string): Finding {
  if (guard === "namespace") return ok("guard", "agents run in a PID namespace: none can outlive the orchestrator");
  return notice(
    "guard",
    `agents are guarded by ${guard === "pdeathsig" ? "a parent-death signal and " : ""}a watchdog`,
    "A PID namespace, the strongest guard, needs root or CAP_SYS_ADMIN.",
  );
}

/** `git merge-tree --write-tree`, with which parallel writers are joined, came with it. */
const LEAST_GIT = [2, 38] as const;

function gitFinding(): Finding {
  const { status, stdout } = spawnSync("git", ["--version"], { encoding: "utf8", timeout: PROBE_TIMEOUT_MS });
  if (status !== 0)
    return notice("git", "not installed: tasks run with --in-place only, their changes unlisted", "Install git.");
  const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(stdout)?.slice(1) ?? []).map(Number);
  const isNewEnough = major > LEAST_GIT[0] || (major === LEAST_GIT[0] && minor >= LEAST_GIT[1]);
  if (isNewEnough) return ok("git", stdout.trim());
  const least = LEAST_GIT.join(".");
  return notice("git", `${stdout.trim()}: parallel writers and apply need ${least}`, `Install git ${least} or newer.`);
}

function sandboxFinding(): Finding {
  const missing = ["bwrap", "socat"].filter(
    (name) =>
      spawnSync(name, ["--version"], { timeout: PROBE_TIMEOUT_MS }).error !== undefined &&
      spawnSync(name, ["-V"]).error !== undefined,
  );
  return missing.length === 0
    ? ok("sandbox", "available to roles that ask for it (sandbox: true)")
    : notice(
        "sandbox",
        `${missing.join(" and ")} not installed: a writing role's shell commands are not confined to the workspace`,
        "Install bubblewrap and socat, and set sandbox: true in a role file.",
      );
}

function ok(name: string, message: string): Finding {
  return { name, state: "ok", message, remedy: "", exitCode: 0 };
}
function notice(name: string, message: string, remedy: string): Finding {
  return { name, state: "notice", message, remedy, exitCode: 0 };
}
function bad(name: string, message: string, remedy: string, exitCode: number): Finding {
  return { name, state: "bad", message, remedy, exitCode };
}
