import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Orchestrator } from "@claude-orchestrator/core";
import { reply, script, startRehearsalServer } from "@claude-orchestrator/rehearsal";
import { median, spread } from "./measure.mjs";

const FILES = 10_000;
const FILES_PER_FOLDER = 100;
const MAX_RATIO = 1.2;
const MAX_OWN_MS = 50;

/** What isolation and checks cost in a large repository, against git alone. */
export async function workspaces({ quick }) {
  const rounds = quick ? 1 : 7;
  const root = realpathSync(mkdtempSync(join(tmpdir(), "orchestrator-bench-workspaces-")));
  try {
    const repository = makeRepository(root);
    const samples = { git: [], workspace: [], commit: [], diff: [], check: [], inPlace: [] };
    for (let round = 0; round < rounds; round += 1) {
      // One after the other in each round, so that both meet the same machine.
      samples.git.push(addWorktree(repository, join(root, `plain-${round}`)));
      const worktree = await runTask(root, repository, {});
      samples.workspace.push(worktree.workspaceMs);
      samples.commit.push(worktree.commitMs);
      samples.diff.push(worktree.diffMs);
      samples.check.push(...worktree.checkMs);
      samples.inPlace.push((await runTask(root, repository, { inPlace: true })).workspaceMs);
    }
    return report(samples, rounds);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function makeRepository(root) {
  const repository = join(root, "repository");
  for (let file = 0; file < FILES; file += 1) {
    const folder = join(repository, `folder-${Math.floor(file / FILES_PER_FOLDER)}`);
    if (file % FILES_PER_FOLDER === 0) mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `file-${file}.txt`), `The line of file ${file}.\n`.repeat(40));
  }
  mkdirSync(join(repository, ".orchestrator"));
  writeFileSync(join(repository, ".orchestrator", "config.yaml"), 'checks: ["true"]\n');
  git(repository, "init", "--quiet");
  git(repository, "add", "--all");
  git(repository, "commit", "--quiet", "--message", "Begin");
  return repository;
}

function git(cwd, ...args) {
  const identity = ["-c", "user.name=Bench", "-c", "user.email=bench@example.com", "-c", "gc.auto=0"];
  return execFileSync("git", [...identity, ...args], { cwd, encoding: "utf8" });
}

function addWorktree(repository, path) {
  const start = performance.now();
  git(repository, "worktree", "add", "--quiet", "--detach", path);
  const elapsedMs = performance.now() - start;
  git(repository, "worktree", "remove", "--force", path);
  return elapsedMs;
}

async function runTask(root, repository, options) {
  const builder = [
    reply().tool("Bash", { command: "date +%s%N > folder-1/new.txt" }),
    reply().handoff({ summary: "Written.", filesCreated: [], filesModified: [] }),
  ];
  const server = await startRehearsalServer({ script: script().role("builder", builder) });
  const environment = { PATH: process.env.PATH, HOME: root, ANTHROPIC_BASE_URL: server.url };
  const orchestrator = new Orchestrator({ workingDirectory: repository, home: join(root, "data"), environment });
  try {
    await orchestrator.start();
    const result = await orchestrator.executeCustomWorkflow({ prompt: "Write a file", roles: ["builder"], ...options });
    if (result.status !== "completed") throw new Error(`the task ended as ${result.status}: ${result.error?.message}`);
    const events = await orchestrator.listEvents({ taskId: result.taskId });
    const timeOf = (type, stepKey) =>
      Date.parse(events.find((event) => event.type === type && (!stepKey || event.stepKey === stepKey))?.time);
    const ready = options.inPlace ? "workspace.created" : "workspace.prepared";
    const start = performance.now();
    await orchestrator.getDiff(result.taskId);
    const diffMs = performance.now() - start;
    if (options.inPlace) await orchestrator.undo(result.taskId);
    return {
      workspaceMs: timeOf(ready) - timeOf("step.started"),
      commitMs: timeOf("workspace.committed", "builder") - timeOf("agent.ended", "builder"),
      diffMs,
      checkMs: result.checks.map(
        (check) => timeOf("step.ended", check.stepKey) - timeOf("step.started", check.stepKey) - check.durationMs,
      ),
    };
  } finally {
    await orchestrator.stop();
    await server.close();
  }
}

function report(samples, rounds) {
  const row = (what, values, baseline) => [
    what,
    median(values).toFixed(0),
    spread(values),
    baseline ? (median(values) / median(baseline)).toFixed(2) : "",
  ];
  const ratio = median(samples.workspace) / median(samples.git);
  // The first check of a task also waits for the workspace, which is measured above.
  const checks = samples.check.filter((_, position) => position % 2 === 1);
  return {
    title: `workspaces: isolation in a repository of ${FILES} files`,
    about: `One builder that writes one file and one check that does nothing (\`true\`), ${rounds} times each; milliseconds between events of the log. "Ready" is from the start of the first step to the end of everything that makes the worktree usable.`,
    baseline: "`git worktree add` alone, in the same repository and round.",
    columns: ["what", "median ms", "spread", "ratio"],
    rows: [
      row("git worktree add", samples.git, samples.git),
      row("workspace ready", samples.workspace, samples.git),
      row("in place, first snapshot", samples.inPlace, samples.git),
      row("snapshot and commit of a step", samples.commit),
      row("diff of the whole task", samples.diff),
      row("ours around a check", checks),
    ],
    aims: [
      {
        aim: `a workspace is ready within ${MAX_RATIO} × git worktree add`,
        measured: ratio.toFixed(2),
        holds: ratio <= MAX_RATIO,
      },
      {
        aim: `a check takes no more than ${MAX_OWN_MS} ms of ours`,
        measured: `${median(checks).toFixed(0)} ms`,
        holds: median(checks) <= MAX_OWN_MS,
      },
    ],
    samples,
  };
}
