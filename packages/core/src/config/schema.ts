import { z } from "zod";
import { UNCOMMITTED_CHOICES } from "../domain/index.js";
import { tidyCheckoutPath } from "./checkout-path.js";

const price = z.number().nonnegative();

/** USD per million tokens of one model. */
export const modelPriceSchema = z.strictObject({
  input: price,
  output: price,
  cacheRead: price,
  cacheWrite: price,
  cacheWriteOneHour: price,
});
export type ModelPrice = z.infer<typeof modelPriceSchema>;

/** Digits or a number: a switch, a list or nothing at all is not a number, though JavaScript would make one of it. */
const wholeNumber = (least: number, most: number) =>
  z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).pipe(z.number().int().min(least).max(most));
/** The same with a fraction. */
const amount = (least: number, most: number) =>
  z
    .union([
      z.number(),
      z
        .string()
        .regex(/^\$?\d+(\.\d+)?$/)
        .transform((text) => Number(text.replace("$", ""))),
    ])
    .pipe(z.number().min(least).max(most));
const onOff = z.union([
  z.boolean(),
  z.enum(["true", "1", "yes", "on"]).transform(() => true),
  z.enum(["false", "0", "no", "off"]).transform(() => false),
]);

const isBelowTop = (path: string) => tidyCheckoutPath(path) !== null;
const paths = z.array(z.string().refine(isBelowTop)).max(50);

/** A check as the configuration names it: a command, or a command with what is special about it. */
const checkSettingSchema = z.union([
  z.string().min(1),
  z.strictObject({
    command: z.string().min(1),
    name: z
      .string()
      .regex(/^[\w.-]{1,40}$/)
      .optional(),
    // A check may also run at the top itself.
    directory: z
      .string()
      .refine((path) => ["", ".", "./"].includes(path) || isBelowTop(path))
      .optional(),
    timeoutMinutes: z.number().positive().max(1_440).optional(),
  }),
]);
export type CheckSetting = z.infer<typeof checkSettingSchema>;

const AUTHOR = /^([^<>\n]+?)\s*<([^<>\s]+)>$/;
const authorSchema = z
  .string()
  .regex(AUTHOR)
  .transform((text) => {
    const [, name = "", email = ""] = AUTHOR.exec(text) ?? [];
    return { name, email };
  });

export const PROCESS_GUARDS = ["auto", "namespace", "pdeathsig", "watchdog"] as const;
export const SUPERVISION_POLICIES = ["report", "nudge", "stop"] as const;
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "silent"] as const;

/** One setting: how it is checked, its default, and the environment variable that carries it. */
interface Setting<Schema extends z.ZodType> {
  schema: Schema;
  variable: string | null;
  rule: string;
}

function setting<Schema extends z.ZodType>(schema: Schema, variable: string | null, rule: string): Setting<Schema> {
  return { schema, variable, rule };
}

const PATHS_RULE = "a list of relative paths below the top of the repository and outside .git, such as .env";

/** Every setting there is. The keys are the names in `config.yaml`; `docs/configuration.md` explains each. */
export const SETTINGS = {
  defaultModel: setting(z.string().min(1), "DEFAULT_MODEL", "a model name or alias such as sonnet"),
  home: setting(z.string().min(1), "ORCHESTRATOR_HOME", "a directory"),
  databasePath: setting(z.string().min(1), "ORCHESTRATOR_DB_PATH", "the path of a file"),
  logLevel: setting(z.enum(LOG_LEVELS), "ORCHESTRATOR_LOG_LEVEL", `one of ${LOG_LEVELS.join(", ")}`),
  maxParallelAgents: setting(wholeNumber(1, 256), "ORCHESTRATOR_MAX_PARALLEL_AGENTS", "a whole number, 1 to 256"),
  monitorIntervalSeconds: setting(wholeNumber(1, 3600), "MONITOR_INTERVAL_SECONDS", "whole seconds, 1 to 3600"),
  supervision: setting(
    z.enum(SUPERVISION_POLICIES),
    "ORCHESTRATOR_SUPERVISION",
    `one of ${SUPERVISION_POLICIES.join(", ")}`,
  ),
  contextLimitPercent: setting(wholeNumber(10, 95), "ORCHESTRATOR_CONTEXT_LIMIT_PERCENT", "a whole number, 10 to 95"),
  dailyBudgetUsd: setting(amount(0.0001, 1_000_000), "ORCHESTRATOR_DAILY_BUDGET_USD", "US dollars above 0"),
  agentIdleMinutes: setting(amount(0.001, 1_440), "ORCHESTRATOR_AGENT_IDLE_MINUTES", "minutes above 0, up to 1440"),
  costTracking: setting(onOff, "ENABLE_COST_TRACKING", "true or false"),
  observability: setting(onOff, "ENABLE_OBSERVABILITY", "true or false"),
  modelCallTimeoutSeconds: setting(
    wholeNumber(1, 3600),
    "ORCHESTRATOR_MODEL_CALL_TIMEOUT_SECONDS",
    "whole seconds, 1 to 3600",
  ),
  endpointPatienceSeconds: setting(
    wholeNumber(0, 86_400),
    "ORCHESTRATOR_ENDPOINT_PATIENCE_SECONDS",
    "a whole number of seconds, 0 to 86400",
  ),
  modelCallRetries: setting(wholeNumber(0, 10), "ORCHESTRATOR_MODEL_CALL_RETRIES", "a whole number, 0 to 10"),
  processGuard: setting(z.enum(PROCESS_GUARDS), "ORCHESTRATOR_PROCESS_GUARD", `one of ${PROCESS_GUARDS.join(", ")}`),
  passEnvironment: setting(
    z.string().transform((names) => names.split(/[\s,]+/).filter(Boolean)),
    "ORCHESTRATOR_PASS_ENVIRONMENT",
    "names of variables, separated by commas",
  ),
  inPlace: setting(onOff, "ORCHESTRATOR_IN_PLACE", "true or false"),
  uncommitted: setting(
    z.enum(UNCOMMITTED_CHOICES),
    "ORCHESTRATOR_UNCOMMITTED",
    `one of ${UNCOMMITTED_CHOICES.join(", ")}`,
  ),
  checks: setting(
    z.array(checkSettingSchema).max(20),
    null,
    "a list of commands, or of entries with command, name, directory (the top of the repository or below it) and timeoutMinutes",
  ),
  baseline: setting(onOff, "ORCHESTRATOR_BASELINE", "true or false"),
  maxRounds: setting(wholeNumber(0, 10), "ORCHESTRATOR_MAX_ROUNDS", "a whole number, 0 to 10"),
  setup: setting(z.array(z.string().min(1)).max(20), null, "a list of commands"),
  copyFiles: setting(paths, null, PATHS_RULE),
  linkFiles: setting(paths, null, PATHS_RULE),
  sharedFolders: setting(
    paths,
    null,
    "a list of folders that git ignores, by name or by path below the top of the repository",
  ),
  commitAuthor: setting(authorSchema, "ORCHESTRATOR_COMMIT_AUTHOR", "a name and address such as Ada <ada@example.org>"),
  commitTrailers: setting(onOff, "ORCHESTRATOR_COMMIT_TRAILERS", "true or false"),
  prices: setting(z.record(z.string(), modelPriceSchema), null, "USD per million tokens, by model"),
} as const;

export type SettingName = keyof typeof SETTINGS;

/** The configuration after every source has been read. */
export type Config = {
  [Name in Exclude<SettingName, "dailyBudgetUsd" | "checks" | "sharedFolders">]: z.output<
    (typeof SETTINGS)[Name]["schema"]
  >;
} & {
  dailyBudgetUsd: number | null;
  /** `null`: found from the project's files. */
  checks: CheckSetting[] | null;
  /** `null`: those that are usual. */
  sharedFolders: string[] | null;
};

/** Settings that belong to the files of a directory: whoever works there uses the directory's own. */
const PROJECT_SETTINGS = [
  ...(["inPlace", "uncommitted", "checks", "baseline", "maxRounds", "setup"] as const),
  ...(["copyFiles", "linkFiles", "sharedFolders", "commitAuthor", "commitTrailers"] as const),
];

/** The part of a configuration that belongs to the files of its directory. */
export function pickProjectSettings(config: Config): Pick<Config, (typeof PROJECT_SETTINGS)[number]> {
  return Object.fromEntries(PROJECT_SETTINGS.map((name) => [name, config[name]])) as Pick<
    Config,
    (typeof PROJECT_SETTINGS)[number]
  >;
}

/**
 * Settings that a repository must not decide for the user who runs in it: they widen what agents see of the
 * environment or weaken what guards the machine.
 */
export const USER_ONLY_SETTINGS: readonly SettingName[] = ["home", "passEnvironment", "processGuard"];
