/** What is written for people and machines to read besides the event log: agent logs, the program's log, reports. */
export { createAgentLogFiles, noAgentLog } from "./agent-log-files.js";
export { type Logger, openProgramLog } from "./program-log.js";
export { hasFailed } from "./task-report/checks.js";
export { gatherReportEvents, readReportLog } from "./task-report/gather.js";
export type { ReportDiff, ReportLog, TaskReportInput } from "./task-report/input.js";
export { renderTaskReport } from "./task-report/render-task-report.js";
