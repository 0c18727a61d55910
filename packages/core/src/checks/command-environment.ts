import { pickVariables, type Variables } from "../processes/index.js";

/** What makes programs plain and unattended: no colours, no questions. */
const UNATTENDED = { CI: "true", NO_COLOR: "1", FORCE_COLOR: "0", GIT_TERMINAL_PROMPT: "0", TERM: "dumb" };

/**
 * The environment of a project's own command: what programs need, and no way to a model.
 *
 * @param options.variables - the user's environment
 * @param options.passEnvironment - further names to pass, from the user's configuration
 * @param options.workspaceVariables - what the workspace adds, such as its ports
 */
export function commandEnvironment(options: {
  variables: Variables;
  passEnvironment: readonly string[];
  workspaceVariables: Readonly<Record<string, string>>;
}): Record<string, string> {
  const all = {
    ...pickVariables(options.variables, options.passEnvironment),
    ...UNATTENDED,
    ...options.workspaceVariables,
  };
  return Object.fromEntries(Object.entries(all).filter(([name]) => !opensModels(name)));
}

/** What a project runs is the project's code, changed by agents: it never gets what pays for model calls. */
function opensModels(name: string): boolean {
  return name.startsWith("ANTHROPIC_") || name === "CLAUDE_CODE_OAUTH_TOKEN";
}
