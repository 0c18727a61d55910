import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { query } from "@anthropic-ai/claude-agent-sdk";
import { Orchestrator } from "@claude-orchestrator/core";
import { removeFolder } from "./measure.mjs";

const SERVER = fileURLToPath(new URL("model-server.mjs", import.meta.url));
const WORKSPACE_FILES = 50;

/**
 * Sets up a scripted model, a data folder and a small git repository to work in.
 *
 * @param script.latencyMs - how long the model thinks before each answer
 * @param script.turns - answers per conversation
 * @param script.writes - whether roles that may write do so once
 * @param script.summaryCharacters - how long the summary of a handoff is; as short as can be when left out
 */
export async function openStage({ latencyMs = 0, turns = 1, writes = false, summaryCharacters = 0 } = {}) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "orchestrator-bench-")));
  const workspace = join(root, "workspace");
  makeRepository(workspace);
  const file = join(workspace, "file-0.txt");
  const script = { latencyMs, turns, file, newFile: writes ? join(workspace, "new") : null, summaryCharacters };
  const server = fork(SERVER, [JSON.stringify(script)], { stdio: "inherit" });
  const [{ url }] = await once(server, "message");
  let asked = 0;
  let seen = 0;

  /** The model calls since the last time this was asked, and the server's own CPU time so far. */
  async function newCalls() {
    asked += 1;
    server.send({ id: asked, since: seen });
    const [answer] = await once(server, "message");
    seen += answer.calls.length;
    return answer;
  }

  const environment = { PATH: process.env.PATH, HOME: root };
  const home = join(root, "data");
  return {
    root,
    workspace,
    home,
    url,
    environment,
    newCalls,
    async orchestrator(options = {}) {
      const endpoint = { baseUrl: url, rehearsal: true };
      const own = new Orchestrator({ workingDirectory: workspace, home, environment, endpoint, ...options });
      await own.start();
      return own;
    },
    /** What our own runtime gives to agents, as near as the outside can make it. */
    sdkEnvironment: () => ({
      ...environment,
      CLAUDE_CONFIG_DIR: join(root, "sdk"),
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: "no-key-needed",
      CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1",
      CLAUDE_CODE_MAX_RETRIES: "3",
      API_TIMEOUT_MS: "120000",
      CLAUDE_BYTE_STREAM_IDLE_TIMEOUT_MS: "120000",
      CLAUDE_CODE_STARTUP_FAILURE_RESULTS: "1",
      CLAUDE_CODE_BASH_EDIT_DIFF: "1",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      DISABLE_AUTOUPDATER: "1",
      CLAUDE_AGENT_SDK_CLIENT_APP: "claude-orchestrator",
    }),
    async close() {
      const closed = once(server, "exit");
      server.disconnect();
      await closed;
      removeFolder(root);
    },
  };
}

function makeRepository(folder) {
  mkdirSync(folder, { recursive: true });
  for (let number = 0; number < WORKSPACE_FILES; number += 1)
    writeFileSync(join(folder, `file-${number}.txt`), `File ${number}\n${"A line of text.\n".repeat(40)}`);
  const git = (...args) =>
    execFileSync("git", ["-c", "user.name=Bench", "-c", "user.email=bench@example.com", ...args], {
      cwd: folder,
      stdio: "ignore",
    });
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message", "Begin");
}

/**
 * What our orchestrator tells an agent of some role, so that the SDK alone can be told the same.
 *
 * @param role - the name of the role
 * @param prompt - the task's prompt
 */
export async function learnRole(stage, role, prompt) {
  const orchestrator = await stage.orchestrator();
  try {
    const result = succeeded(await orchestrator.executeCustomWorkflow({ prompt, roles: [role] }));
    const [agent] = result.agents;
    const { calls } = await stage.newCalls();
    const { effort, maxTurns } = orchestrator.listRoles().roles.find((each) => each.name === role);
    return {
      prompt: calls[0].userText,
      systemPrompt: agent.systemPrompt,
      tools: agent.tools,
      model: agent.model,
      outputFormat: { type: "json_schema", schema: calls[0].handoffSchema },
      maxTurns,
      ...(effort ? { effort } : {}),
    };
  } finally {
    await orchestrator.stop();
  }
}

/** Runs one agent with the SDK alone, from the call of `query()` to the end of its process. */
export async function runSdkAgent(stage, { prompt, ...options }) {
  let result = null;
  const common = { cwd: stage.workspace, settingSources: [], env: stage.sdkEnvironment() };
  for await (const message of query({ prompt, options: { ...common, ...options } })) {
    if (message.type === "result") result = message;
  }
  const isDone = result?.subtype === "success" && !result.is_error;
  if (!isDone) throw new Error(`the SDK's agent failed: ${JSON.stringify(result)}`);
  return result;
}

/** Refuses to measure a task that did not do its work. */
export function succeeded(result) {
  if (!result.success) throw new Error(`the task failed: ${JSON.stringify(result.error)}`);
  return result;
}
