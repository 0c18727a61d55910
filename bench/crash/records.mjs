import { createRequire } from "node:module";
import { openStorage } from "@claude-orchestrator/core/storage";

const PAGE = 1_000;

/** What the store holds of a task, and whether its file is sound. */
export async function readRecords({ database }, taskId) {
  const storage = await openStorage({ databasePath: database });
  try {
    const events = [];
    for (let page = null; page === null || page.length === PAGE; ) {
      page = await storage.readEvents({ after: events.at(-1)?.seq ?? 0, limit: PAGE });
      events.push(...page);
    }
    return {
      tasks: await storage.listTasks(),
      task: await storage.getTask(taskId),
      steps: await storage.listSteps(taskId),
      agents: await storage.listAgents({ taskId }),
      ledger: await storage.listLedger({ taskId }),
      totals: await storage.totals({ taskId }),
      events,
      integrity: checkIntegrity(database),
    };
  } finally {
    await storage.close();
  }
}

/** SQLite's own word on the file: `ok`, or what is wrong. */
function checkIntegrity(path) {
  const require = createRequire(import.meta.url);
  const [major] = process.versions.node.split(".").map(Number);
  const { DatabaseSync } = require(major >= 24 ? "node:sqlite" : "@photostructure/sqlite");
  const database = new DatabaseSync(path);
  try {
    return database
      .prepare("PRAGMA integrity_check")
      .all()
      .map((row) => row.integrity_check)
      .join("; ");
  } finally {
    database.close();
  }
}
