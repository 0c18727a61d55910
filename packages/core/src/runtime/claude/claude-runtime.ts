import { mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { availableParallelism, homedir } from "node:os";
import { join } from "node:path";
import { createRedactorFor } from "../../checks/index.js";
import type { Config } from "../../config/index.js";
import { OrchestratorError } from "../../domain/index.js";
import { Semaphore } from "../../limits/index.js";
import { findGuard, OWNER_MARKER, startWatchdog } from "../../processes/index.js";
import type { AgentRuntime, AgentSession, RuntimeEvent, TurnResult } from "../runtime.js";
import { eventWithoutSecrets, resultWithoutSecrets } from "../without-secrets.js";
import { digestAccount } from "./account.js";
import { buildEnvironment, findConfigDirectory, findLoginMethod, type ModelEndpoint } from "./environment.js";
import { findExecutable, isLoggedIn, readVersion } from "./executable.js";

export interface ClaudeRuntimeOptions {
  config: Config;
  /** The user's environment. */
  variables: Readonly<Record<string, string | undefined>>;
  /** Marks every process as ours. */
  ownerId: string;
  /** Takes the place of whatever the environment says. */
  endpoint: ModelEndpoint | null;
}

/** An AgentRuntime with what the permission policy needs to know of it. */
export interface ClaudeRuntime extends AgentRuntime {
  /** A digest of endpoint and credentials: whoever has the same shares their limits. */
  readonly account: string;
  /** Where the CLI keeps sessions, or `null` where nobody says. */
  readonly configDirectory: string | null;
  /** Makes what takes secrets out of texts of an agent that works in a directory. Events and results have none. */
  createRedactor(workingDirectory: string): (text: string) => string;
  /** Sees to it that whatever carries our owner's mark ends with us, also where the kernel does not; before the first child. */
  keepWatch(): void;
  /** Removes what the CLI has kept of a conversation; one that is gone already is fine. */
  deleteConversation(agent: { sessionId: string | null; workingDirectory: string }): Promise<void>;
}

const SESSION_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Makes the runtime that drives the Claude CLI through the official Agent SDK.
 *
 * @param options - configuration, environment and owner
 * @throws OrchestratorError `invalid_config` for an endpoint that is no address
 */
export function createClaudeRuntime(options: ClaudeRuntimeOptions): ClaudeRuntime {
  const { config, variables, ownerId, endpoint } = options;
  const method = findLoginMethod(variables, endpoint);
  const configDirectory = findConfigDirectory(method, variables, config.home);
  const environment = buildEnvironment({
    variables,
    method,
    rehearsal: endpoint?.rehearsal ?? false,
    dataDirectory: config.home,
    passEnvironment: config.passEnvironment,
    modelCallTimeoutMs: config.modelCallTimeoutSeconds * 1_000,
    modelCallRetries: config.modelCallRetries,
  });
  const guard = findGuard(config.processGuard);
  const executable = findExecutable();
  // A start costs about 0.4 s of CPU: more of them at once than cores only make each slower.
  const starts = new Semaphore(availableParallelism());
  const sessions = new Set<AgentSession>();
  let stopWatchdog: (() => void) | null = null;

  const keepWatch = () => {
    if (guard !== "namespace") stopWatchdog ??= startWatchdog(`${OWNER_MARKER}=${ownerId}`);
  };

  const createRedactor = (workingDirectory: string) => createRedactorFor(variables, [workingDirectory]);

  return {
    guard,
    createRedactor,
    account: digestAccount(method, variables),
    configDirectory,
    keepWatch,
    async start(session) {
      if (!executable) throw missingExecutable();
      keepWatch();
      if (method.kind !== "login" && configDirectory) mkdirSync(configDirectory, { recursive: true, mode: 0o700 });
      // The Agent SDK takes longer to load than most commands to run; whoever only reads never needs it.
      const { startClaudeSession } = await import("./claude-session.js");
      const release = await starts.acquire();
      try {
        const settings = { environment, guard, ownerId, modelCallTimeoutMs: config.modelCallTimeoutSeconds * 1_000 };
        const redact = createRedactor(session.workingDirectory);
        const onEvent = (event: RuntimeEvent) => session.onEvent(eventWithoutSecrets(event, redact));
        const started = await startClaudeSession({ ...session, onEvent }, settings);
        started.send = redactResults(started.send.bind(started), redact);
        sessions.add(started);
        const close = started.close.bind(started);
        started.close = () => close().finally(() => sessions.delete(started));
        return started;
      } finally {
        release();
      }
    },
    async checkLogin() {
      if (!executable) throw missingExecutable();
      switch (method.kind) {
        case "endpoint":
          return { ok: true, method: `the endpoint ${method.baseUrl}` };
        case "cloud":
          return { ok: true, method: method.provider };
        case "key":
          return { ok: true, method: "ANTHROPIC_API_KEY" };
        case "token":
          return { ok: true, method: "a token from the environment" };
        case "login":
          return { ok: await isLoggedIn(executable, environment), method: "a claude login" };
      }
    },
    async deleteConversation({ sessionId, workingDirectory }) {
      // It becomes a path: what is no session's id is nothing of ours.
      if (sessionId === null || !SESSION_ID.test(sessionId)) return;
      const folder = configDirectory ?? join(variables.HOME || homedir(), ".claude");
      // The CLI names the folder of a project by its path, with everything but letters and digits replaced.
      const project = join(folder, "projects", workingDirectory.replace(/[^a-zA-Z0-9]/g, "-"));
      for (const name of [`${sessionId}.jsonl`, sessionId])
        await rm(join(project, name), { recursive: true, force: true });
    },
    version: async () => (executable ? readVersion(executable, environment) : null),
    async close() {
      await Promise.all([...sessions].map((session) => session.close()));
      stopWatchdog?.();
      stopWatchdog = null;
    },
  };
}

/** Messages that one turn has answered share its result: also the one without secrets. */
function redactResults(send: AgentSession["send"], redact: (text: string) => string): AgentSession["send"] {
  const known = new WeakMap<TurnResult, TurnResult>();
  return async (messageId, text) => {
    const result = await send(messageId, text);
    const clean = known.get(result) ?? resultWithoutSecrets(result, redact);
    known.set(result, clean);
    return clean;
  };
}

function missingExecutable(): OrchestratorError {
  return new OrchestratorError(
    "runtime_missing",
    `The Claude CLI for ${process.platform}-${process.arch} is not installed.`,
    "Install again without leaving out optional dependencies: npm ci --include=optional",
  );
}
