import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Logger, multistream, pino } from "pino";

export type { Logger } from "pino";

/**
 * The program's own log: JSON lines in `<data>/orchestrator.log`, and from `warn` on to standard error as well.
 *
 * @param dataDirectory - the data folder
 * @param level - the least level that is written
 * @returns the logger; one that writes to standard error alone when the file cannot be opened
 */
export function openProgramLog(dataDirectory: string, level: string): Logger {
  const toStandardError = { level: "warn" as const, stream: pino.destination({ fd: 2, sync: true }) };
  try {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    const file = pino.destination({ dest: join(dataDirectory, "orchestrator.log"), sync: true });
    file.on("error", () => {});
    return pino({ level }, multistream([{ level: level as "info", stream: file }, toStandardError]));
  } catch (error) {
    const logger = pino({ level }, multistream([toStandardError]));
    logger.warn({ err: error }, "the log file cannot be opened");
    return logger;
  }
}
