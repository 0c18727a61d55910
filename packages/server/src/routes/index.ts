/** The addresses of the API, one file for each thing that it is about. */
export { registerAccess } from "./access.js";
export { registerAgentLogs, registerAgents } from "./agents.js";
export { registerCatalogue } from "./catalogue.js";
export { registerEvents } from "./events.js";
export { registerFleet } from "./fleet.js";
export { registerHealth } from "./health.js";
export { registerTaskControl } from "./task-control.js";
export { registerTasks } from "./tasks.js";
