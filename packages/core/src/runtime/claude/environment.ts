import { join } from "node:path";
import { OrchestratorError } from "../../domain/index.js";
import { pickVariables, type Variables } from "../../processes/index.js";

/** Where model calls go, when not where Claude's own configuration says. */
export interface ModelEndpoint {
  baseUrl: string;
  /** True when a script answers: everything shown must say so. */
  rehearsal: boolean;
}

/** How the CLI will authenticate, decided from the environment alone. */
export type LoginMethod =
  | { kind: "endpoint"; baseUrl: string }
  | { kind: "key" }
  | { kind: "token" }
  | { kind: "cloud"; provider: string }
  | { kind: "login" };

/** What decides where models are and how to reach them. */
const CLOUD = [
  ...[
    "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CODE_USE_VERTEX",
    "CLAUDE_CODE_SKIP_BEDROCK_AUTH",
    "CLAUDE_CODE_SKIP_VERTEX_AUTH",
  ],
  ...[
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
  ],
  ...["AWS_BEARER_TOKEN_BEDROCK", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "ANTHROPIC_BEDROCK_BASE_URL"],
  ...["CLOUD_ML_REGION", "ANTHROPIC_VERTEX_PROJECT_ID", "ANTHROPIC_VERTEX_BASE_URL", "GOOGLE_APPLICATION_CREDENTIALS"],
  ...["GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT"],
];
const CLOUD_PREFIXES = ["VERTEX_REGION_"];
const MODEL_NAMES = [
  ...["ANTHROPIC_DEFAULT_OPUS_MODEL", "ANTHROPIC_DEFAULT_SONNET_MODEL", "ANTHROPIC_DEFAULT_HAIKU_MODEL"],
  ...["ANTHROPIC_DEFAULT_FABLE_MODEL", "ANTHROPIC_CUSTOM_HEADERS", "ANTHROPIC_BETAS"],
];

/**
 * The CLI admits `git status` for read-only roles; through this setting a repository could make it run any command.
 * Others like it (textconv, an external diff) cannot be switched off this way; a changed file still fails the step.
 */
const QUIET_GIT = { GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "core.fsmonitor", GIT_CONFIG_VALUE_0: "false" };

/** Sent where an endpoint is named and no credential: the CLI wants one, the endpoint may not care. */
const PLACEHOLDER_KEY = "no-key-needed";

/** The variable by which a process is known as a child of one of our agents. */
export const AGENT_MARKER = "CLAUDE_ORCHESTRATOR_AGENT";

/**
 * Decides how models are reached.
 *
 * @param variables - the user's environment
 * @param endpoint - an endpoint that takes precedence (the rehearsal model)
 * @throws OrchestratorError `invalid_config` for a base URL that is none
 */
export function findLoginMethod(variables: Variables, endpoint: ModelEndpoint | null): LoginMethod {
  const baseUrl = endpoint?.baseUrl ?? variables.ANTHROPIC_BASE_URL;
  if (baseUrl) {
    if (!/^https?:$/.test(URL.canParse(baseUrl) ? new URL(baseUrl).protocol : "")) {
      throw new OrchestratorError(
        "invalid_config",
        `ANTHROPIC_BASE_URL is ${JSON.stringify(baseUrl)}, which is not an http or https address.`,
        "Give an address such as http://127.0.0.1:8080, or unset it.",
      );
    }
    return { kind: "endpoint", baseUrl };
  }
  if (isOn(variables.CLAUDE_CODE_USE_BEDROCK)) return { kind: "cloud", provider: "Amazon Bedrock" };
  if (isOn(variables.CLAUDE_CODE_USE_VERTEX)) return { kind: "cloud", provider: "Google Vertex AI" };
  if (variables.ANTHROPIC_API_KEY) return { kind: "key" };
  if (variables.ANTHROPIC_AUTH_TOKEN || variables.CLAUDE_CODE_OAUTH_TOKEN) return { kind: "token" };
  return { kind: "login" };
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !["", "0", "false", "no", "off"].includes(value.toLowerCase());
}

/** The folder where the CLI keeps sessions: the user's own with a login (it lives there), ours otherwise. */
export function findConfigDirectory(method: LoginMethod, variables: Variables, dataDirectory: string): string | null {
  if (method.kind !== "login") return join(dataDirectory, "claude");
  return variables.CLAUDE_CONFIG_DIR || (variables.HOME ? join(variables.HOME, ".claude") : null);
}

export interface EnvironmentOptions {
  variables: Variables;
  method: LoginMethod;
  /** True when the endpoint is a script of ours, which must never be sent a credential. */
  rehearsal: boolean;
  dataDirectory: string;
  /** Further names to pass, from the user's configuration. */
  passEnvironment: readonly string[];
  modelCallTimeoutMs: number;
  modelCallRetries: number;
}

/** The CLI accepts no shorter limit for silence in the middle of a stream. */
const SHORTEST_STREAM_LIMIT_MS = 10_000;

/**
 * The environment of every agent process: explicit, and nothing beyond it is inherited.
 *
 * @param options - the user's environment and how models are reached
 */
export function buildEnvironment(options: EnvironmentOptions): Record<string, string> {
  const { variables, method, rehearsal } = options;
  const environment = pickVariables(variables, options.passEnvironment);
  const pass = (names: readonly string[], prefixes: readonly string[] = []) => {
    for (const [name, value] of Object.entries(variables)) {
      if (value !== undefined && (names.includes(name) || prefixes.some((prefix) => name.startsWith(prefix)))) {
        environment[name] = value;
      }
    }
  };
  // The script is on this machine: no proxy leads there.
  if (rehearsal) environment.NO_PROXY = "127.0.0.1";
  else pass(MODEL_NAMES);
  if (method.kind === "cloud") pass(CLOUD, CLOUD_PREFIXES);
  Object.assign(environment, credentials(method, variables, rehearsal));
  if (method.kind === "login") {
    if (variables.CLAUDE_CONFIG_DIR) environment.CLAUDE_CONFIG_DIR = variables.CLAUDE_CONFIG_DIR;
  } else {
    environment.CLAUDE_CONFIG_DIR = join(options.dataDirectory, "claude");
  }
  return {
    ...environment,
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1",
    CLAUDE_CODE_MAX_RETRIES: String(options.modelCallRetries),
    API_TIMEOUT_MS: String(options.modelCallTimeoutMs),
    CLAUDE_BYTE_STREAM_IDLE_TIMEOUT_MS: String(Math.max(SHORTEST_STREAM_LIMIT_MS, options.modelCallTimeoutMs)),
    CLAUDE_CODE_STARTUP_FAILURE_RESULTS: "1",
    CLAUDE_CODE_BASH_EDIT_DIFF: "1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_AUTOUPDATER: "1",
    ...QUIET_GIT,
    CLAUDE_AGENT_SDK_CLIENT_APP: "claude-orchestrator",
  };
}

/** A login's token goes to Anthropic alone: an endpoint of the user's choice gets the credentials made for it. */
function credentials(method: LoginMethod, variables: Variables, rehearsal: boolean): Record<string, string> {
  const given = (name: string): Record<string, string> => (variables[name] ? { [name]: variables[name] } : {});
  if (rehearsal && method.kind === "endpoint")
    return { ANTHROPIC_BASE_URL: method.baseUrl, ANTHROPIC_API_KEY: PLACEHOLDER_KEY };
  if (method.kind === "endpoint") {
    const own = { ...given("ANTHROPIC_API_KEY"), ...given("ANTHROPIC_AUTH_TOKEN") };
    const key = Object.keys(own).length > 0 ? own : { ANTHROPIC_API_KEY: PLACEHOLDER_KEY };
    return { ANTHROPIC_BASE_URL: method.baseUrl, ...key };
  }
  if (method.kind === "key") return given("ANTHROPIC_API_KEY");
  if (method.kind === "token") return { ...given("ANTHROPIC_AUTH_TOKEN"), ...given("CLAUDE_CODE_OAUTH_TOKEN") };
  return {};
}
