/** What is written for people and machines to read besides the event log: agent logs and the program's log. */
export { createAgentLogFiles, noAgentLog } from "./agent-log-files.js";
export { type Logger, openProgramLog } from "./program-log.js";
