export type Variables = Readonly<Record<string, string | undefined>>;

/** The variable by which a process is known as a descendant of one of our processes. */
export const OWNER_MARKER = "CLAUDE_ORCHESTRATOR_OWNER";

/** Variables of the user's that child programs get: what programs and networks need to work, and nothing that is a secret. */
const PASSED = [
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TERM", "COLORTERM"],
  ...["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy"],
  ...["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO"],
  ...["JAVA_HOME", "MAVEN_HOME", "M2_HOME", "GRADLE_HOME", "GRADLE_USER_HOME", "ANDROID_HOME", "ANDROID_SDK_ROOT"],
  ...[
    "GOPATH",
    "GOROOT",
    "GOBIN",
    "GOCACHE",
    "GOMODCACHE",
    "GOFLAGS",
    "GOPROXY",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
  ],
  ...[
    "PYENV_ROOT",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "PYTHONPATH",
    "POETRY_HOME",
    "UV_CACHE_DIR",
    "NVM_DIR",
    "NVM_BIN",
    "VOLTA_HOME",
  ],
  ...[
    "FNM_DIR",
    "PNPM_HOME",
    "BUN_INSTALL",
    "DENO_DIR",
    "ASDF_DIR",
    "ASDF_DATA_DIR",
    "MISE_DATA_DIR",
    "RBENV_ROOT",
    "GEM_HOME",
  ],
  ...[
    "DOTNET_ROOT",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "NIX_PATH",
    "NIX_PROFILES",
  ],
];
const PASSED_PREFIXES = ["LC_"];

/** What opens the way to a model. Whoever needs one adds it by name; a list of further names to pass never does. */
const CREDENTIALS = [
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_AUTH_TOKEN",
  "CLAUDE_CODE_OAUTH_TOKEN",
  "ANTHROPIC_CUSTOM_HEADERS",
];

/**
 * Picks what a child program gets of the user's environment: an allow-list, so nothing that is not named leaks.
 *
 * @param variables - the user's environment
 * @param passEnvironment - further names to pass, from the user's configuration
 * @returns the variables that are set and may pass
 */
export function pickVariables(variables: Variables, passEnvironment: readonly string[]): Record<string, string> {
  const names = new Set([...PASSED, ...passEnvironment.filter((name) => !CREDENTIALS.includes(name))]);
  const picked: Record<string, string> = {};
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) continue;
    if (names.has(name) || PASSED_PREFIXES.some((prefix) => name.startsWith(prefix))) picked[name] = value;
  }
  return picked;
}
