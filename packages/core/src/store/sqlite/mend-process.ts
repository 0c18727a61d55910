import { writeSync } from "node:fs";
import { toErrorRecord } from "../../domain/index.js";
import { PHASES } from "./mend-phases.js";

/**
 * The program of one phase of mending: `mend-process.js <phase> <file> <other file>`. Not every driver lets go of a file
 * when it closes it; the end of a process does. It says what came of it in one line, and lives until its input ends, so
 * that what it has locked stays locked.
 */
const [, , phase, path = "", other = ""] = process.argv;

function work(): object {
  try {
    return PHASES[phase as keyof typeof PHASES](path, other);
  } catch (error) {
    return { error: toErrorRecord(error, "database_failed") };
  }
}

writeSync(1, `${JSON.stringify(work())}\n`);
process.stdin.resume();
// At once: a driver that tidies up would remove files by names that belong to another database by now.
process.stdin.once("close", () => process.kill(process.pid, "SIGKILL"));
