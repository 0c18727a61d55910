import { createRequire } from "node:module";
import { Command, CommanderError } from "commander";
import { registerAgentDetails } from "./commands/agent-details.js";
import { registerDemo } from "./commands/demo.js";
import { registerDoctor } from "./commands/doctor.js";
import { registerExecute } from "./commands/execute.js";
import { registerInit } from "./commands/init.js";
import { registerListAgents } from "./commands/list-agents.js";
import { registerListTasks } from "./commands/list-tasks.js";
import { registerLogs } from "./commands/logs.js";
import { registerStatus } from "./commands/status.js";
import { registerTaskDetails } from "./commands/task-details.js";
import { reportError } from "./output/errors.js";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };
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

for (const register of [
  registerInit,
  registerExecute,
  registerDemo,
  registerStatus,
  registerListTasks,
  registerTaskDetails,
  registerListAgents,
  registerAgentDetails,
  registerLogs,
  registerDoctor,
]) {
  register(program);
}

// A reader that has seen enough (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  // commander has said what it has to say; help and version end with 0, everything else is a mistake in usage.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT_CODE;
  else process.exitCode = reportError(error, process.argv.includes("--json"));
}
