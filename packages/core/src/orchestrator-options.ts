import { z } from "zod";
import type { ModelEndpoint } from "./runtime/index.js";

/** How the library is opened. Everything has a default. */
export interface OrchestratorOptions {
  /** Where agents work unless a task says otherwise; the current directory by default. */
  workingDirectory?: string | undefined;
  /** The database file; `<data>/orchestrator.db` by default. */
  databasePath?: string | undefined;
  /** The data folder; `~/.orchestrator` by default. */
  home?: string | undefined;
  /** Agent logs on disk; on by default. */
  enableMonitoring?: boolean | undefined;
  defaultModel?: string | undefined;
  maxParallelAgents?: number | undefined;
  /** USD that all tasks of a day may cost together, on this database; no limit by default. */
  dailyBudgetUsd?: number | undefined;
  /** `start()` goes on with tasks that were interrupted in this data folder; on by default. */
  resumeInterrupted?: boolean | undefined;
  /**
   * What `stop()` does with the tasks that were begun or gone on with here: `cancel` ends them, `suspend` leaves them as
   * they are, to be gone on with by whoever starts next. `cancel` by default, as for a program that ends with its tasks.
   */
  onStop?: OnStop | undefined;
  /** What stands for `process.env`. */
  environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Sends model calls to this endpoint, whatever the environment says. */
  endpoint?: ModelEndpoint | undefined;
}

const ON_STOP = ["cancel", "suspend"] as const;
type OnStop = (typeof ON_STOP)[number];

export const orchestratorSchema = z.strictObject({
  workingDirectory: z.string().min(1, "a directory is expected").optional(),
  databasePath: z.string().optional(),
  home: z.string().optional(),
  enableMonitoring: z.boolean().optional(),
  defaultModel: z.string().optional(),
  maxParallelAgents: z.number().optional(),
  dailyBudgetUsd: z.number().optional(),
  resumeInterrupted: z.boolean().optional(),
  onStop: z.enum(ON_STOP).optional(),
  // Whatever has the form of process.env, and that itself, which is no plain object.
  environment: z
    .custom<Record<string, string | undefined>>(
      (value) =>
        typeof value === "object" &&
        value !== null &&
        Object.values(value).every((each) => each === undefined || typeof each === "string"),
      "variables with texts are expected",
    )
    .optional(),
  endpoint: z.strictObject({ baseUrl: z.string(), rehearsal: z.boolean() }).optional(),
});
