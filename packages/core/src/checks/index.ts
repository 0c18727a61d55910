/** The project's own check commands: found, run by the orchestrator itself, and judged by what they print and end with. */
export { commandEnvironment } from "./command-environment.js";
export { describeDuration } from "./describe-duration.js";
export { checkDefinitions, findChecks } from "./find-checks.js";
export { type Findings, isProgress, judgeCheck, measureFindings } from "./judge-check.js";
export { createRedactorFor } from "./redact.js";
export { runCommand } from "./run-command.js";
export type { TestResults } from "./test-formats.js";
export { readTestResults } from "./test-results.js";
