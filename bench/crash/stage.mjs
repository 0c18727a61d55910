import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startRehearsalServer } from "@claude-orchestrator/rehearsal";
import { removeFolder } from "../measure.mjs";
import { projectOf, scriptOf } from "./shapes.mjs";

const HOST = fileURLToPath(new URL("host.mjs", import.meta.url));

/**
 * Sets up what one run needs, all of its own: a repository, a data folder and a scripted model.
 *
 * @param shape - which task will run
 * @param guard - what ties agents to their orchestrator, or `auto`
 */
export async function openStage(shape, guard) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "orchestrator-crash-")));
  const home = join(root, "home");
  const workspace = join(root, "workspace");
  mkdirSync(home);
  makeProject(workspace, projectOf(shape));
  const results = new Set();
  const server = await startRehearsalServer({ script: scriptOf(shape, (index) => results.add(index)) });
  const environment = {
    PATH: process.env.PATH ?? "",
    HOME: home,
    ANTHROPIC_BASE_URL: server.url,
    ORCHESTRATOR_PROCESS_GUARD: guard,
    ORCHESTRATOR_MODEL_CALL_RETRIES: "2",
    ORCHESTRATOR_MODEL_CALL_TIMEOUT_SECONDS: "60",
  };
  return {
    root,
    workspace,
    server,
    /** Numbers of the calls that were answered with the result of a step. */
    results,
    data: join(home, ".orchestrator"),
    database: join(home, ".orchestrator", "orchestrator.db"),
    /** Every process of this run carries it. */
    variable: `HOME=${home}`,
    git: (...args) => execFileSync("git", args, { cwd: workspace, encoding: "utf8" }).trim(),
    host: () => startHost(workspace, environment),
    async close(isKept) {
      await server.close();
      if (!isKept) removeFolder(root);
    },
  };
}

/** Begins the orchestrator's process; `ended` tells how it ended and what it said. */
function startHost(workspace, env) {
  const child = spawn(process.execPath, [HOST, workspace], { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  child.stdout.on("data", (text) => {
    output += text;
  });
  child.stderr.on("data", (text) => {
    errors += text;
  });
  const ended = once(child, "close").then(([exitCode, signal]) => {
    return { exitCode, signal, result: exitCode === 0 ? JSON.parse(output) : null, errors: errors.trim() };
  });
  return { child, ended };
}

/** A repository with one commit, a change that is not committed and a file that git does not know. */
function makeProject(folder, files) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const git = (...args) =>
    execFileSync("git", ["-c", "user.name=Crash", "-c", "user.email=crash@example.com", ...args], {
      cwd: folder,
      stdio: "ignore",
    });
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all");
  git("commit", "--quiet", "--message", "Begin");
  writeFileSync(join(folder, "README.md"), "A small project, changed by its user.\n");
  writeFileSync(join(folder, "notes.txt"), "Known to the user alone.\n");
}
