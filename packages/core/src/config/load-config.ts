import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { OrchestratorError } from "../domain/index.js";
import { readConfigFile } from "./config-file.js";
import { readEnvFile } from "./env-file.js";
import { type Config, SETTINGS, type SettingName, USER_ONLY_SETTINGS } from "./schema.js";

/** Where a configuration comes from, strongest first: flags, environment, `.env`, `.orchestrator/config.yaml`. */
export interface ConfigSources {
  /** Values given on the command line or to the library. */
  flags?: Partial<Record<SettingName, unknown>>;
  /** Usually `process.env`. */
  environment: Readonly<Record<string, string | undefined>>;
  /** The repository whose `.env` and `.orchestrator/config.yaml` are read. */
  workingDirectory: string;
}

const NAMES = Object.keys(SETTINGS) as SettingName[];
const VARIABLES = new Map(NAMES.flatMap((name) => (SETTINGS[name].variable ? [[SETTINGS[name].variable, name]] : [])));

/**
 * Reads the configuration from all its sources.
 *
 * @param sources - flags, environment and the working directory
 * @returns the configuration, complete with defaults
 * @throws OrchestratorError `invalid_config` for an unknown name or a bad value, naming where it stands
 * @example
 * const config = loadConfig({ environment: process.env, workingDirectory: process.cwd() });
 */
export function loadConfig(sources: ConfigSources): Config {
  refuseUnknownVariables(sources.environment, "The environment");
  const file = readFileSettings(join(sources.workingDirectory, ".orchestrator", "config.yaml"));
  const envFile = readEnvFile(join(sources.workingDirectory, ".env"));
  refuseUnknownVariables(envFile, ".env");
  const values: Record<string, unknown> = {};
  for (const name of NAMES) {
    const flag = sources.flags?.[name];
    const variable = SETTINGS[name].variable;
    // A repository's .env is trusted with no more than its config.yaml: see USER_ONLY_SETTINGS.
    const fromEnvFile = variable && !USER_ONLY_SETTINGS.includes(name) ? envFile[variable] : undefined;
    const fromEnvironment = variable ? sources.environment[variable] : undefined;
    if (flag !== undefined) values[name] = parse(name, flag, "the option");
    else if (fromEnvironment !== undefined) values[name] = parse(name, fromEnvironment, `the variable ${variable}`);
    else if (fromEnvFile !== undefined) values[name] = parse(name, fromEnvFile, `${variable} in .env`);
    else if (file.has(name)) values[name] = file.get(name);
  }
  const home = resolve(
    (values.home as string | undefined) ?? join(homeDirectory(sources.environment), ".orchestrator"),
  );
  refuseUnkeptBudget(values);
  return {
    defaultModel: "sonnet",
    databasePath: join(home, "orchestrator.db"),
    logLevel: "info",
    maxParallelAgents: 5,
    monitorIntervalSeconds: 15,
    supervision: "stop",
    contextLimitPercent: 80,
    dailyBudgetUsd: null,
    agentIdleMinutes: 5,
    costTracking: true,
    observability: true,
    modelCallTimeoutSeconds: 120,
    modelCallRetries: 3,
    endpointPatienceSeconds: 600,
    processGuard: "auto",
    passEnvironment: [],
    inPlace: false,
    uncommitted: "bring",
    checks: null,
    baseline: true,
    maxRounds: 2,
    setup: [],
    copyFiles: [],
    linkFiles: [],
    sharedFolders: null,
    commitAuthor: { name: "Claude Orchestrator", email: "agents@claude-orchestrator.invalid" },
    commitTrailers: true,
    prices: {},
    ...values,
    ...(typeof values.databasePath === "string"
      ? { databasePath: resolve(sources.workingDirectory, values.databasePath) }
      : {}),
    home,
  };
}

/** A budget that nothing is booked against would never be reached. */
function refuseUnkeptBudget({ dailyBudgetUsd, costTracking }: Record<string, unknown>): void {
  if (dailyBudgetUsd === undefined || costTracking !== false) return;
  throw new OrchestratorError(
    "invalid_config",
    `dailyBudgetUsd is ${dailyBudgetUsd}, but cost tracking is off, so it could not be kept.`,
    "Set ENABLE_COST_TRACKING=true, or leave the budget out.",
  );
}

function homeDirectory(environment: ConfigSources["environment"]): string {
  return environment.HOME || userInfo().homedir;
}

function parse(name: SettingName, value: unknown, where: string): unknown {
  const result = SETTINGS[name].schema.safeParse(value);
  if (result.success) return result.data;
  throw new OrchestratorError(
    "invalid_config",
    `${where} sets ${name} to ${JSON.stringify(value)}, but it must be ${SETTINGS[name].rule}.`,
    "Correct the value or leave it out.",
  );
}

function readFileSettings(path: string): Map<string, unknown> {
  const settings = new Map<string, unknown>();
  for (const [key, { value, line }] of readConfigFile(path)) {
    const name = NAMES.find((candidate) => candidate === key);
    if (!name) {
      throw new OrchestratorError(
        "invalid_config",
        `${path}:${line} sets "${key}", which is not a setting.`,
        `The settings are: ${NAMES.filter((each) => !USER_ONLY_SETTINGS.includes(each)).join(", ")}.`,
      );
    }
    if (USER_ONLY_SETTINGS.includes(name)) {
      throw new OrchestratorError(
        "invalid_config",
        `${path}:${line} sets "${key}", which a repository may not decide for its users.`,
        `Set the variable ${SETTINGS[name].variable} in your environment instead.`,
      );
    }
    settings.set(name, parse(name, value, `${path}:${line}`));
  }
  return settings;
}

function refuseUnknownVariables(environment: ConfigSources["environment"], where: string): void {
  for (const variable of Object.keys(environment)) {
    if (!variable.startsWith("ORCHESTRATOR_") || VARIABLES.has(variable)) continue;
    throw new OrchestratorError(
      "invalid_config",
      `${where} sets ${variable}, which is not a setting.`,
      `Unset it. The settings are: ${[...VARIABLES.keys()].join(", ")}.`,
    );
  }
}
