import { Orchestrator, OrchestratorError, type OrchestratorOptions, type TaskResult } from "@claude-orchestrator/core";
import type { Command } from "commander";
import { createDemoRepository, type DemoRepository } from "../demo/demo-repository.js";
import { indent, paint, plain } from "../output/format.js";
import { renderReport } from "../output/report.js";
import { canOpenBrowser, openBrowser } from "../serve/open-browser.js";
import { createProgress, exitCodeOf, interruptible, untilAborted, withOrchestrator } from "../session.js";

const PROMPT =
  "Fix the bug that makes a test in test/split.test.js fail: the shares must add up to the bill. Find the root cause first.";

export function registerDemo(program: Command): void {
  program
    .command("demo")
    .description("watch five agents fix a real bug in a real repository; no account needed")
    .option("--serve", "watch it in a browser too: by the server that runs, or by one of its own until Ctrl-C")
    .action(async (flags: { serve?: true }) => {
      process.exitCode = await demo(flags.serve === true);
    });
}

async function demo(isServed: boolean): Promise<number> {
  console.log(paint("magenta", "A REHEARSAL. The model is a script, so this needs no account and costs nothing."));
  console.log("All else is real: the Claude CLI, its tools, git, the repository and its tests.\n");
  const repository = createRepository();
  console.log(`${paint("bold", "A small repository with a bug")}  ${repository.directory}`);
  const before = repository.runTests();
  console.log(`${indent(testLines(before.output))}\n`);
  if (before.passed)
    throw new OrchestratorError(
      "step_failed",
      "The demo's test passes before anything is done, which it must not.",
      "Please report this.",
    );

  const [{ startRehearsalServer }, { createDemoScript }] = await Promise.all([
    import("@claude-orchestrator/rehearsal"),
    import("../demo/demo-script.js"),
  ]);
  const rehearsal = await startRehearsalServer({ script: createDemoScript() });
  try {
    const options = { workingDirectory: repository.directory, endpoint: { baseUrl: rehearsal.url, rehearsal: true } };
    if (isServed) return await rehearseInBrowser(options, repository);
    return await withOrchestrator(options, (orchestrator) => rehearse(orchestrator, repository));
  } finally {
    await rehearsal.close();
  }
}

/** The same, to be looked at in a browser: where a server runs on the data folder it shows this like any other task. */
async function rehearseInBrowser(options: OrchestratorOptions, repository: DemoRepository): Promise<number> {
  const [{ openAccess, readAnnouncement }, { makeLink, serveFleet }] = await Promise.all([
    import("@claude-orchestrator/server"),
    import("../serve/run-server.js"),
  ]);
  const { home } = new Orchestrator(options).config;
  const running = readAnnouncement(home);
  if (running) {
    const { link } = await makeLink(openAccess(home), running.url);
    console.log(`${paint("bold", "Watch it in a browser")}  ${link}\n`);
    return withOrchestrator(options, (orchestrator) => rehearse(orchestrator, repository));
  }
  const directories = [repository.directory];
  const fleet = await serveFleet({ port: 0, host: "127.0.0.1", directories, hostNames: [], orchestrator: options });
  try {
    console.log(`${paint("bold", "Watch it in a browser")}  ${fleet.link}\n`);
    if (canOpenBrowser(process.env)) openBrowser(home, fleet.link);
    const exitCode = await rehearse(fleet.server.orchestrator, repository);
    console.log("The page stays until you press Ctrl-C. Later: orchestrator serve");
    await interruptible(untilAborted);
    return exitCode;
  } finally {
    await fleet.close();
  }
}

async function rehearse(orchestrator: Orchestrator, repository: DemoRepository): Promise<number> {
  const result = await interruptible(async (signal) => {
    const progress = await createProgress(orchestrator, false, signal);
    try {
      const request = { prompt: PROMPT, taskType: "bug_fix", includeAnalyst: "yes" } as const;
      return await orchestrator.execute({ ...request, signal, onCreated: progress.follow });
    } finally {
      await progress.stop();
    }
  });
  console.log(`\n${renderReport(result)}\n`);
  if (!result.success) return exitCodeOf(result);
  const untouched = repository.committedFiles().length === 0 && !repository.runTests().passed;
  if (!untouched)
    throw new OrchestratorError(
      "step_failed",
      "The demo's repository has changed before the result was applied.",
      "Please report this.",
    );
  await orchestrator.apply(result.taskId, { mode: "merge", message: "Give out the cents that are left over" });
  return showOutcome(repository, result);
}

function createRepository(): DemoRepository {
  try {
    return createDemoRepository();
  } catch (error) {
    throw new OrchestratorError(
      "invalid_input",
      `The demo's repository cannot be made: ${(error as Error).message}`,
      "The demo needs git and a writable folder for temporary files.",
      { cause: error },
    );
  }
}

function showOutcome(repository: DemoRepository, result: TaskResult): number {
  const taken = "The agents worked on a copy. Now their result is applied: orchestrator apply";
  console.log(`${paint("bold", taken)}\n${indent(plain(repository.log()).trimEnd())}\n`);
  console.log(`${paint("bold", "The change")}\n${indent(plain(repository.diff()).trimEnd())}\n`);
  const after = repository.runTests();
  console.log(`${paint("bold", "The tests now")}\n${indent(testLines(after.output))}\n`);
  const committed = repository.committedFiles().join(", ");
  const reported = result.files.produced
    .map((file) => file.path)
    .sort()
    .join(", ");
  const agree = committed === reported;
  console.log(
    `git log and the report ${agree ? "agree" : "DISAGREE"} on the files: ${committed}${agree ? "" : ` / ${reported}`}`,
  );
  console.log(paint("magenta", "This was a rehearsal: the model was scripted, everything else was real."));
  console.log(`\nLook around:  cd ${repository.directory} && git log --stat`);
  console.log(`              npx orchestrator checks ${result.taskId}`);
  console.log(
    'Real work:    npx orchestrator execute "Fix the failing test"   (with a Claude login or ANTHROPIC_API_KEY)',
  );
  return after.passed && agree ? 0 : 1;
}

/** Each test with its mark, and the counts. */
function testLines(output: string): string {
  const lines = plain(output).split("\n");
  return [...new Set(lines.filter((line) => /^[✔✖] |^ℹ (pass|fail)/.test(line) && !/failing tests/.test(line)))].join(
    "\n",
  );
}
