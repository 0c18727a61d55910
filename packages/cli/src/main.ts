import { Command, CommanderError } from "commander";
import { version } from "./version.js";

const USAGE_EXIT_CODE = 2;

const program = new Command("orchestrator")
  .description("One prompt becomes a managed team of Claude agents.")
  .version(version)
  .showHelpAfterError("(see: orchestrator --help)")
  .exitOverride()
  .addHelpText(
    "after",
    '\nTry it without an account:  orchestrator demo\nReal work:                  orchestrator execute "Fix the failing test"',
  );

type Register = (program: Command) => void;

/** Each command in a module of its own, loaded only when it is wanted: starting is most of what a short one does. */
const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  init: async () => (await import("./commands/init.js")).registerInit,
  execute: async () => (await import("./commands/execute.js")).registerExecute,
  "follow-up": async () => (await import("./commands/follow-up.js")).registerFollowUp,
  estimate: async () => (await import("./commands/estimate.js")).registerEstimate,
  demo: async () => (await import("./commands/demo.js")).registerDemo,
  status: async () => (await import("./commands/status.js")).registerStatus,
  watch: async () => (await import("./commands/watch.js")).registerWatch,
  "list-tasks": async () => (await import("./commands/list-tasks.js")).registerListTasks,
  diff: async () => (await import("./commands/diff.js")).registerDiff,
  apply: async () => (await import("./commands/apply.js")).registerApply,
  undo: async () => (await import("./commands/undo.js")).registerUndo,
  checks: async () => (await import("./commands/checks.js")).registerChecks,
  report: async () => (await import("./commands/report.js")).registerReport,
  resume: async () => (await import("./commands/resume.js")).registerResume,
  pause: async () => (await import("./commands/pause.js")).registerPause,
  retry: async () => (await import("./commands/retry.js")).registerRetry,
  fork: async () => (await import("./commands/fork.js")).registerFork,
  compare: async () => (await import("./commands/compare.js")).registerCompare,
  wait: async () => (await import("./commands/wait.js")).registerWait,
  stop: async () => (await import("./commands/stop.js")).registerStop,
  rescue: async () => (await import("./commands/rescue.js")).registerRescue,
  "task-details": async () => (await import("./commands/task-details.js")).registerTaskDetails,
  cancel: async () => (await import("./commands/cancel.js")).registerCancel,
  "list-agents": async () => (await import("./commands/list-agents.js")).registerListAgents,
  "agent-details": async () => (await import("./commands/agent-details.js")).registerAgentDetails,
  "create-agent": async () => (await import("./commands/create-agent.js")).registerCreateAgent,
  send: async () => (await import("./commands/send.js")).registerSend,
  kill: async () => (await import("./commands/kill.js")).registerKill,
  "delete-agent": async () => (await import("./commands/delete-agent.js")).registerDeleteAgent,
  logs: async () => (await import("./commands/logs.js")).registerLogs,
  roles: async () => (await import("./commands/roles.js")).registerRoles,
  workflows: async () => (await import("./commands/workflows.js")).registerWorkflows,
  "cost-report": async () => (await import("./commands/cost-report.js")).registerCostReport,
  export: async () => (await import("./commands/export.js")).registerExport,
  clean: async () => (await import("./commands/clean.js")).registerClean,
  completion: async () => (await import("./commands/completion.js")).registerCompletion,
  complete: async () => (await import("./commands/complete.js")).registerComplete,
  serve: async () => (await import("./commands/serve.js")).registerServe,
  token: async () => (await import("./commands/token.js")).registerToken,
  doctor: async () => (await import("./commands/doctor.js")).registerDoctor,
};

/** The command that is called, or all of them where none is: then help is wanted, or an advice. */
async function registerCommands(): Promise<void> {
  // Whoever completes must know every command.
  const called = process.argv[2] === "complete" ? undefined : COMMANDS[process.argv[2] ?? ""];
  const isVersion = ["-V", "--version"].includes(process.argv[2] ?? "");
  const wanted = called ? [called] : isVersion ? [] : Object.values(COMMANDS);
  for (const load of wanted) (await load())(program);
}

// A reader that has seen enough (`| head`) or a terminal that was closed is no error of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
    void import("./session.js").then(({ onOutputGone }) => onOutputGone());
  });
}

try {
  await registerCommands();
  await program.parseAsync();
} catch (error) {
  // commander has said what it has to say; help and version end with 0, everything else is a mistake in usage.
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT_CODE;
    if (error.exitCode !== 0 && process.argv.includes("--json")) {
      const message = error.message.replace(/^error: /, "");
      console.log(JSON.stringify({ error: { code: "invalid_input", message, hint: "See: orchestrator --help" } }));
    }
  } else {
    const { reportError } = await import("./output/errors.js");
    process.exitCode = reportError(error, process.argv.includes("--json"));
  }
}
